import { longestText } from "../../github/port.ts";
import { rules } from "../../rules/index.ts";
import { checksTable } from "./checks-table.ts";
import { sections } from "./comment.ts";
import { ruleLink } from "./problems.ts";
import type { Story } from "./story.ts";

/** What the check run's page shows: what the comment says, what each failed rule promises, and as much of the table as fits. */
export function renderCheckSummary(story: Story): string {
  const { verdict, docsUrl } = story;
  const codes = new Set(verdict.findings.filter(({ outcome }) => outcome !== "pass").map(({ code }) => code));
  const help = rules
    .filter((rule, index) => codes.has(rule.code) && rules.findIndex((other) => other.code === rule.code) === index)
    .map((rule) => `- ${ruleLink(rule.code, docsUrl)} – ${rule.title}. ${rule.help}`);
  const concerned = help.length === 0 ? "" : ["**The rules concerned**", ...help].join("\n");
  const said = [...sections(story), concerned].filter((part) => part !== "").join("\n\n");
  return [said, checksTable(verdict, longestText - said.length - 2)].filter((part) => part !== "").join("\n\n");
}
