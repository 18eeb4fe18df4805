import type { RegistryHost, RegistryReader } from "../github/port.ts";
import { renderUnlikeJudged } from "../policy/messages/reverts.ts";
import { pushIdentity } from "../policy/messages.ts";
import { isRegistryPath, registryPlaces, type TreeFile } from "../registry/tree.ts";
import { judge } from "../rules/verdict.ts";
import { readBaseAt } from "./base.ts";
import { type ReviewContext, type ReviewFacts, readReview } from "./read-review.ts";
import { proposeRevert } from "./reverts.ts";

/** Whether a merge commit changes of the registry just the files of its head, into just the head's blobs. */
export async function holdsTheHead(
  host: RegistryReader,
  { commit, headSha }: { readonly commit: string; readonly headSha: string },
): Promise<boolean> {
  const [parent] = await host.readParents(commit);
  if (parent === undefined) return false;
  const { files } = await host.compare(parent, headSha);
  const paths = files.flatMap(({ path, previousPath }) => (previousPath === null ? [path] : [path, previousPath]));
  return changesJust(host, { parent, commit, paths, after: await host.listFiles(headSha, paths) });
}

async function changesJust(
  host: RegistryReader,
  merge: {
    readonly parent: string;
    readonly commit: string;
    readonly paths: readonly string[];
    readonly after: readonly TreeFile[];
  },
): Promise<boolean> {
  const [before, result] = await Promise.all([
    host.listFiles(merge.parent, registryPlaces),
    host.listFiles(merge.commit, registryPlaces),
  ]);
  const [was, is, judged] = [before, result, merge.after].map(byPath);
  const wanted = new Set(merge.paths.filter(isRegistryPath));
  const paths = new Set([...wanted, ...before.map(({ path }) => path), ...result.map(({ path }) => path)]);
  return [...paths].every((path) => is?.get(path) === (wanted.has(path) ? judged : was)?.get(path));
}

const byPath = (files: readonly TreeFile[]): ReadonlyMap<string, string> =>
  new Map(files.map(({ path, mode, id }) => [path, `${mode} ${id}`]));

/**
 * After a merge of ours, under the merge lock: GitHub pins the head and not the base, so what came of it is compared with what
 * was judged, and where the base has moved in between, judged once more on that. Says whether it is right. Where it is not, that
 * is reported on the commit and on its pull request, and a pull request is opened that takes it back, whose branch keeps it from
 * being published and halts all merging. Repeatable.
 */
export async function confirmMerge(
  context: ReviewContext & { readonly host: RegistryHost },
  facts: ReviewFacts,
  commit: string,
): Promise<boolean> {
  const { host, now } = context;
  const { pullRequest } = facts;
  const [parent] = await host.readParents(commit);
  if (parent !== undefined && (await isAsJudged(context, facts, { parent, commit }))) return true;
  await proposeRevert(host, { kind: "merge", commit, paths: await changedPaths(host, { parent, commit }) });
  const report = renderUnlikeJudged({ commit, number: pullRequest.number, now: now().toISOString() });
  // Whoever looks for the last word on this pull request must not find that all is well.
  const externalId = `${pullRequest.number}:unlike-judged`;
  await host.createCheckRun({ ...report, headSha: pullRequest.headSha, externalId });
  await host.createCheckRun({ ...report, externalId: `${pushIdentity}${commit}` });
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

async function changedPaths(
  host: RegistryReader,
  { parent, commit }: { readonly parent: string | undefined; readonly commit: string },
): Promise<readonly string[]> {
  if (parent === undefined) return [];
  const [before, after] = await Promise.all([parent, commit].map((one) => host.listFiles(one, registryPlaces)));
  const [was, is] = [byPath(before ?? []), byPath(after ?? [])];
  return [...new Set([...was.keys(), ...is.keys()])].filter((path) => was.get(path) !== is.get(path));
}
