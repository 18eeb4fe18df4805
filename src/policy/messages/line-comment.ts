import type { Finding } from "../../registry/finding.ts";
import { plainText } from "../../registry/plain-text.ts";
import { sentenceToMarkdown } from "../markdown.ts";
import type { Suggestion } from "../suggestions.ts";
import { fittingRows } from "./fitting-rows.ts";
import { longestMessage, sentenceOf } from "./problems.ts";

/** One line comment of a review, about one or more findings at the same place. Markdown. */
export function renderLineComment(
  findings: readonly Finding[],
  { suggestion, docsUrl }: { readonly suggestion: Suggestion | null; readonly docsUrl: string | null },
): string {
  const render = (finding: Finding) => {
    const next = finding.next === undefined ? [] : [sentenceToMarkdown(plainText(finding.next, longestMessage))];
    return [sentenceOf(finding, docsUrl), ...next].join("\n\n");
  };
  const rest = (missing: number) => `… and ${missing} more, in the check.`;
  const said = fittingRows(findings, render, { most: 10, room: 20_000, rest });
  // A suggestion has no backtick in it, which alone could end this block.
  const offer = suggestion === null ? [] : [`\`\`\`suggestion\n${suggestion.text}\n\`\`\``];
  return [...said, ...offer].join("\n\n");
}
