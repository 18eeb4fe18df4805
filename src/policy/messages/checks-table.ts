import type { Finding } from "../../registry/finding.ts";
import { plainText } from "../../registry/plain-text.ts";
import type { Verdict } from "../../rules/verdict.ts";
import { codeSpan, sentenceToMarkdown } from "../markdown.ts";
import { fittingRows } from "./fitting-rows.ts";
import { icons } from "./story.ts";

/** Every finding, worst first and folded away: the evidence for who wants to see it. `room` in UTF-16 units. */
export function checksTable(verdict: Verdict, room = 16_000): string {
  const { findings } = verdict;
  if (findings.length === 0) return "";
  const render = (finding: Finding) =>
    `| ${icons[finding.outcome]} | ${codeSpan(finding.code)} | ${codeSpan(plainText(finding.version ?? "", 60))} | ${sentenceToMarkdown(plainText(finding.message, 400))} |`;
  const rest = (missing: number) => `| … | | | ${missing} more: \`registrar why\` prints them all. |`;
  return [
    `<details><summary>All ${findings.length} answers of the rules</summary>`,
    "",
    "| | rule | version | answer |",
    "|---|---|---|---|",
    ...fittingRows(findings, render, { most: 1000, room: room - 400, rest }),
    "",
    "</details>",
  ].join("\n");
}
