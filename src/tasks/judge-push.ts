import type { PullRequest, RegistryHost } from "../github/port.ts";
import { waitsUntil } from "../policy/decision.ts";
import { renderPushReport } from "../policy/messages.ts";
import { isRegistryPath } from "../registry/tree.ts";
import { pushRules, pushScope, rulesFor } from "../rules/index.ts";
import { judge, type Verdict } from "../rules/verdict.ts";
import { readBaseAt } from "./base.ts";
import { type ReviewContext, type ReviewFacts, readReview } from "./read-review.ts";
import { proposeRevert, readReverts } from "./reverts.ts";
import { sameCheckRun } from "./same-check-run.ts";
import { compareCommit, registryPaths } from "./undo-commit.ts";

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
  const compared = await compareCommit(host, { parent, commit });
  if (registryPaths(compared).length === 0) return null;
  const base = await readBaseAt(host, parent);
  // Who takes back by hand what was never published does right.
  const restoring = (await readReverts(host)).map((revert) => revert.commit);
  const facts = await readReview(context, asPullRequest(commit), { on: base, bounds: pushScope, restoring, compared });
  const verdict = judge(facts.input, facts.input.restores === undefined ? pushRules : rulesFor(facts.input));
  const run = renderPushReport({
    commit,
    input: facts.input,
    verdict,
    serverUrl: context.serverUrl,
    docsUrl: context.docsUrl ?? null,
  });
  const known = await host.findCheckRun(commit);
  // Before the report: a commit that has one is not judged again.
  if (verdict.outcome === "fail") await proposeRevert(host, { kind: "push", commit, paths: failing(facts, verdict) });
  if (known === null || !sameCheckRun(known, run)) await host.createCheckRun(run);
  return verdict.outcome === "retry" ? { at: waitsUntil(verdict.findings) } : null;
}

/** The files in which something is wrong; all of them where it is about the commit as a whole. */
function failing({ touched }: ReviewFacts, { findings }: Verdict): readonly string[] {
  const paths = touched.files.map(({ path }) => path).filter(isRegistryPath);
  const wrong = new Set(findings.flatMap(({ outcome, path }) => (outcome === "fail" ? [path] : [])));
  return [...wrong].every((path) => paths.includes(path)) ? [...wrong] : paths;
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
