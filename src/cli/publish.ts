import type { Command } from "commander";
import { readKeys } from "../compose/keys.ts";
import { composeTarget } from "../compose/targets.ts";
import { readPublisherEnvironment } from "../config/env.ts";
import { publishRegistry } from "../tasks/publish-registry.ts";
import { exitCodes, onInterrupt, print, printJson, progress, runCommand } from "./output.ts";
import { publishText } from "./publish-text.ts";
import { readWithoutWithheld } from "./read-withheld.ts";
import { findingLine } from "./texts.ts";

interface Options {
  readonly registry: string;
  readonly commit?: string;
  readonly withhold?: string;
  readonly to: string;
  readonly dryRun?: boolean;
  readonly full?: boolean;
  readonly json?: boolean;
}

export function addPublish(program: Command): void {
  program
    .command("publish")
    .description("write the static files that tofu and terraform install from")
    .requiredOption(
      "--to <target>",
      "where they go: dir:FOLDER, git:REPOSITORY#BRANCH (git:#BRANCH for the registry's own repository), s3://BUCKET/PREFIX",
    )
    .option("--registry <folder>", "folder of the registry", ".")
    .option("--commit <rev>", "publish a commit of the git repository there, not the files")
    .option(
      "--withhold <json>",
      "leave out what Registrar keeps back of that commit, as it tells a workflow; [] for nothing",
    )
    .option("--full", "look at everything, not only at what has changed since the last publication")
    .option("--dry-run", "only say what would be written")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      "\nWrites only what differs, and can be repeated at any time. Example:\n  registrar publish --registry . --to dir:public\n  registrar publish --registry . --to git:#host",
    )
    .action((options: Options) =>
      runCommand(options.json === true, async () => {
        const { serverUrl, token, dataFolder, s3 } = readPublisherEnvironment();
        const target = composeTarget(options.to, {
          ...{ dataFolder, s3 },
          own: { kind: "folder", path: options.registry },
          // A token is for that server alone.
          tokenFor: (url) => async () => (url.startsWith(`${serverUrl}/`) ? token : null),
        });
        const tree = await readWithoutWithheld(options);
        const line = progress("publishing records");
        const dryRun = options.dryRun === true;
        onInterrupt(line, dryRun ? "Stopped." : "Stopped. Publish again: it goes on where this one stopped.");
        const report = await publishRegistry({
          ...{ tree, target, readKeys, serverUrl, dryRun, full: options.full === true },
          onProgress: line.update,
        });
        line.end();
        if (options.json === true) printJson({ ok: true, dryRun, ...report, ms: Math.round(report.ms) });
        else {
          for (const finding of report.findings) print(findingLine(finding));
          print(publishText(report, dryRun));
        }
        return exitCodes.ok;
      }),
    );
}
