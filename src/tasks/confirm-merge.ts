import type { RegistryHost } from "../github/port.ts";
import { renderUnlikeJudged } from "../policy/messages/reverts.ts";
import { judge } from "../rules/verdict.ts";
import { readBaseAt } from "./base.ts";
import { unlikeIdentity } from "./find-uncovered.ts";
import { changedPaths, changesJust } from "./holds-the-head.ts";
import { judgeBelow } from "./judge-uncovered.ts";
import { type ReviewContext, type ReviewFacts, readReview } from "./read-review.ts";
import type { Progress } from "./reconcile.ts";
import { proposeRevert } from "./reverts.ts";

/**
 * After a merge of ours, under the merge lock: GitHub pins the head and not the base, so what came of it is compared with what
 * was judged, and where the base has moved in between, judged once more on that. Says whether it is right. Where it is not, that
 * is reported on the commit and on its pull request, and a pull request is opened that takes it back, whose branch keeps it from
 * being published and halts all merging. Repeatable.
 */
export async function confirmMerge(
  context: ReviewContext & { readonly host: RegistryHost; readonly progress: Pick<Progress, "covered"> },
  facts: ReviewFacts,
  commit: string,
): Promise<boolean> {
  const { host, now, progress } = context;
  const { pullRequest } = facts;
  const [parent] = await host.readParents(commit);
  // What came in between, or just before the review, is judged first: whoever looks for it later would stop at this merge.
  if (parent !== undefined && !progress.covered.has(parent)) await judgeBelow(context, parent, progress);
  if (parent !== undefined && (await isAsJudged(context, facts, { parent, commit }))) {
    if (progress.covered.has(parent)) progress.covered.add(commit);
    return true;
  }
  await proposeRevert(host, { kind: "merge", commit, paths: await changedPaths(host, { parent, commit }) });
  const report = renderUnlikeJudged({ commit, number: pullRequest.number, now: now().toISOString() });
  // Whoever looks for the last word on this pull request must not find that all is well.
  const externalId = `${pullRequest.number}:unlike-judged`;
  await host.createCheckRun({ ...report, headSha: pullRequest.headSha, externalId });
  await host.createCheckRun({ ...report, externalId: `${unlikeIdentity}${commit}` });
  return false;
}

async function isAsJudged(
  context: ReviewContext,
  facts: ReviewFacts,
  { parent, commit }: { readonly parent: string; readonly commit: string },
): Promise<boolean> {
  const { host } = context;
  const { touched, pullRequest, base, digest } = facts;
  const paths = touched.files.map(({ path }) => path);
  if (!(await changesJust(host, { parent, commit, paths, after: touched.after }))) return false;
  if (parent === base.commit) return true;
  const again = await readReview(context, pullRequest, { on: await readBaseAt(host, parent), known: facts });
  // What passes on the newer base as well needs nobody's approval.
  return again.digest === digest || judge(again.input).outcome === "pass";
}
