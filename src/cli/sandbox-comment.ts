import type { Command } from "commander";
import { people } from "../scenarios/demo.ts";
import { commentDoor } from "../scenarios/doors.ts";
import { pollUntil } from "../scenarios/poll.ts";
import { seeAnswer } from "../scenarios/view.ts";
import { parsePullRequest } from "./arguments.ts";
import { exitCodes, print, printJson, runCommand } from "./output.ts";
import { knock } from "./sandbox-doors.ts";
import { requireSandbox } from "./sandbox-state.ts";

interface Options {
  readonly as: string;
  readonly json?: boolean;
}

export function addSandboxComment(sandbox: Command): void {
  sandbox
    .command("comment")
    .argument("<pull-request>", "its number; an issue's does as well")
    .argument("<text>", 'what to say, e.g. "/registrar explain"')
    .description("comment on a pull request in the running sandbox, and see what Registrar answers")
    .option("--as <login>", `who says it: ${people.maintainer} maintains the registry`, people.maintainer)
    .option("--json", "print one JSON object at the end")
    .addHelpText("after", "\nOnly lines that begin with /registrar are answered; exits with 1 when there is no answer.")
    .action((number: string, text: string, _options: unknown, command: Command) => {
      const { as, json = false } = command.optsWithGlobals<Options>();
      return runCommand(json, () => comment({ number: parsePullRequest(number), body: text, by: as }, json));
    });
}

async function comment(wish: { number: number; body: string; by: string }, json: boolean): Promise<number> {
  const state = await requireSandbox();
  const { id } = await knock<{ readonly id: number }>(state, commentDoor, wish);
  if (!json) print(`  ✔ said by ${wish.by}`);
  const { number } = wish;
  const answer = await pollUntil("the answer", () => seeAnswer(state, { number, comment: id }), {
    timeoutMs: 8_000,
  }).catch(() => null);
  if (json) printJson({ ok: answer !== null, answer });
  else
    print(answer === null ? "  ✘ not answered: no line of it begins with /registrar" : answer.replace(/^/gm, "    "));
  return answer === null ? exitCodes.no : exitCodes.ok;
}
