import { type Command, Option } from "commander";
import { RegistrarError } from "../registry/errors.ts";
import { pollUntil } from "../scenarios/poll.ts";
import { type ReleaseAnswer, type ReleaseRequest, releaseDoor } from "../scenarios/release-door.ts";
import {
  type SeenPullRequest,
  type SeenVerdict,
  seeComment,
  seePullRequests,
  seesVersion,
  seeVerdict,
  type View,
} from "../scenarios/view.ts";
import { exitCodes, print, printJson, runCommand } from "./output.ts";
import { requireSandbox, type SandboxState } from "./sandbox-state.ts";

interface Options {
  readonly tamper?: "checksum" | "signature";
  readonly key?: "registered" | "unknown";
  readonly json?: boolean;
}

export function addSandboxRelease(sandbox: Command): void {
  sandbox
    .command("release")
    .argument("<address>", "the provider, e.g. acme/dns")
    .argument("<version>", "the new version, e.g. 1.3.0")
    .description("cut a release as an author in the running sandbox, and follow it")
    .addOption(new Option("--tamper <what>", "spoil it after signing").choices(["checksum", "signature"]))
    .addOption(
      new Option("--key <which>", "sign it with this key").choices(["registered", "unknown"]).default("registered"),
    )
    .option("--json", "print one JSON object at the end")
    .addHelpText(
      "after",
      "\nNeeds `npm run sandbox` in another terminal, in the same folder. Exits with 1 when it is not merged.",
    )
    .action((address: string, version: string, _options: Options, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      return runCommand(options.json === true, () => releaseAndFollow({ address, version, ...options }));
    });
}

async function releaseAndFollow(wish: ReleaseRequest & { readonly json?: boolean }): Promise<number> {
  const state = await requireSandbox();
  const { json, ...request } = wish;
  const say = json === true ? () => {} : print;
  const view: View = state;
  const before = new Set((await seePullRequests(view)).map(({ headSha }) => headSha));
  const started = Date.now();
  const { url } = await askForRelease(state, request);
  say(`  ✔ ${request.address} v${request.version} is released: ${url}`);
  const opened = await pollUntil("a pull request for it", async () =>
    (await seePullRequests(view)).find(({ headSha, title }) => !before.has(headSha) && title.includes(request.version)),
  );
  say(`  ✔ pull request #${opened.number}: ${opened.url}`);
  const verdict = await pollUntil("its verdict", () => settledVerdict(view, opened.headSha));
  say(`  ${verdict === "pass" ? "✔" : "✘"} verdict: ${verdict}`);
  const result =
    verdict === "pass"
      ? await followMerge({ view, opened, request, say, started })
      : { merged: false, installableMs: null };
  const comment = await pollUntil("the comment", () => seeComment(view, opened.number));
  if (json === true)
    printJson({ ok: result.merged, verdict, pullRequest: opened.number, url: opened.url, ...result, comment });
  else if (!result.merged) print(`\n${forTerminal(comment)}\n`);
  return result.merged ? exitCodes.ok : exitCodes.no;
}

async function askForRelease(state: SandboxState, request: ReleaseRequest): Promise<{ readonly url: string }> {
  const response = await fetch(`${state.serverUrl}${releaseDoor}`, { method: "POST", body: JSON.stringify(request) });
  const answer = (await response.json()) as ReleaseAnswer;
  if ("error" in answer) throw new RegistrarError("bad-argument", answer.error);
  return answer;
}

/** A verdict that stands: `retry` is only a pause. */
async function settledVerdict(view: View, headSha: string): Promise<SeenVerdict | null> {
  const verdict = await seeVerdict(view, headSha);
  return verdict === "retry" ? null : verdict;
}

async function followMerge(following: {
  readonly view: View;
  readonly opened: SeenPullRequest;
  readonly request: ReleaseRequest;
  readonly say: (text: string) => void;
  readonly started: number;
}): Promise<{ readonly merged: boolean; readonly installableMs: number }> {
  const { view, opened, request, say, started } = following;
  await pollUntil("the merge", async () =>
    (await seePullRequests(view)).some(({ number, merged }) => number === opened.number && merged),
  );
  say("  ✔ merged");
  await pollUntil("its publication", () => seesVersion(view, request.address, request.version));
  const installableMs = Date.now() - started;
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
