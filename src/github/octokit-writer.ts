import { errorMessage, RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import type { GitHubClient } from "./client.ts";
import { hasStatus, toRegistrarError } from "./errors.ts";
import { keptText } from "./kept-text.ts";
import { firstCommitFinder, noteWriter } from "./octokit-notes.ts";
import { checkName } from "./octokit-reader.ts";
import { workflowWriter } from "./octokit-workflows.ts";
import { type CheckRun, fitting, type LabelStyle, type LineComment, type RegistryWriter } from "./port.ts";

/** https://docs.github.com/rest/pulls/reviews#create-a-review-for-a-pull-request */
const reviewComment = ({ path, line, startLine, body }: LineComment) => ({
  path,
  line,
  side: "RIGHT",
  ...(startLine === undefined ? {} : { start_line: startLine, start_side: "RIGHT" }),
  body: fitting(body),
});

/** GitHub's limits for one request. */
const mostAnnotations = 50;
const longestAnnotation = 16_000;

export function octokitWriter(input: { readonly client: GitHubClient; readonly repository: string }): RegistryWriter {
  const { client, repository } = input;
  const [owner = "", repo = ""] = repository.split("/");
  const here = { owner, repo };
  const { rest } = client;
  const madeLabels = new Set<string>();

  async function tried<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw toRegistrarError(error, `${doing} in ${repository}`);
    }
  }

  const firstCommit = firstCommitFinder({ client, here, tried });
  return {
    ...noteWriter({ client, here, tried, firstCommit }),
    ...workflowWriter({ client, here, tried }),

    createCheckRun: async (run) => {
      const parts = inParts(run);
      const [first = run, ...more] = parts;
      const { data } = await tried("creating the check run", () =>
        rest.checks.create({ ...here, name: checkName, head_sha: run.headSha, ...checkBody(first) }),
      );
      for (const part of more) {
        await tried("annotating the check run", () =>
          rest.checks.update({ ...here, check_run_id: data.id, ...checkBody(part) }),
        );
      }
    },

    updateCheckRun: async (id, run) => {
      // Annotations only append at GitHub, so an update carries none.
      await tried("updating the check run", () =>
        rest.checks.update({ ...here, check_run_id: id, ...checkBody({ ...run, annotations: [] }) }),
      );
    },

    createComment: async (number, body) => {
      await tried(`commenting on pull request ${number}`, () =>
        rest.issues.createComment({ ...here, issue_number: number, body: fitting(body) }),
      );
    },

    updateComment: async (id, body) => {
      await tried("updating the comment", () =>
        rest.issues.updateComment({ ...here, comment_id: id, body: fitting(body) }),
      );
    },

    createReview: async ({ number, headSha, event, body, comments }) => {
      const review = (lines: typeof comments) =>
        rest.pulls.createReview({
          ...here,
          pull_number: number,
          commit_id: headSha,
          event,
          body: fitting(body),
          comments: lines.map(reviewComment),
        });
      await tried(`reviewing pull request ${number}`, async () => {
        try {
          return await review(comments);
        } catch (error) {
          // GitHub refuses comments on lines that its own diff does not show; the review then goes without them.
          if (!hasStatus(error, 422) || comments.length === 0) throw error;
          return await review([]);
        }
      });
    },

    changeLabels: async ({ number, labels, add, remove }) => {
      const place = { ...here, issue_number: number };
      if (add !== null) await makeLabel(add);
      await tried(`labelling pull request ${number}`, async () => {
        if (add === null) {
          for (const name of remove) await removeLabel(place, name);
        } else if (remove.length === 0) {
          await rest.issues.addLabels({ ...place, labels: [add.name] });
        } else {
          // In one step; adding and removing alone are left to themselves, since they cannot lose a label put on meanwhile.
          const others = labels.filter((name) => !remove.includes(name));
          await rest.issues.setLabels({ ...place, labels: [...others, add.name] });
        }
      });
    },

    requestReviews: async ({ number, logins }) => {
      await tried(`asking for reviews of pull request ${number}`, async () => {
        try {
          await rest.pulls.requestReviewers({ ...here, pull_number: number, reviewers: [...logins] });
        } catch (error) {
          // Somebody lost the right meanwhile. The label and the comment ask all others.
          if (!hasStatus(error, 422)) throw error;
        }
      });
    },

    merge: async ({ number, headSha, method, title }) => {
      try {
        const { data } = await rest.pulls.merge({
          ...here,
          pull_number: number,
          sha: headSha,
          merge_method: method,
          commit_title: title,
          // Without one GitHub takes the contributor's title, and with it whatever words act in it.
          commit_message: `Verified at ${headSha}.`,
        });
        return data.sha;
      } catch (error) {
        if (hasStatus(error, 409)) {
          throw new RegistrarError("head-moved", `The head of pull request ${number} is no longer ${headSha}.`, {
            cause: error,
          });
        }
        if (hasStatus(error, 405)) throw notMergeable(number, error);
        throw toRegistrarError(error, `merging pull request ${number} in ${repository}`);
      }
    },

    writeBranch: async ({ branch, base, message, files }) => {
      const [only] = files;
      const ref = `refs/heads/${branch}`;
      const exists = await branchExists(branch);
      const text = only?.text ?? null;
      if (!exists && files.length === 1 && only !== undefined && text !== null) {
        await tried(`creating branch ${quoted(branch)}`, () => rest.git.createRef({ ...here, ref, sha: base }));
        const { data } = await tried(`committing to ${quoted(branch)}`, () =>
          rest.repos.createOrUpdateFileContents({
            ...here,
            path: only.path,
            branch,
            message,
            content: Buffer.from(text).toString("base64"),
            ...(only.previousId === null ? {} : { sha: only.previousId }),
          }),
        );
        return data.commit.sha ?? "";
      }
      // Going back to the base first would close the pull request, so an existing branch moves in one step.
      const tree = await tried("writing a tree", () =>
        rest.git.createTree({
          ...here,
          base_tree: base,
          tree: files.map(({ path, text }) => ({
            ...{ path, mode: "100644", type: "blob" },
            ...(text === null ? { sha: null } : { content: text }),
          })),
        }),
      );
      const commit = await tried("writing a commit", () =>
        rest.git.createCommit({ ...here, message, tree: tree.data.sha, parents: [base] }),
      );
      const { sha } = commit.data;
      await tried(`moving branch ${quoted(branch)}`, async () => {
        if (exists) await rest.git.updateRef({ ...here, ref: `heads/${branch}`, sha, force: true });
        else await rest.git.createRef({ ...here, ref, sha });
      });
      return sha;
    },

    openPullRequest: async ({ branch, base, title, body }) => {
      const { data } = await tried(`opening a pull request from ${quoted(branch)}`, () =>
        rest.pulls.create({ ...here, head: branch, base, title, body, maintainer_can_modify: false }),
      );
      return data.number;
    },

    closePullRequest: async (number) => {
      await tried(`closing pull request ${number}`, () =>
        rest.pulls.update({ ...here, pull_number: number, state: "closed" }),
      );
    },

    reopenPullRequest: async (number) => {
      await tried(`reopening pull request ${number}`, () =>
        rest.pulls.update({ ...here, pull_number: number, state: "open" }),
      );
    },

    deleteBranch: async (branch) => {
      await rest.git.deleteRef({ ...here, ref: `heads/${branch}` }).catch((error) => {
        // Somebody, or the repository's own setting, was faster. A 422 may also be a rule that protects the branch.
        const gone = hasStatus(error, 404) || /reference does not exist/i.test(errorMessage(error));
        if (!gone) throw toRegistrarError(error, `deleting branch ${quoted(branch)}`);
      });
    },
  };

  async function removeLabel(
    place: { owner: string; repo: string; issue_number: number },
    name: string,
  ): Promise<void> {
    await rest.issues.removeLabel({ ...place, name }).catch((error) => {
      // Somebody was faster.
      if (!hasStatus(error, 404)) throw error;
    });
  }

  /** GitHub would make a missing label by itself, but grey and without a word of what it means. */
  async function makeLabel({ name, color, description }: LabelStyle): Promise<void> {
    if (madeLabels.has(name)) return;
    try {
      await rest.issues.getLabel({ ...here, name });
    } catch (error) {
      if (!hasStatus(error, 404)) throw toRegistrarError(error, `looking for label ${quoted(name)} in ${repository}`);
      await rest.issues.createLabel({ ...here, name, color, description }).catch((problem) => {
        // Another process was faster.
        if (!hasStatus(problem, 422)) throw toRegistrarError(problem, `making label ${quoted(name)} in ${repository}`);
      });
    }
    madeLabels.add(name);
  }

  async function branchExists(branch: string): Promise<boolean> {
    try {
      await rest.git.getRef({ ...here, ref: `heads/${branch}` });
      return true;
    } catch (error) {
      if (hasStatus(error, 404)) return false;
      throw toRegistrarError(error, `looking for branch ${quoted(branch)}`);
    }
  }
}

/** GitHub tells its many 405s apart by their message alone. */
function notMergeable(number: number, error: unknown): RegistrarError {
  const said = errorMessage(error);
  if (/base branch was modified/i.test(said)) {
    return new RegistrarError(
      "github-conflict",
      `The base moved while pull request ${number} was merged; it is judged again.`,
      {
        cause: error,
      },
    );
  }
  return new RegistrarError(
    "not-mergeable",
    `GitHub refuses to merge pull request ${number}: ${quoted(said, 500)}. Check the rulesets: the required check must have this app as its source, and the review rule must have it on its bypass list.`,
    { cause: error },
  );
}

/**
 * A run with more annotations than one request takes: each update adds its own. It has no conclusion before the last one, so
 * that a run which was cut off is seen to be unfinished, and made anew.
 */
function inParts(run: CheckRun): readonly CheckRun[] {
  const count = Math.ceil(run.annotations.length / mostAnnotations);
  return Array.from({ length: Math.max(count, 1) }, (_, at) => ({
    ...run,
    ...(at < count - 1 ? { status: "in_progress", conclusion: null } : {}),
    annotations: run.annotations.slice(at * mostAnnotations, (at + 1) * mostAnnotations),
  }));
}

function checkBody(run: CheckRun) {
  return {
    status: run.status,
    ...(run.conclusion === null ? {} : { conclusion: run.conclusion }),
    external_id: run.externalId,
    started_at: run.startedAt,
    output: {
      title: run.title,
      summary: fitting(run.summary),
      ...(run.kept === undefined || run.kept === "" ? {} : { text: keptText(run.kept) }),
      annotations: run.annotations.map((annotation) => ({
        path: annotation.path,
        start_line: annotation.line,
        end_line: annotation.line,
        annotation_level: annotation.level,
        title: fitting(annotation.title, 255),
        message: fitting(annotation.message, longestAnnotation),
      })),
    },
  };
}
