import { rules } from "../../rules/index.ts";
import { renderComment } from "./comment.ts";
import type { Story } from "./story.ts";

/** What the check run's page shows: the comment without its marker, and what each failed rule promises. */
export function renderCheckSummary(story: Story): string {
  const codes = new Set(
    story.verdict.findings.filter((finding) => finding.outcome !== "pass").map((finding) => finding.code),
  );
  const help = rules
    .filter((rule, index) => codes.has(rule.code) && rules.findIndex((other) => other.code === rule.code) === index)
    .map((rule) => `- **${rule.code}** – ${rule.title}. ${rule.help}`);
  const comment = renderComment(story).split("\n").slice(2).join("\n");
  return help.length === 0 ? comment : `${comment}\n\n**The rules concerned**\n${help.join("\n")}`;
}
