import { plainText } from "../../registry/plain-text.ts";
import type { Verdict } from "../../rules/verdict.ts";
import { codeSpan, sentenceToMarkdown } from "../markdown.ts";
import { icons } from "./story.ts";

/** Every finding, folded away: the evidence for who wants to see it. */
export function checksTable(verdict: Verdict): string {
  if (verdict.findings.length === 0) return "";
  const rows = verdict.findings
    .slice(0, 100)
    .map(
      (finding) =>
        `| ${icons[finding.outcome]} | ${codeSpan(finding.code)} | ${codeSpan(plainText(finding.version ?? "", 60))} | ${sentenceToMarkdown(plainText(finding.message, 400))} |`,
    );
  return [
    `<details><summary>All ${verdict.findings.length} answers of the rules</summary>`,
    "",
    "| | rule | version | answer |",
    "|---|---|---|---|",
    ...rows,
    "",
    "</details>",
  ].join("\n");
}
