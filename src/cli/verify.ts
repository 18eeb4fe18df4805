import type { Command } from "commander";
import type { Outcome } from "../registry/finding.ts";
import { plainText } from "../registry/plain-text.ts";
import { type Verification, verifyAddress } from "../tasks/verify-address.ts";
import { parseAddressArgument, parseLimit } from "./arguments.ts";
import { openContext } from "./open-context.ts";
import { exitCodes, print, printJson, progress, runCommand } from "./output.ts";
import { findingLine } from "./texts.ts";
import { adviceFor, withAdvice } from "./upstream.ts";

interface Options {
  readonly registry?: string;
  readonly limit: string;
  readonly json?: boolean;
}

export function addVerify(program: Command): void {
  program
    .command("verify")
    .argument("<address>", "NAMESPACE/TYPE of a provider, NAMESPACE/NAME/SYSTEM of a module")
    .argument("[version]", "one version, recorded or not; default: the newest ones, and what is not recorded yet")
    .description("judge what upstream has now for an address of the registry, by the rules of every pull request")
    .option("--registry <folder>", "folder of the registry; default: REGISTRAR_REPOSITORY or the running sandbox")
    .option("--limit <n>", "how many recorded versions, and how many others, newest first", "10")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
A recorded version is compared with its release as it is now; another one is judged as the bump that would add it.
Set GITHUB_TOKEN (no permissions needed): GitHub answers 60 requests an hour without one, and a version takes some six.
Exits with 1 when something fails or holds, with 3 when upstream did not answer or has to settle. Example:
  registrar verify acme/dns 1.2.0 --registry .`,
    )
    .action((address: string, version: string | undefined, options: Options) =>
      runCommand(options.json === true, () => verify(address, version ?? null, options)),
    );
}

async function verify(text: string, version: string | null, options: Options): Promise<number> {
  const address = parseAddressArgument(text);
  const limit = parseLimit(options.limit);
  const { hasToken, ...context } = await openContext(options.registry);
  const line = progress(`verifying ${plainText(text)}`);
  const result = await withAdvice(hasToken, () =>
    verifyAddress({ ...context, onProgress: line.update }, { address, version, limit }),
  ).finally(line.end);
  if (options.json === true) printJson({ ok: result.outcome === "pass", ...result });
  else print([report(result), ...advice(result, hasToken)].join("\n"));
  return exitCodeOf(result);
}

function report({ path, repository, versions, beyond, outcome }: Verification): string {
  const lines = versions.map(({ version, recorded, outcome: each, findings }) => {
    const worth = findings.filter((finding) => finding.outcome !== "pass" || finding.notice === true);
    const what = recorded ? "recorded" : "not recorded";
    return [`${each.padEnd(5)} ${plainText(version, 60)} (${what})`, ...worth.map((one) => indent(findingLine(one)))];
  });
  const more = [
    ...(beyond.recorded > 0 ? [`${beyond.recorded} more recorded versions`] : []),
    ...(beyond.missing > 0 ? [`${beyond.missing} more releases that are not recorded`] : []),
  ];
  return [
    `${path}, from ${plainText(repository)}: ${meanings[outcome]}`,
    ...lines.flat(),
    ...(more.length > 0 ? [`Not looked at: ${more.join(" and ")} (--limit).`] : []),
  ].join("\n");
}

/** What to do about what cannot be known now. */
function advice({ versions }: Verification, hasToken: boolean): string[] {
  const retries = versions.flatMap(({ findings }) => findings.filter(({ outcome }) => outcome === "retry"));
  if (retries.length === 0) return [];
  const last = retries
    .flatMap(({ retryAt }) => retryAt ?? [])
    .sort()
    .at(-1);
  return [adviceFor(last === undefined ? null : new Date(last), hasToken)];
}

const indent = (text: string): string => `  ${text.replaceAll("\n", "\n  ")}`;

const meanings: Readonly<Record<Outcome, string>> = {
  pass: "everything that was looked at is as recorded, or would be merged",
  hold: "a maintainer would have to decide",
  retry: "something cannot be known now, or has to settle",
  fail: "something is wrong",
};

function exitCodeOf({ versions }: Verification): number {
  const outcomes = new Set(versions.map(({ outcome }) => outcome));
  if (outcomes.has("fail") || outcomes.has("hold")) return exitCodes.no;
  return outcomes.has("retry") ? exitCodes.later : exitCodes.ok;
}
