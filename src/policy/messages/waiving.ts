import type { Finding } from "../../registry/finding.ts";
import { plainText } from "../../registry/plain-text.ts";
import type { Verdict } from "../../rules/verdict.ts";
import { codeSpan, sentenceToMarkdown } from "../markdown.ts";
import { type WaivedFinding, waivableRules } from "../waiver.ts";

const mostShown = 25;

/** What a maintainer lets stand, and why; empty where there is nothing. Markdown. */
export function waivedSection(waived: readonly WaivedFinding[]): string {
  if (waived.length === 0) return "";
  const rows = waived.slice(0, mostShown).map(({ finding, waiver }) => {
    const why = `waived by ${codeSpan(plainText(waiver.by.login, 60))} because ${codeSpan(plainText(waiver.because, 300))}`;
    return `- ${codeSpan(finding.code)} ${sentenceToMarkdown(finding.message)} – ${why}`;
  });
  if (waived.length > mostShown) rows.push(`- … and ${waived.length - mostShown} more.`);
  return ["**What a maintainer lets stand**", ...rows].join("\n");
}

/** The lines that a maintainer can copy, where waiving would help; else empty. Markdown. */
export function waiverOffer(verdict: Verdict, headSha: string): string {
  const stays = ({ outcome, waivable, liftable }: Finding) =>
    waivable !== true && (outcome === "fail" || (outcome === "hold" && liftable !== true));
  if (verdict.findings.some(stays)) return "";
  const lines = waivableRules(verdict).map((rule) => `    /registrar waive ${rule} @${headSha.slice(0, 12)} because …`);
  if (lines.length === 0) return "";
  const who =
    "A maintainer who has neither opened this pull request nor committed to it can let this stand, for this commit alone, with a comment:";
  return [who, "", ...lines].join("\n");
}
