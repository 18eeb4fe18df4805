import type { Finding } from "../registry/finding.ts";
import { plainText } from "../registry/plain-text.ts";

/** One finding as one line for a terminal. */
export function findingLine(finding: Finding): string {
  const outcome = finding.notice === true ? "note" : finding.outcome;
  const place = [plainText(finding.path), finding.version === undefined ? "" : plainText(finding.version, 60)];
  return `${outcome.padEnd(5)} ${finding.code.padEnd(22)} ${place.filter((part) => part !== "").join(" ")}: ${finding.message}`;
}
