import type { PullRequest, RegistryHost } from "../github/port.ts";
import { waitsUntil } from "../policy/decision.ts";
import { renderPushReport } from "../policy/messages.ts";
import { isRegistryPath } from "../registry/tree.ts";
import { pushRules, pushScope } from "../rules/index.ts";
import { judge } from "../rules/verdict.ts";
import { readBaseAt } from "./base.ts";
import { type ReviewContext, readReview } from "./read-review.ts";
import { sameCheckRun } from "./same-check-run.ts";

/**
 * Judges a commit of the default branch that came without a pull request of ours, by the same rules, and reports on it.
 * Answers when to look again where upstream cannot be read now; null when the report is there, or there is nothing to say.
 */
export async function judgePush(
  context: ReviewContext & { readonly host: RegistryHost },
  commit: string,
): Promise<{ readonly at: string | null } | null> {
  const { host } = context;
  const [parent] = await host.readParents(commit);
  if (parent === undefined) return null;
  const { files } = await host.compare(parent, commit);
  if (!files.some(({ path }) => isRegistryPath(path))) return null;
  const base = await readBaseAt(host, parent);
  const facts = await readReview(context, asPullRequest(commit), { on: base, bounds: pushScope });
  const verdict = judge(facts.input, pushRules);
  const run = renderPushReport({
    commit,
    input: facts.input,
    verdict,
    serverUrl: context.serverUrl,
    docsUrl: context.docsUrl ?? null,
  });
  const known = await host.findCheckRun(commit);
  if (known === null || !sameCheckRun(known, run)) await host.createCheckRun(run);
  return verdict.outcome === "retry" ? { at: waitsUntil(verdict.findings) } : null;
}

/** The push as if it were a pull request from its commit into its parent, merged by now. */
const asPullRequest = (headSha: string): PullRequest => ({
  number: 0,
  title: "",
  url: "",
  state: "closed",
  merged: true,
  draft: false,
  headSha,
  headBranch: "",
  headRepositoryId: null,
  baseBranch: "",
  author: { id: 0, login: "" },
  changedFiles: 0,
  mergeable: null,
  labels: [],
  testMerge: null,
});
