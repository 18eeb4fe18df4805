import { type Command, Option } from "commander";
import { RegistrarError } from "../registry/errors.ts";
import { scenarios } from "../scenarios/index.ts";
import { runScenario } from "../scenarios/run.ts";
import { startStage } from "../scenarios/stage.ts";
import { exitCodes, print, printJson, runCommand } from "./output.ts";
import { addSandboxApprove } from "./sandbox-approve.ts";
import { addSandboxComment } from "./sandbox-comment.ts";
import { openLog } from "./sandbox-log.ts";
import { addSandboxRelease } from "./sandbox-release.ts";
import { readSandboxState } from "./sandbox-state.ts";
import { stayUp } from "./sandbox-stay.ts";
import { addSandboxTag } from "./sandbox-tag.ts";
import { stepPrinter } from "./step-printer.ts";

interface Options {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly scenario: string;
  readonly port?: string;
}

export function addSandbox(program: Command): void {
  const sandbox = program
    .command("sandbox")
    .description("the whole product on this machine: a local GitHub, Registrar and a published registry")
    .option("--once", "play one scenario, say how it went, and end")
    .option("--scenario <name>", "which one; `list` lists them", "good")
    .option("--json", "print one JSON object (with --once or --scenario list)")
    .addOption(new Option("--port <port>", "port of the local GitHub; default: a free one"))
    .addHelpText(
      "after",
      `
Without --once it plays the scenario, then stays up and prints its addresses. Everything lies in a temporary folder and
ends with it; nothing leaves this machine. Exits with 1 when a scenario does not end as it should.`,
    )
    .action((options: Options) => runCommand(options.json === true, () => playSandbox(options)));
  addSandboxRelease(sandbox);
  addSandboxTag(sandbox);
  addSandboxApprove(sandbox);
  addSandboxComment(sandbox);
}

async function playSandbox(options: Options): Promise<number> {
  const json = options.json === true;
  if (options.scenario === "list") return listScenarios(json);
  const scenario = scenarios.find((candidate) => candidate.name === options.scenario);
  if (scenario === undefined) {
    const names = scenarios.map((candidate) => candidate.name).join(", ");
    throw new RegistrarError(
      "bad-argument",
      `There is no scenario ${JSON.stringify(options.scenario)}; expected one of ${names}.`,
    );
  }
  if (json && options.once !== true) {
    throw new RegistrarError("bad-argument", "--json prints one object at the end, so it needs --once as well.");
  }
  const port = parsePort(options.port);
  await refuseSecond(options);
  const log = openLog();
  if (!json) print(`\n  ${scenario.name}: ${scenario.title}\n`);
  // Who stays wants to see a sweep within moments.
  const sweepEverySeconds = scenario.sweepEverySeconds ?? (options.once === true ? undefined : 5);
  const special = {
    ...(sweepEverySeconds === undefined ? {} : { sweepEverySeconds }),
    ...(scenario.ownerBypasses === undefined ? {} : { ownerBypasses: scenario.ownerBypasses }),
    ...(scenario.withoutKeys === undefined ? {} : { withoutKeys: scenario.withoutKeys }),
    ...(scenario.evidenceLastsSeconds === undefined ? {} : { evidenceLastsMs: scenario.evidenceLastsSeconds * 1_000 }),
  };
  const { report, stage } = await runScenario(scenario, {
    startStage: () => startStage({ log: log.write, ...(port === undefined ? {} : { port }), ...special }),
    watch: json ? () => {} : stepPrinter(),
  });
  if (options.once === true || stage === null || !report.ok) {
    await stage?.stop();
    if (json) printJson(report);
    else
      print(
        report.ok
          ? "\n  It ended as it should.\n"
          : `\n  It did not end as it should: ${report.error ?? report.violations.join("; ")}\n`,
      );
    return report.ok ? exitCodes.ok : exitCodes.no;
  }
  return stayUp(stage, log);
}

/** Commands in this folder find one sandbox, so a second one would take them over. */
async function refuseSecond({ once }: Options): Promise<void> {
  const other = once === true ? null : await readSandboxState();
  if (other === null) return;
  throw new RegistrarError(
    "bad-argument",
    `A sandbox runs in this folder already (process ${other.pid}, ${other.serverUrl}). Stop it first, or use --once.`,
  );
}

function listScenarios(json: boolean): number {
  if (json) {
    printJson({ scenarios: scenarios.map(({ name, title, expected }) => ({ name, title, expected })) });
  } else {
    for (const { name, title, expected } of scenarios) {
      print(`${name.padEnd(25)} ${title} (${expected.verdict}, ${expected.merged ? "merged" : "not merged"})`);
    }
  }
  return exitCodes.ok;
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new RegistrarError("bad-argument", `The port must be a number up to 65535, got ${JSON.stringify(text)}.`);
}
