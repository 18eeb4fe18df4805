import type { Finding } from "../../registry/finding.ts";
import { codeSpan, sentenceToMarkdown } from "../markdown.ts";
import { icons } from "./story.ts";

/** Longest lists that people read in a comment; the rest is counted. */
const mostFindings = 25;

export function problemSection(problems: readonly Finding[]): string {
  const rows = problems
    .slice(0, mostFindings)
    .map((finding) => `- ${icons[finding.outcome]} ${codeSpan(finding.code)} ${sentenceToMarkdown(finding.message)}`);
  if (problems.length > mostFindings) rows.push(`- … and ${problems.length - mostFindings} more, in the check.`);
  return ["**What is wrong**", ...rows].join("\n");
}

export function doSection(problems: readonly Finding[]): string {
  const steps = [...new Set(problems.flatMap((finding) => (finding.next === undefined ? [] : [finding.next])))];
  if (steps.length === 0) return "";
  return ["**What to do**", ...steps.slice(0, 10).map((step) => `1. ${sentenceToMarkdown(step)}`)].join("\n");
}

export function noticeSection(notices: readonly Finding[]): string {
  const rows = notices.slice(0, 10).map((finding) => `- ${sentenceToMarkdown(finding.message)}`);
  return ["**Good to know**", ...rows].join("\n");
}

/** Two rules may object to one value; people need to read of it once. The folded table has both. */
export function onePerPlace(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ path, pointer, outcome }) => {
    if (pointer?.endsWith("/shasum") !== true) return true;
    const place = `${outcome} ${path} ${pointer}`;
    return !seen.has(place) && seen.add(place);
  });
}

/** One line comment of a review. Markdown. */
export function renderLineComment(finding: Finding): string {
  const next = finding.next === undefined ? "" : `\n\n${sentenceToMarkdown(finding.next)}`;
  return `${icons[finding.outcome]} ${codeSpan(finding.code)} ${sentenceToMarkdown(finding.message)}${next}`;
}
