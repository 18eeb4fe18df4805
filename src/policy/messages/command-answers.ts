import { addressText } from "../../registry/address.ts";
import { listed, plainText } from "../../registry/plain-text.ts";
import { rules } from "../../rules/index.ts";
import type { Answer, Reply, WaiverRefusal } from "../commands/carry-out.ts";
import { commandForms } from "../commands/command.ts";
import { mostAnAuthor, receiptMarker } from "../commands/pending-comments.ts";
import { codeSpan, escapeMarkdown, sentenceToMarkdown } from "../markdown.ts";
import { waivableRules } from "../waiver.ts";
import { headline } from "./headline.ts";
import type { Story } from "./story.ts";

/** What an answer tells beside what came of each command; null where there is no open pull request. */
type Told = Story | null;

/** The answer to one comment, which shows that its commands are carried out. Markdown. */
export function renderAnswer({ comment, lines }: Answer, told: Told): string {
  const rows = lines.map(({ text, reply }) => {
    const [first = "", ...more] = replyText(reply, told);
    return [`- ${codeSpan(plainText(text, 120))}: ${first}`, ...more.map((line) => `  ${line}`)].join("\n");
  });
  const to = `To ${codeSpan(plainText(comment.author.login, 60))}:`;
  return [receiptMarker(comment), to, rows.join("\n")].join("\n\n");
}

/** One or more lines of Markdown. */
function replyText(reply: Reply, told: Told): readonly string[] {
  switch (reply.kind) {
    case "malformed":
      return [sentenceToMarkdown(reply.problem)];
    case "too-many":
      return [
        `not carried out: that is more than ${mostAnAuthor} comments with commands within an hour. Further ones are not answered until the hour is over.`,
      ];
    case "helped":
      return ["these are the commands, each on a line of its own:", ...helpLines];
    case "explained":
      return told === null ? [nothingOpen] : [`${nowLine(told)}`, ...explanation(told)];
    case "rechecked":
      return [told === null ? nothingOpen : `judged afresh. ${nowLine(told)}`];
    case "stopped":
      return ["nothing is merged here until somebody who may stop it says `/registrar resume`. It is still judged."];
    case "resumed":
      return [told === null ? nothingOpen : `merging goes on. ${nowLine(told)}`];
    case "not-stopped":
      return ["merging is not stopped here, so nothing was done."];
    case "nothing-open":
      return [nothingOpen];
    case "bumping":
      return [
        `the releases of ${codeSpan(plainText(addressText(reply.address), 120))} are looked at now (once a minute at most); what is new gets a pull request.`,
      ];
    case "unknown-address":
      return [
        `the registry has no record ${codeSpan(plainText(addressText(reply.address), 120))}. A new one is submitted by a pull request that adds it.`,
      ];
    case "forbidden":
      return [`not carried out: ${forbidden[reply.who]}`];
    case "waived":
      return [
        `${codeSpan(reply.rule)} is waived for the commit ${codeSpan((told?.headSha ?? "").slice(0, 12))}, in what it says of it now. Another commit, or another word of the rule, needs another waiver.`,
      ];
    case "not-waived":
      return [`not waived: ${refusal(reply, told)}`];
  }
}

const nothingOpen = "not carried out: there is no open pull request here.";

const forbidden = {
  maintainer: "only a maintainer of this registry (permission `maintain` or `admin`) may do this.",
  owner:
    "only a maintainer of this registry, the owner of a record's repository, or somebody who shows to be a member of the organisation that owns it may do this.",
  stopper: "who has stopped it lets it go on, or a maintainer of this registry.",
  uninvolved:
    "whoever opened this pull request or made its commit cannot waive anything of it; another maintainer can.",
} as const;

function refusal({ rule, why }: Reply & { readonly kind: "not-waived" }, told: Told): string {
  const reasons: Readonly<Record<WaiverRefusal, string>> = {
    "other-head": `the head of this pull request is ${codeSpan((told?.headSha ?? "").slice(0, 12))}. Read what was said of it; a waiver names the commit that it is for.`,
    "nothing-to-waive": nothingToWaive(rule, told),
    "no-check": "another pull request has the same commit, and its check speaks of that one. Close one of the two.",
    "not-posted":
      "what was judged has changed since, or was posted in that very moment. Read what the comment says now, and say it again.",
  };
  return reasons[why];
}

function nothingToWaive(code: string, told: Told): string {
  const name = codeSpan(plainText(code, 60));
  const rule = rules.find((one) => one.code === code);
  const possible = told === null ? [] : waivableRules(told.verdict);
  const here =
    possible.length === 0
      ? "Nothing can be waived here."
      : `Here could be waived: ${listed(possible.map(codeSpan), 10)}.`;
  if (rule === undefined) return `there is no rule ${name}. ${here}`;
  if (rule.waivable !== true)
    return `${name} is never waived: clients would crash or be misled, or there is another way. ${here}`;
  return `${name} objects to nothing here. ${here}`;
}

const helpLines = [
  `- ${codeSpan(commandForms.recheck)} – judge this pull request afresh (anybody)`,
  `- ${codeSpan(commandForms.explain)} – say what each finding means and what to do (anybody)`,
  `- ${codeSpan(commandForms.bump)} – look for new releases of a record (anybody)`,
  `- ${codeSpan(commandForms.stop)} – merge nothing here until ${codeSpan(commandForms.resume)} (maintainers, and the owner of the record's repository)`,
  `- ${codeSpan(commandForms.waive)} – let one finding stand, for one commit (maintainers who neither opened this pull request nor committed to it)`,
  `- ${codeSpan(commandForms.help)} – this list (anybody)`,
];

const nowLine = (story: Story): string => `Now: ${escapeMarkdown(headline(story))}.`;

/** Findings that one answer explains; the check has them all. */
const mostExplained = 15;

function explanation({ verdict }: Story): readonly string[] {
  const wrong = verdict.findings.filter(({ outcome }) => outcome !== "pass");
  if (wrong.length === 0) return ["", "No rule objects to anything."];
  const rows = wrong.slice(0, mostExplained).flatMap((finding) => {
    const rule = rules.find(({ code }) => code === finding.code);
    const help = rule === undefined ? "" : ` ${rule.title}. ${rule.help}`;
    const next = finding.next === undefined ? "" : ` **What to do:** ${sentenceToMarkdown(finding.next)}`;
    return [`- ${codeSpan(finding.code)} ${sentenceToMarkdown(finding.message)}${next}${help}`];
  });
  const rest = wrong.length > mostExplained ? [`- … and ${wrong.length - mostExplained} more, in the check.`] : [];
  return ["", ...rows, ...rest];
}
