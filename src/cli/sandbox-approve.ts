import type { Command } from "commander";
import { approveDoor } from "../scenarios/doors.ts";
import { pollUntil } from "../scenarios/poll.ts";
import { seePullRequests, seeVerdict } from "../scenarios/view.ts";
import { parsePullRequest } from "./arguments.ts";
import { exitCodes, print, printJson, runCommand } from "./output.ts";
import { knock } from "./sandbox-doors.ts";
import { requireSandbox } from "./sandbox-state.ts";

export function addSandboxApprove(sandbox: Command): void {
  sandbox
    .command("approve")
    .argument("<pull-request>", "its number")
    .description("approve a pull request as the running sandbox's maintainer, and see what Registrar makes of it")
    .option("--json", "print one JSON object at the end")
    .addHelpText(
      "after",
      "\nAn approval lifts only what may be lifted; exits with 1 when the pull request is not merged.",
    )
    .action((text: string, _options: unknown, command: Command) => {
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      return runCommand(json === true, () => approve(text, json === true));
    });
}

async function approve(text: string, json: boolean): Promise<number> {
  const number = parsePullRequest(text);
  const state = await requireSandbox();
  await knock(state, approveDoor, { number });
  if (!json) print(`  ✔ approved as the maintainer`);
  const find = async () => (await seePullRequests(state)).find((one) => one.number === number);
  const merged = await pollUntil("the merge", async () => (await find())?.merged, { timeoutMs: 8_000 }).catch(
    () => false,
  );
  const verdict = await seeVerdict(state, (await find())?.headSha ?? "");
  if (json) printJson({ ok: merged === true, merged: merged === true, verdict });
  else
    print(
      merged === true
        ? "  ✔ merged"
        : `  ✘ not merged: the verdict is still "${verdict}"; its comment says what has to change`,
    );
  return merged === true ? exitCodes.ok : exitCodes.no;
}
