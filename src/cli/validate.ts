import type { Command } from "commander";
import { readKeys } from "../compose/keys.ts";
import { validateRegistry } from "../tasks/validate-registry.ts";
import { exitCodes, print, printJson, progress, runCommand } from "./output.ts";
import { readRegistry } from "./read-registry.ts";
import { findingLine } from "./texts.ts";

export function addValidate(program: Command): void {
  program
    .command("validate")
    .description("look at every record and key of a registry, without GitHub, and say what is wrong")
    .option("--registry <folder>", "folder of the registry", ".")
    .option("--commit <rev>", "look at a commit of the git repository there, not at the files")
    .option("--notices", "also print what is only worth knowing")
    .option("--json", "print one JSON object: findings and totals")
    .addHelpText(
      "after",
      "\nExits with 1 when something has to be changed. Example:\n  registrar validate --registry . --json",
    )
    .action((options: { registry: string; commit?: string; notices?: boolean; json?: boolean }) =>
      runCommand(options.json === true, async () => {
        const tree = await readRegistry(options);
        const line = progress("looking at records");
        const { findings, totals } = await validateRegistry({
          tree,
          readKeys,
          now: new Date(),
          onProgress: line.update,
        });
        line.end();
        if (options.json === true) printJson({ findings, totals });
        else {
          const shown = findings.filter((finding) => options.notices === true || finding.notice !== true);
          for (const finding of shown) print(findingLine(finding));
          const { records, versions, archives, keys, ms } = totals;
          print(
            `\n${records} records, ${versions} versions, ${archives} archives, ${keys} keys in ${(ms / 1000).toFixed(1)} s`,
          );
          print(
            `${totals.fail} to change, ${totals.hold} for a maintainer, ${totals.notices} notices (--notices shows them)`,
          );
        }
        return totals.fail > 0 ? exitCodes.no : exitCodes.ok;
      }),
    );
}
