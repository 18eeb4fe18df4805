import type { Command } from "commander";
import { composeSweep } from "../compose/service.ts";
import { RegistrarError } from "../registry/errors.ts";
import { plainText } from "../registry/plain-text.ts";
import { type SweepOutcome, sweep } from "../tasks/sweep.ts";
import { exitCodes, print, printJson, progress, runCommand } from "./output.ts";
import { appEnvironment } from "./sandbox-state.ts";

interface Options {
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addBump(program: Command): void {
  program
    .command("bump")
    .description("look for releases that no event told of, and open pull requests for them")
    .option("--all", "look at every record, whether it is its turn or not")
    .option("--dry-run", "only say what would be opened")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Reads the environment of the server (docs/operators.md); without REGISTRAR_REPOSITORY the sandbox that runs in this
folder is asked. Opens at most 20 pull requests a run: many records share one. What it did not come to, the next run
finds. Exits with 1 when an upstream could not be looked at. Example:
  registrar bump --all --dry-run`,
    )
    .action((options: Options) =>
      runCommand(options.json === true, async () => {
        if (options.all !== true) {
          throw new RegistrarError(
            "bad-argument",
            "Say --all: every record is looked at. The service itself looks at those whose turn it is.",
          );
        }
        const dryRun = options.dryRun === true;
        const line = progress("looking at upstreams");
        const context = composeSweep(await appEnvironment());
        const outcome = await sweep({ ...context, dryRun, onProgress: line.update }, { all: true });
        line.end();
        if (outcome.skipped !== null)
          throw new RegistrarError("bad-configuration", `Nothing is bumped: ${outcome.skipped}`);
        if (options.json === true) printJson({ ok: outcome.unknown.length === 0, dryRun, ...outcome });
        else printOutcome(outcome, dryRun);
        return outcome.unknown.length === 0 ? exitCodes.ok : exitCodes.no;
      }),
    );
}

/** Reasons name what to do at their end. */
const longestLine = 1_000;

function printOutcome(outcome: SweepOutcome, dryRun: boolean): void {
  const { plan, pullRequests, records, glanced, unknown, refused, left } = outcome;
  const would = dryRun ? "would open" : "open";
  for (const { path, branch } of plan.single) print(`  ${would}: ${branch.title}  (${plainText(path)})`);
  for (const { title, members } of plan.groups) {
    print(`  ${would}: ${title}`);
    for (const { branch } of members) print(`      ${branch.title}`);
  }
  for (const { path, version, reason } of refused)
    print(`  left out: ${plainText(`${path} ${version}: ${reason}`, longestLine)}`);
  for (const { path, reason } of unknown) print(`  unknown: ${plainText(`${path}: ${reason}`, longestLine)}`);
  if (left.length > 0) print(`  left for the next run: ${left.length} records`);
  const done = dryRun ? "nothing was written" : `${pullRequests.length} pull requests`;
  print(
    `${records} records, ${glanced} upstreams looked at, ${plan.single.length + plan.groups.length} bumps: ${done}`,
  );
}
