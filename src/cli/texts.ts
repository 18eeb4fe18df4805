import type { Finding } from "../registry/finding.ts";
import { listed, plainText } from "../registry/plain-text.ts";

/** One finding for a terminal: what is so on one line, what to do on the next. */
export function findingLine(finding: Finding): string {
  const outcome = finding.notice === true ? "note" : finding.outcome;
  const place = [plainText(finding.path), finding.version === undefined ? "" : plainText(finding.version, 60)];
  const where = place.filter((part) => part !== "").join(" ");
  // Some problems of the configuration name its file themselves, being told without a place elsewhere.
  const prefix = where === "" || finding.message.startsWith(`${where}: `) ? "" : `${where}: `;
  const what = `${outcome.padEnd(5)} ${finding.code.padEnd(22)} ${prefix}${finding.message}`;
  return finding.next === undefined ? what : `${what}\n${" ".repeat(6)}→ ${finding.next}`;
}

/** Findings that say the same of several versions, as one that names them all. */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const groups = Map.groupBy(findings, ({ code, outcome, path, message, next }) =>
    JSON.stringify([code, outcome, path, message, next]),
  );
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const versions = [first, ...others].flatMap(({ version }) => version ?? []);
    return versions.length < 2 ? [first] : [{ ...first, version: listed(versions) }];
  });
}
