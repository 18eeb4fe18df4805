import type { Command } from "commander";
import { composeSignatureTools, signatureLimits } from "../compose/signatures.ts";
import { plainText } from "../registry/plain-text.ts";
import { type SignatureAnswer, verifySignature } from "../tasks/verify-signature.ts";
import { exitCodes, print, printJson, runCommand } from "./output.ts";
import { readBounded } from "./read-bounded.ts";
import { findingLine } from "./texts.ts";

interface Options {
  readonly sums: string;
  readonly signature: string;
  readonly key: readonly string[];
  readonly json?: boolean;
}

export function addKeysVerify(keys: Command): void {
  keys
    .command("verify")
    .description("say whether a release would be accepted with these keys: by OpenTofu, and by a registry")
    .requiredOption("--sums <file>", "the SHA256SUMS file")
    .requiredOption("--signature <file>", "its signature (SHA256SUMS.sig)")
    .requiredOption("--key <file...>", "key files, in the order in which clients would get them")
    .option("--json", "print one JSON object: accepted, outcome, by, flags, findings, report")
    .addHelpText(
      "after",
      `
"accepted" is OpenTofu's answer, each file standing for one entry of gpg_public_keys as it is: it tries them in order,
reads the first armoured block of each, and gives up at one that it cannot read. "outcome" is Registrar's own, under the
default policy, and never milder. Exits with 0 when the outcome is pass, with 1 when it is not, with 2 when a file is not
there. Example:
  registrar keys verify --sums SHA256SUMS --signature SHA256SUMS.sig --key acme.asc`,
    )
    .action((options: Options) => runCommand(options.json === true, () => verify(options)));
}

async function verify(options: Options): Promise<number> {
  const sums = await readBounded(options.sums, { most: signatureLimits.sums, what: "--sums" });
  const signature = await readBounded(options.signature, { most: signatureLimits.signature, what: "--signature" });
  const keys: { path: string; text: string }[] = [];
  for (const path of options.key) {
    const bytes = await readBounded(path, { most: signatureLimits.keyFile, what: "--key" });
    keys.push({ path, text: new TextDecoder().decode(bytes) });
  }
  const answer = await verifySignature(composeSignatureTools, { sums, signature, keys, now: new Date() });
  if (options.json === true) printJson({ ok: answer.outcome === "pass", ...answer });
  else print(summary(answer));
  return answer.outcome === "pass" ? exitCodes.ok : exitCodes.no;
}

function summary({ accepted, outcome, by, flags, findings, report }: SignatureAnswer): string {
  const { algorithm, hash, createdAt } = report;
  const how = [algorithm, hash, createdAt].flatMap((part) => (part === null ? [] : [plainText(part)])).join(", ");
  return [
    `OpenTofu ${accepted ? "accepts" : "refuses"} it${by === null ? "" : `, by the key ${by}`}; a registry's answer is ${outcome}`,
    ...(how === "" ? [] : [`signature: ${how}`]),
    ...(flags.length === 0 ? [] : [`flags: ${flags.join(", ")}`]),
    ...findings.map(findingLine),
  ].join("\n");
}
