import type { Rule } from "../../rules/rule.ts";
import { ruleAnchor } from "../urls.ts";

/** The page of the documentation that lists the rules, with the heading of each where texts link to it. Markdown. */
export function renderRulesPage(rules: readonly Rule[]): string {
  const known = rules.filter((rule, index) => rules.findIndex(({ code }) => code === rule.code) === index);
  const contents = known.map(({ code, title }) => `| [\`${code}\`](#${ruleAnchor(code)}) | ${title} |`);
  const sections = known.map((rule) =>
    section(
      rule,
      rules.filter(({ code }) => code === rule.code),
    ),
  );
  return `${[intro, ["| rule | promise |", "|---|---|", ...contents].join("\n"), ...sections].join("\n\n")}\n`;
}

const intro = `# Rules

<!-- Written from src/rules: \`npx vitest run test/docs/rules.test.ts -u\`. -->

What Registrar promises of everything that it merges. Each rule answers for everything it is asked about, and the worst answer counts:
❌ fail (the contributor changes something), ⏳ retry (Registrar looks again by itself), ✋ hold (a maintainer decides), ✅ pass.
What the registry has already is only mentioned: judged is what a change adds, alters or removes.`;

function section(rule: Rule, parts: readonly Rule[]): string {
  const asked = [...new Set(parts.map(({ per }) => askedAbout[per]))].join(" and ");
  const facts = [
    `- Asked about ${asked}.`,
    `- Example: ${rule.example}`,
    `- ${rule.liftable ? lifted : notLifted}${waived(rule)}`,
  ];
  return [`## ${rule.code}`, `**${rule.title}.**`, rule.help, facts.join("\n")].join("\n\n");
}

const askedAbout: Readonly<Record<Rule["per"], string>> = {
  "pull-request": "the pull request as a whole",
  file: "each file that is no record",
  record: "each record",
  version: "each version",
  "provider-version": "each version of a provider",
};

const waived = ({ waivable }: Rule): string =>
  waivable === true ? " A maintainer may waive it for one commit: `/registrar waive`." : "";
const lifted = "A hold of it ends with a maintainer's approval, unless the comment says that approving does not help.";
const notLifted = "No approval ends it, unless it holds and the comment asks for one.";
