import { type Address, addressText } from "../registry/address.ts";
import { pollUntil } from "../scenarios/poll.ts";
import {
  type SeenPullRequest,
  type SeenVerdict,
  seeComment,
  seePullRequests,
  seeVerdict,
  seeVersions,
  type View,
} from "../scenarios/view.ts";
import { exitCodes, print, printJson } from "./output.ts";

/** A version that its author has just released, or tagged. */
export interface Followed {
  readonly view: View;
  readonly address: Address;
  /** As the record will have it: a module's is its tag. */
  readonly version: string;
  /** In milliseconds. */
  readonly startedAt: number;
  /** Heads of the pull requests that were there before. */
  readonly before: ReadonlySet<string>;
  readonly json: boolean;
}

export const headsNow = async (view: View): Promise<ReadonlySet<string>> =>
  new Set((await seePullRequests(view)).map(({ headSha }) => headSha));

/** Follows a new version from its pull request to the published list, saying each step; gives the exit code. */
export async function followVersion(followed: Followed): Promise<number> {
  const { view, address, version, before, json } = followed;
  const say = json ? () => {} : print;
  const title = `${addressText(address)} ${version}`;
  const opened = await pollUntil("a pull request for it", async () =>
    (await seePullRequests(view)).find((one) => !before.has(one.headSha) && one.title.includes(title)),
  );
  say(`  ✔ pull request #${opened.number}: ${opened.url}`);
  const verdict = await pollUntil("its verdict", () => settledVerdict(view, opened.headSha));
  say(`  ${verdict === "pass" ? "✔" : "✘"} verdict: ${verdict}`);
  const result = verdict === "pass" ? await followMerge(followed, opened, say) : { merged: false, installableMs: null };
  const comment = await pollUntil("the comment", () => seeComment(view, opened.number));
  if (json) printJson({ ok: result.merged, verdict, pullRequest: opened.number, url: opened.url, ...result, comment });
  else if (!result.merged) print(`\n${forTerminal(comment)}\n`);
  return result.merged ? exitCodes.ok : exitCodes.no;
}

/** A verdict that stands: `retry` is only a pause. */
async function settledVerdict(view: View, headSha: string): Promise<SeenVerdict | null> {
  const verdict = await seeVerdict(view, headSha);
  return verdict === "retry" ? null : verdict;
}

async function followMerge(
  { view, address, version, startedAt }: Followed,
  opened: SeenPullRequest,
  say: (text: string) => void,
): Promise<{ readonly merged: boolean; readonly installableMs: number }> {
  await pollUntil("the merge", async () =>
    (await seePullRequests(view)).some(({ number, merged }) => number === opened.number && merged),
  );
  say("  ✔ merged");
  // A module's tag may begin with a v; what clients ask for does not.
  const published = address.kind === "module" ? version.replace(/^v/, "") : version;
  await pollUntil("its publication", async () => (await seeVersions(view, address)).includes(published));
  const installableMs = Date.now() - startedAt;
  say(`  ✔ published: clients can install it ${(installableMs / 1000).toFixed(1)} s after the release`);
  return { merged: true, installableMs };
}

/** The part that a person reads, without Markdown's escapes; the folded table of all rules is for the page. */
const forTerminal = (comment: string): string =>
  comment
    .replace(/<details>[\s\S]*<\/details>/, "")
    .replace(/\[([^\]]*)\]\(<([^>]*)>\)/g, "$1 ($2)")
    .replace(/\\([\p{P}\p{S}])/gu, "$1")
    .replace(/[`*]|^#+ |\u200b/gm, "")
    .trim();
