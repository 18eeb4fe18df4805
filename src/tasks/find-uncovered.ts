import type { PostedCheckRun, RegistryReader } from "../github/port.ts";
import { pushIdentity } from "../policy/messages.ts";
import { holdsTheHead } from "./holds-the-head.ts";

/** What the external id of the report on a merge that is not what was judged begins with. */
export const unlikeIdentity = "unlike:";

/** How far back pushes are looked at where nothing below is known to be covered: who was away for longer starts afresh. */
const mostPushes = 20;
/** How far below a merge is looked for a push that waits to be judged. */
const mostBelow = 10;

/**
 * The commits of the default branch up to this one, oldest first, as far as none of them is covered: by the verdict of the
 * pull request whose merge it is, or by a report of its own. One push may bring several. A report is made only when those
 * below it have theirs, so it ends the search; a merge may have come before what it stands on was judged, and then that
 * has a report that is not finished.
 */
export async function findUncovered(
  host: RegistryReader,
  tip: string,
  { covered }: { readonly covered: Set<string> },
): Promise<readonly string[]> {
  if (covered.has(tip)) return [];
  const commits = new Map((await host.listCommits(tip)).map((commit) => [commit.sha, commit]));
  const pushes: string[] = [];
  const line = firstParents(commits, tip);
  // One push may bring more than twenty, and what is wrong need not be in the last.
  const most = line.some((sha) => covered.has(sha)) ? line.length : mostPushes;
  let below = 0;
  for (const sha of line) {
    const isFirst = commits.get(sha)?.parents.length === 0;
    const covers = isFirst || covered.has(sha) ? "report" : await readCoverage(host, sha, below > 0);
    if (covers === "report" || below > mostBelow) {
      covered.add(pushes.length === 0 ? tip : sha);
      return pushes.reverse();
    }
    if (covers === "merge" || below > 0) below += 1;
    if (covers === "nothing") pushes.push(sha);
    // Nothing is covered where Registrar is new: what was there before it is the tip's business alone.
    if (pushes.length === most) return [tip];
  }
  return below > 0 ? pushes.reverse() : [tip];
}

type Commits = ReadonlyMap<string, { readonly parents: readonly string[] }>;

/** From a commit down as far as GitHub has listed, and the one that it did not. */
function firstParents(commits: Commits, tip: string): readonly string[] {
  const line: string[] = [];
  for (let sha: string | undefined = tip; sha !== undefined; sha = commits.get(sha)?.parents[0]) line.push(sha);
  return line;
}

/** What speaks of this commit. Below a merge only a report that is not finished says that something is left to judge. */
async function readCoverage(
  host: RegistryReader,
  sha: string,
  isBelow: boolean,
): Promise<"report" | "merge" | "nothing"> {
  const runs = await host.listCheckRuns(sha);
  const report = runs.find(({ externalId }) => externalId.startsWith(pushIdentity));
  if (report?.status === "completed") return "report";
  if (isBelow) return report === undefined ? "merge" : "nothing";
  if (runs.some(({ externalId }) => externalId.startsWith(unlikeIdentity))) return "merge";
  for (const merge of await host.listMergesOf(sha)) {
    const run = ownRun(await host.listCheckRuns(merge.headSha), merge.number);
    const judged = run?.status === "completed" && run.conclusion === "success";
    if (judged && (await holdsTheHead(host, { commit: sha, headSha: merge.headSha }))) return "merge";
  }
  return "nothing";
}

/** The newest run that speaks of this pull request. */
export const ownRun = (runs: readonly PostedCheckRun[], number: number): PostedCheckRun | undefined =>
  runs.find(({ externalId }) => externalId.startsWith(`${number}:`));
