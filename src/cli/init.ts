import { Argument, type Command } from "commander";
import { readKeys } from "../compose/keys.ts";
import { composeFolderWriter, composeTree } from "../compose/trees.ts";
import { type Address, addressText } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { listed, plainText, quoted } from "../registry/plain-text.ts";
import { configurationPath } from "../registry/tree.ts";
import { type InitOutcome, initRecord, mostNewVersions } from "../tasks/init-record.ts";
import { parseAddressArgument, parseLimit, parseRepository } from "./arguments.ts";
import { exitCodes, print, printJson, progress, runCommand } from "./output.ts";
import { findingLine, mergeFindings } from "./texts.ts";
import { openUpstream, withAdvice } from "./upstream.ts";

interface Options {
  readonly registry: string;
  readonly repository?: string;
  readonly limit: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addInit(program: Command): void {
  program
    .command("init")
    .addArgument(new Argument("<kind>", "what the address is of").choices(["provider", "module"]))
    .argument("<address>", "NAMESPACE/TYPE of a provider, NAMESPACE/NAME/SYSTEM of a module")
    .description("write the record of a new address, with every version that its repository has released")
    .option("--registry <folder>", "folder of the registry: a checkout of your fork", ".")
    .option("--repository <owner/name>", "where it is released, if not where the address says")
    .option("--limit <n>", "how many versions at most, newest first", String(mostNewVersions))
    .option("--dry-run", "only say what would be written")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Each version is rebuilt from its release and judged as in a pull request; what fails is left out, with the reason.
Set GITHUB_TOKEN (no permissions needed): GitHub answers 60 requests an hour without one, and a version takes some six.
Exits with 1, and writes nothing, when no version can be used. Example:
  registrar init provider acme/dns --registry .`,
    )
    .action((kind: Address["kind"], text: string, options: Options) =>
      runCommand(options.json === true, () => init(kind, text, options)),
    );
}

async function init(kind: Address["kind"], text: string, options: Options): Promise<number> {
  const address = parseAddressArgument(text);
  if (address.kind !== kind) {
    const form = kind === "provider" ? "NAMESPACE/TYPE" : "NAMESPACE/NAME/SYSTEM";
    throw new RegistrarError("bad-argument", `The address of a ${kind} is ${form}, got ${quoted(text)}.`);
  }
  const limit = parseLimit(options.limit);
  const tree = await composeTree(options.registry);
  if (tree.files.length === 0) {
    throw new RegistrarError(
      "bad-argument",
      `The folder ${quoted(options.registry)} holds no registry: neither providers/, modules/ or keys/, nor ${configurationPath} (which may be empty). Name the folder that has with --registry.`,
    );
  }
  const { upstream, serverUrl, hasToken } = await openUpstream();
  const repository = options.repository === undefined ? null : parseRepository(options.repository, serverUrl);
  const line = progress(`reading ${addressText(address)}`);
  const outcome = await withAdvice(hasToken, () =>
    initRecord(
      {
        tree,
        upstream,
        readKeys,
        now: () => new Date(),
        serverUrl,
        create: composeFolderWriter(options.registry).create,
        dryRun: options.dryRun === true,
        onProgress: line.update,
      },
      { address, repository, limit },
    ),
  ).finally(line.end);
  const ok = outcome.text !== null;
  if (options.json === true)
    printJson({ ok, dryRun: options.dryRun === true, address: addressText(address), ...outcome });
  else print(report(address, outcome));
  return ok ? exitCodes.ok : exitCodes.no;
}

function report(address: Address, outcome: InitOutcome): string {
  const { versions, left, beyond, findings, text, written, path, repository } = outcome;
  const from = `${plainText(repository.fullName)} (id ${repository.id}, owner ${repository.ownerId})`;
  const leftOut = [...Map.groupBy(left, ({ reasons }) => reasons.join(" "))].map(
    ([reason, those]) => `  left out ${listed(those.map(({ version }) => plainText(version, 60)))}: ${reason}`,
  );
  const older =
    beyond.length === 0
      ? []
      : [
          `  not looked at: ${beyond.length} older releases. Registrar adds them itself once the record is merged; --limit takes more.`,
        ];
  const held = mergeFindings(findings).map(findingLine);
  if (text === null) {
    const why = versions.length > 0 ? "The record cannot be made" : `None of ${left.length} releases can be used`;
    return [`${why}, so nothing is written. Read from ${from}.`, ...leftOut, ...held].join("\n");
  }
  const did = written ? "wrote" : "would write";
  return [
    `${did} ${path}: ${listed(versions, 10)}`,
    `  from ${from}`,
    ...leftOut,
    ...older,
    ...signing(outcome),
    "",
    "What the review of the pull request will say:",
    ...held,
    "",
    "Next:",
    ...steps(address, outcome).map((step) => `  ${step}`),
  ].join("\n");
}

/** By whom the releases are signed, and what the registry lacks. */
function signing({ signers, keyFolder }: InitOutcome): string[] {
  return signers.flatMap(({ key, path, versions }) => {
    if (path !== null) return [`  signed by ${key}, which is ${plainText(path)}: ${listed(versions)}`];
    return [
      `  signed by ${key}, which the registry does not have: ${listed(versions)}`,
      `    If it is the author's, submit its public half first, in a pull request of its own:`,
      `    gpg --armor --export ${key} > ${keyFolder}NAME.asc`,
    ];
  });
}

function steps(address: Address, { path, written }: InitOutcome): string[] {
  const branch = `add-${addressText(address).replaceAll("/", "-")}`;
  return [
    ...(written ? [] : ["the same command without --dry-run"]),
    `git switch -c ${branch}`,
    `git add ${path}`,
    `git commit -m "Add ${addressText(address)}"`,
    `git push -u origin ${branch}`,
    "open the pull request (gh pr create, or the link that git prints)",
    "A maintainer decides about every new address; approving it lets Registrar merge it.",
  ];
}
