import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { createBlobCache } from "./blob-cache.ts";
import type { GitHubClient } from "./client.ts";
import { hasStatus, toRegistrarError } from "./errors.ts";
import { keptIn } from "./kept-text.ts";
import { commentReader } from "./octokit-comments.ts";
import { fileLister } from "./octokit-files.ts";
import { historyReader } from "./octokit-history.ts";
import { firstCommitFinder, noteReader } from "./octokit-notes.ts";
import { pullRequestOf } from "./octokit-pull-request.ts";
import { workflowReader } from "./octokit-workflows.ts";
import type { CheckRun, PostedCheckRun, RegistryIdentity, RegistryReader } from "./port.ts";

/** Name of our check run, which the registry's ruleset requires. */
export const checkName = "registrar";

/** Beyond this GitHub's comparison no longer lists every file. */
const mostComparedFiles = 300;

/** A default branch may be renamed while we run. */
const identityLastsMs = 5 * 60_000;

interface Options {
  readonly client: GitHubClient;
  /** `owner/name` */
  readonly repository: string;
  /** Null without app credentials: then nothing counts as our own. */
  readonly appId: string | null;
  readonly botId: () => Promise<number | null>;
}

export function octokitReader({ client, repository, appId, botId }: Options): RegistryReader {
  const [owner = "", repo = ""] = repository.split("/");
  const here = { owner, repo };
  const { rest } = client;
  let identity: { readonly known: Promise<RegistryIdentity>; readonly until: number } | undefined;
  const blobs = createBlobCache();

  async function tried<T>(doing: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw toRegistrarError(error, `${doing} of ${repository}`);
    }
  }

  async function readIdentity(): Promise<RegistryIdentity> {
    const { data } = await tried("reading the repository", () => rest.repos.get(here));
    return {
      repositoryId: data.id,
      fullName: data.full_name,
      defaultBranch: data.default_branch,
      deletesMergedBranches: data.delete_branch_on_merge === true,
      botId: await botId(),
    };
  }

  async function listCheckRuns(headSha: string): Promise<readonly PostedCheckRun[]> {
    // Any app may write a check run of any name; only ours counts.
    if (appId === null) return [];
    const ours = { app_id: Number(appId), check_name: checkName, filter: "all" as const };
    const { data } = await tried(`reading the checks of ${headSha}`, () =>
      rest.checks.listForRef({ ...here, ref: headSha, per_page: 100, ...ours }),
    );
    const runs = data.check_runs.map((run) => ({
      id: run.id,
      headSha: run.head_sha,
      status: run.status === "completed" ? ("completed" as const) : ("in_progress" as const),
      conclusion: run.conclusion as CheckRun["conclusion"],
      title: run.output.title ?? "",
      summary: run.output.summary ?? "",
      externalId: run.external_id ?? "",
      startedAt: run.started_at ?? "",
      annotations: [],
      kept: keptIn(run.output.text),
    }));
    return runs.sort((a, b) => b.id - a.id);
  }

  return {
    readIdentity: () => {
      if (identity !== undefined && Date.now() < identity.until) return identity.known;
      const known = readIdentity().catch((error) => {
        identity = undefined;
        throw error;
      });
      identity = { known, until: Date.now() + identityLastsMs };
      return known;
    },

    readTip: async (branch) => {
      const { data } = await tried(`reading branch ${quoted(branch)}`, () =>
        rest.git.getRef({ ...here, ref: `heads/${branch}` }),
      );
      return data.object.sha;
    },

    findBranchTip: async (branch) => {
      try {
        const { data } = await rest.git.getRef({ ...here, ref: `heads/${branch}` });
        return data.object.sha;
      } catch (error) {
        if (hasStatus(error, 404)) return null;
        throw toRegistrarError(error, `looking for branch ${quoted(branch)}`);
      }
    },

    readPullRequest: async (number) => {
      try {
        const { data } = await rest.pulls.get({ ...here, pull_number: number });
        return pullRequestOf(data);
      } catch (error) {
        if (!hasStatus(error, 404)) throw toRegistrarError(error, `reading pull request ${number} of ${repository}`);
        const message = `There is no pull request ${number} in ${repository}, or the credentials do not show it.`;
        throw new RegistrarError("github-missing", message, { cause: error });
      }
    },

    listOpenPullRequests: async () => {
      const list = await tried("listing the open pull requests", () =>
        client.paginate(rest.pulls.list, { ...here, state: "open", per_page: 100 }),
      );
      return list.map((item) =>
        pullRequestOf({ ...item, merged: false, mergeable: null, merge_commit_sha: null, changed_files: 0 }),
      );
    },

    findPullRequest: async (branch, state) => {
      const { data } = await tried(`looking for a pull request from ${quoted(branch)}`, () =>
        rest.pulls.list({ ...here, state, head: `${owner}:${branch}`, per_page: 100 }),
      );
      // An organisation's members can fork its repository within it, and name a branch of their fork like one of ours.
      const first = data.find(({ head, base }) => head.repo?.id === base.repo.id);
      return first === undefined
        ? null
        : pullRequestOf({
            ...first,
            merged: first.merged_at !== null,
            mergeable: null,
            merge_commit_sha: null,
            changed_files: 0,
          });
    },

    compare: async (base, head) => {
      const { data } = await tried("comparing commits", () =>
        rest.repos.compareCommitsWithBasehead({ ...here, basehead: `${base}...${head}`, per_page: 100 }),
      );
      const files = (data.files ?? []).map((file) => ({
        path: file.filename,
        previousPath: file.previous_filename ?? null,
      }));
      const linear =
        data.commits.length === data.total_commits && data.commits.every(({ parents }) => parents.length === 1);
      return {
        base: data.base_commit.sha,
        mergeBase: data.merge_base_commit.sha,
        complete: files.length < mostComparedFiles,
        linear,
        commits: data.total_commits,
        files,
      };
    },

    readBlob: async (id, maxBytes) => {
      const bytes = await blobs(id, async () => {
        const { data } = await tried(`reading blob ${id}`, () => rest.git.getBlob({ ...here, file_sha: id }));
        return Buffer.from(data.content, "base64");
      });
      if (bytes.byteLength > maxBytes) {
        throw new RegistrarError(
          "github-invalid",
          `The blob ${id} has ${bytes.byteLength} bytes; at most ${maxBytes}.`,
        );
      }
      return bytes;
    },

    findCheckRun: async (headSha) => (await listCheckRuns(headSha))[0] ?? null,
    listCheckRuns,

    ...historyReader({ client, here, tried }),
    ...commentReader({ client, here, tried }, botId),
    ...noteReader({ client, here, tried, firstCommit: firstCommitFinder({ client, here, tried }) }, appId),
    listFiles: fileLister({ client, here, tried }),
    ...workflowReader({ client, here, tried }),

    readCloser: async (number) => {
      const { data } = await tried(`reading who closed pull request ${number}`, () =>
        rest.issues.get({ ...here, issue_number: number }),
      );
      const { closed_by: closer } = data;
      return closer === null || closer === undefined ? null : { id: closer.id, login: closer.login };
    },

    listReviews: async (number) => {
      const reviews = await tried(`reading the reviews of pull request ${number}`, () =>
        client.paginate(rest.pulls.listReviews, { ...here, pull_number: number, per_page: 100 }),
      );
      return reviews.map((review) => ({
        reviewer: {
          id: review.user?.id ?? 0,
          login: review.user?.login ?? "ghost",
          isBot: review.user?.type !== "User",
        },
        state: review.state,
        body: review.body,
        headSha: review.commit_id ?? null,
        submittedAt: review.submitted_at ?? "",
      }));
    },

    readCommitPeople: async (sha) => {
      const { data } = await tried(`reading commit ${sha}`, () => rest.repos.getCommit({ ...here, ref: sha }));
      return [data.author?.id, data.committer?.id].filter((id) => id !== undefined);
    },

    listMaintainers: async () => {
      try {
        const { data } = await rest.repos.listCollaborators({ ...here, permission: "maintain", per_page: 100 });
        // An app with write access is listed as well, and cannot be asked.
        return data.filter(({ type }) => type === "User").map(({ id, login }) => ({ id, login }));
      } catch (error) {
        if (hasStatus(error, 403) || hasStatus(error, 404)) return [];
        throw toRegistrarError(error, `listing the maintainers of ${repository}`);
      }
    },

    maintains: async (login, id) => {
      try {
        const { data } = await rest.repos.getCollaboratorPermissionLevel({ ...here, username: login });
        return data.user?.id === id && ["maintain", "admin"].includes(data.role_name);
      } catch (error) {
        if (hasStatus(error, 404)) return false;
        throw toRegistrarError(error, `reading the permission of ${quoted(login)} on ${repository}`);
      }
    },
  };
}
