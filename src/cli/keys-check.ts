import { basename } from "node:path";
import type { Command } from "commander";
import { readKeys } from "../compose/keys.ts";
import { composeUpstreamReader } from "../compose/reading.ts";
import { signatureLimits } from "../compose/signatures.ts";
import { readUpstreamEnvironment } from "../config/env.ts";
import { RegistrarError } from "../registry/errors.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import { type CheckKeyContext, checkKey, type KeyCheck } from "../tasks/check-key.ts";
import { findContext } from "./open-context.ts";
import { exitCodes, print, printJson, runCommand } from "./output.ts";
import { readBounded } from "./read-bounded.ts";
import { findingLine } from "./texts.ts";

interface Options {
  readonly for: string;
  readonly registry?: string;
  readonly json?: boolean;
}

export function addKeysCheck(keys: Command): void {
  keys
    .command("check")
    .argument("<file>", "a public key, as `gpg --armor --export` writes it")
    .description("say what key a file holds, whether a registry would take it, and which of its versions it verifies")
    .requiredOption("--for <namespace>", "NAMESPACE, or NAMESPACE/TYPE for a key of one provider alone")
    .option(
      "--registry <folder>",
      "folder of the registry; default: REGISTRAR_REPOSITORY, the running sandbox, or here",
    )
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Looks at the newest published versions that the key would sign for: two downloads each, no request to GitHub's API.
Without a registry, or when upstream does not answer, it says what the file alone tells. Exits with 1 when the file would
be refused. Example:
  registrar keys check acme.asc --for acme --registry .`,
    )
    .action((file: string, options: Options) => runCommand(options.json === true, () => check(file, options)));
}

async function check(path: string, options: Options): Promise<number> {
  const [namespace = "", type = null, ...more] = options.for.split("/");
  if (more.length > 0) {
    const message = `--for must be NAMESPACE or NAMESPACE/TYPE of a provider, got ${quoted(options.for)}.`;
    throw new RegistrarError("bad-argument", message);
  }
  const bytes = await readBounded(path, { most: signatureLimits.keyFile, what: "The key" });
  const found: CheckKeyContext = (await findContext(options.registry)) ?? {
    ...composeUpstreamReader(readUpstreamEnvironment()),
    registry: null,
    readKeys,
    now: () => new Date(),
  };
  const text = new TextDecoder().decode(bytes);
  const result = await checkKey(found, { name: basename(path), text, namespace, type });
  const { acceptable, facts, findings, unknown } = result;
  const keys = facts.after.map((key) => (key.kind === "key" ? { ...key, armor: undefined, path: undefined } : key));
  if (options.json === true) {
    const { covers, look, sameElsewhere } = facts;
    const registry = found.registry !== null;
    printJson({ ok: acceptable, path: result.path, keys, registry, covers, ...look, sameElsewhere, unknown, findings });
  } else print(summary(result, found.registry !== null));
  return acceptable ? exitCodes.ok : exitCodes.no;
}

function summary({ acceptable, path, facts, findings, unknown }: KeyCheck, registry: boolean): string {
  const keys = facts.after.flatMap((key) =>
    key.kind === "unusable"
      ? []
      : [
          `key ${key.fingerprint}: ${key.algorithm}, made ${key.createdAt}, ${key.expiresAt === null ? "never expires" : `expires ${key.expiresAt}`}${key.revoked ? ", revoked" : ""}`,
          ...key.userIds.map((userId) => `  of ${quoted(userId)}`),
          ...key.signingKeys
            .slice(1)
            .map((one) => `  signing subkey ${one.fingerprint}: ${one.algorithm}, expires ${one.expiresAt ?? "never"}`),
        ],
  );
  const where = registry ? "the registry" : "a registry (none was looked at)";
  return [
    ...keys,
    ...findings.map(findingLine),
    ...(unknown === null ? [] : [`not all versions could be looked at: ${unknown}`]),
    acceptable
      ? `${where} would take it as ${plainText(path)}, once a maintainer approves it`
      : `${where} would refuse it as ${plainText(path)}`,
  ].join("\n");
}
