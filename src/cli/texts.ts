import type { Finding } from "../registry/finding.ts";
import { plainText } from "../registry/plain-text.ts";

/** One finding for a terminal: what is so on one line, what to do on the next. */
export function findingLine(finding: Finding): string {
  const outcome = finding.notice === true ? "note" : finding.outcome;
  const place = [plainText(finding.path), finding.version === undefined ? "" : plainText(finding.version, 60)];
  const where = place.filter((part) => part !== "").join(" ");
  const what = `${outcome.padEnd(5)} ${finding.code.padEnd(22)} ${where === "" ? "" : `${where}: `}${finding.message}`;
  return finding.next === undefined ? what : `${what}\n${" ".repeat(6)}→ ${finding.next}`;
}
