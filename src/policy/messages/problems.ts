import type { Finding } from "../../registry/finding.ts";
import { plainText } from "../../registry/plain-text.ts";
import { codeSpan, sentenceToMarkdown } from "../markdown.ts";
import { ruleUrl } from "../urls.ts";
import { fittingRows } from "./fitting-rows.ts";
import { icons } from "./story.ts";

/** Where the rules are documented; null where nobody has said it. */
type DocsUrl = string | null;

/** Longest message that is read in a list, in UTF-16 units; the check's annotation has all of it. */
export const longestMessage = 1500;

export function problemSection(problems: readonly Finding[], docsUrl: DocsUrl): string {
  const render = (finding: Finding) => `- ${sentenceOf(finding, docsUrl)}`;
  const rest = (missing: number) => `- … and ${missing} more, in the check.`;
  return ["**What is wrong**", ...fittingRows(problems, render, { most: 25, room: 16_000, rest })].join("\n");
}

export function doSection(problems: readonly Finding[]): string {
  const steps = [...new Set(problems.flatMap((finding) => (finding.next === undefined ? [] : [finding.next])))];
  if (steps.length === 0) return "";
  const render = (step: string) => `1. ${sentenceToMarkdown(plainText(step, longestMessage))}`;
  const rest = (missing: number) => `\n… and ${missing} more like these.`;
  return ["**What to do**", ...fittingRows(steps, render, { most: 10, room: 8_000, rest })].join("\n");
}

export function noticeSection(notices: readonly Finding[]): string {
  const render = ({ message }: Finding) => `- ${sentenceToMarkdown(plainText(message, longestMessage))}`;
  const rest = (missing: number) => `- … and ${missing} more.`;
  return ["**Good to know**", ...fittingRows(notices, render, { most: 10, room: 6_000, rest })].join("\n");
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

/** Icon, rule and message; the rule leads to its documentation. */
export const sentenceOf = (finding: Finding, docsUrl: DocsUrl): string =>
  `${icons[finding.outcome]} ${ruleLink(finding.code, docsUrl)} ${sentenceToMarkdown(plainText(finding.message, longestMessage))}`;

export function ruleLink(code: string, docsUrl: DocsUrl): string {
  const url = ruleUrl(docsUrl, code);
  return url === null ? codeSpan(code) : `[${codeSpan(code)}](<${url}>)`;
}
