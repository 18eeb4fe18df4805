import type { Command } from "commander";
import { composeKeyProposals } from "../compose/service.ts";
import { composeFolderWriter } from "../compose/trees.ts";
import { listed, plainText } from "../registry/plain-text.ts";
import { type ProposeOutcome, proposeKeysOf } from "../tasks/propose-keys.ts";
import { parseLimit } from "./arguments.ts";
import { openContext } from "./open-context.ts";
import { exitCodes, print, printJson, progress, runCommand } from "./output.ts";
import { readKeyFiles } from "./read-key-files.ts";
import { appEnvironment } from "./sandbox-state.ts";
import { adviceFor } from "./upstream.ts";

interface Options {
  readonly from?: readonly string[];
  readonly registry?: string;
  readonly github: boolean;
  readonly limit: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addKeysPropose(keys: Command): void {
  keys
    .command("propose")
    .argument("[namespace...]", "only these; default: every namespace that has a provider without keys")
    .description("find the keys of namespaces that have none, and propose them to the maintainers")
    .option("--from <place...>", "files and folders with public keys that you have, e.g. the keys/ of another registry")
    .option("--no-github", "ask GitHub neither for newer releases nor for the keys on profiles")
    .option("--registry <folder>", "write the keys into the folder of a registry, instead of opening pull requests")
    .option("--limit <n>", "how many namespaces this run looks at", "100")
    .option("--dry-run", "only say what would be proposed")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Looks at whom the newest versions and releases of a namespace name as their signer, and for that key among --from and on
the profile of the account, or of the public members of the organisation. A key is proposed when it verifies what names
it. Without --registry the app of REGISTRAR_REPOSITORY, or of the running sandbox, opens pull requests of up to 25 keys;
one approval by a maintainer merges each, and what waits for its keys is judged again. Exits with 1 when no key was found
for some signer, with 3 when GitHub stopped answering. Example:
  registrar keys propose --from keys-of-my-authors --dry-run`,
    )
    .action((namespaces: readonly string[], options: Options) =>
      runCommand(options.json === true, () => propose(namespaces, options)),
    );
}

async function propose(namespaces: readonly string[], options: Options): Promise<number> {
  const limit = parseLimit(options.limit);
  const given = await readKeyFiles(options.from ?? []);
  const line = progress("looking for keys");
  const dryRun = options.dryRun === true;
  const { hasToken, ...context } = await openDestination(options);
  const wish = { namespaces, given, github: options.github, limit };
  const outcome = await proposeKeysOf({ ...context, dryRun, onProgress: line.update }, wish).finally(line.end);
  const ok = outcome.missing.length === 0 && outcome.unknown.length === 0;
  if (options.json === true) printJson({ ok, dryRun, ...outcome });
  else print(summary(outcome, { dryRun, folder: options.registry, hasToken }));
  if (outcome.unknown.length > 0) return exitCodes.later;
  return outcome.missing.length > 0 ? exitCodes.no : exitCodes.ok;
}

async function openDestination({ registry }: Options) {
  if (registry === undefined) return { ...(await composeKeyProposals(await appEnvironment())), hasToken: true };
  const context = await openContext(registry);
  const { create } = composeFolderWriter(registry);
  return { ...context, pause: async () => undefined, destination: { kind: "folder", create } as const };
}

function summary(
  outcome: ProposeOutcome,
  { dryRun, folder, hasToken }: { dryRun: boolean; folder: string | undefined; hasToken: boolean },
): string {
  const { proposals, missing, silent, unknown, waiting, remaining, pullRequests } = outcome;
  const verb = dryRun ? "would propose" : folder === undefined ? "proposed" : "wrote";
  const last = unknown.flatMap(({ retryAt }) => retryAt ?? []).at(-1);
  return [
    ...proposals.map(
      ({ path, key, from, verifies, looked }) =>
        `${verb} ${plainText(path)}: ${key.fingerprint} (${key.algorithm}), from ${from}; verifies ${verifies.length} of ${looked}: ${plainText(listed(verifies, 3))}`,
    ),
    ...missing.map(
      ({ owner, signer, versions, why }) =>
        `${plainText(owner)}: ${signer} signed ${plainText(listed(versions, 3))}, and ${why}. Ask the author for it: gpg --armor --export ${signer}`,
    ),
    ...silent.map((owner) => `${plainText(owner)}: no signature to look at`),
    ...unknown.map(({ owner, reason }) => `${plainText(owner)}: not known now: ${reason}`),
    ...waiting.map((owner) => `${plainText(owner)}: its keys wait in an open pull request`),
    ...(unknown.length > 0 ? [adviceFor(last === undefined ? null : new Date(last), hasToken)] : []),
    ...(pullRequests.length > 0 && !dryRun
      ? [`pull requests: ${pullRequests.map((number) => `#${number}`).join(", ")}`]
      : []),
    `${proposals.length} keys ${dryRun ? "would be proposed" : folder === undefined ? "proposed" : "written"}, ${missing.length} signers without a key, ${remaining} namespaces remain for another run`,
  ].join("\n");
}
