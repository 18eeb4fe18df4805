import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { composeFolderWriter } from "../compose/trees.ts";
import { errorMessage, RegistrarError } from "../registry/errors.ts";
import { listed, plainText, quoted } from "../registry/plain-text.ts";
import { type AdoptOutcome, adoptRegistry, mostAdopted } from "../tasks/adopt-registry.ts";
import { parseAddressArgument, parseLimit } from "./arguments.ts";
import { exitCodes, print, printJson, progress, runCommand } from "./output.ts";
import { readRegistry } from "./read-registry.ts";
import { adviceFor, openUpstream } from "./upstream.ts";

interface Options {
  readonly registry: string;
  readonly limit: string;
  readonly report?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addAdopt(program: Command): void {
  program
    .command("adopt")
    .argument("[address...]", "only these; default: the whole registry")
    .description("record GitHub's ids in old records that lack them, after comparing each with what it serves today")
    .option("--registry <folder>", "folder of the registry: a checkout", ".")
    .option("--limit <n>", "how many records get their ids in this run", String(mostAdopted))
    .option("--report <file>", "write the pull request's description there, as Markdown")
    .option("--dry-run", "only say what would be written")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
A pull request by hand may change ${mostAdopted} records of one namespace, so up to --limit ${mostAdopted} a run stays in one namespace: commit,
open the pull request with the report as its description, and run it again for the next one. A larger --limit takes
everything, for who may push to the default branch. What has its ids is passed over, so a run goes on where one ended.
What does not agree with upstream is left as it is, with the reason. Set GITHUB_TOKEN (no permissions needed): a record
takes some ten requests. Exits with 1 when something was left, with 3 when GitHub stopped answering. Example:
  registrar adopt --registry . --report adopt.md`,
    )
    .action((addresses: readonly string[], options: Options) =>
      runCommand(options.json === true, () => adopt(addresses, options)),
    );
}

async function adopt(texts: readonly string[], options: Options): Promise<number> {
  const addresses = texts.map(parseAddressArgument);
  const limit = parseLimit(options.limit);
  const dryRun = options.dryRun === true;
  const tree = await readRegistry(options);
  const { upstream, serverUrl, hasToken } = await openUpstream();
  const line = progress("comparing records");
  const outcome = await adoptRegistry(
    {
      tree,
      upstream,
      now: () => new Date(),
      serverUrl,
      replace: composeFolderWriter(options.registry).replace,
      dryRun,
      onProgress: line.update,
    },
    { addresses, limit },
  ).finally(line.end);
  if (options.report !== undefined) await writeReport(options.report, outcome.report);
  const ok = outcome.left.length === 0 && outcome.stopped === null;
  if (options.json === true) printJson({ ok, dryRun, ...outcome });
  else print(summary(outcome, { dryRun, hasToken, report: options.report }));
  if (outcome.stopped !== null) return exitCodes.later;
  return ok ? exitCodes.ok : exitCodes.no;
}

async function writeReport(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((cause: unknown) => {
    const message = `The report cannot be written to ${quoted(path)}: ${errorMessage(cause)}. What was adopted stays adopted.`;
    throw new RegistrarError("bad-argument", message, { cause });
  });
}

function summary(
  { adopted, left, complete, remaining, stopped }: AdoptOutcome,
  {
    dryRun,
    hasToken,
    report,
  }: { readonly dryRun: boolean; readonly hasToken: boolean; readonly report: string | undefined },
): string {
  const did = dryRun ? "would adopt" : "adopted";
  const rows = adopted.map(
    ({ path, repository, ids, equal }) =>
      `${did} ${path}: ${plainText(repository)} (id ${ids.repository_id}, owner ${ids.owner_id}); the same today: ${listed(equal)}`,
  );
  return [
    ...rows,
    ...left.map(({ path, reason }) => `left    ${plainText(path)}: ${reason}`),
    ...(stopped === null
      ? []
      : [
          `stopped: ${stopped.reason} ${adviceFor(stopped.retryAt === null ? null : new Date(stopped.retryAt), hasToken)}`,
        ]),
    `ids of ${adopted.length} records ${dryRun ? "would be recorded" : "recorded"}, ${left.length} left as they are, ${complete} had them before, ${remaining} remain for another run`,
    ...(adopted.length > 0 && !dryRun ? ["", "Next:", ...steps(report).map((step) => `  ${step}`)] : []),
  ].join("\n");
}

const steps = (report: string | undefined): string[] => [
  "git switch -c adopt-ids",
  'git commit -am "Record repository and owner ids"',
  "git push -u origin adopt-ids",
  report === undefined
    ? "open the pull request (--report FILE writes its description)"
    : `open the pull request with ${quoted(report)} as its description`,
  "A maintainer compares the ids with the report; approving the pull request lets Registrar merge it.",
];
