import type { CheckRun } from "../../github/port.ts";
import { escapeMarkdown } from "../markdown.ts";
import { checksTable } from "./checks-table.ts";
import { headline, isVerified } from "./headline.ts";
import { nextStep, publishedSoon } from "./next-step.ts";
import { doSection, noticeSection, onePerPlace, problemSection } from "./problems.ts";
import { sawSection } from "./saw.ts";
import { stopSection } from "./stopping.ts";
import { icons, type Story, standingVerdict } from "./story.ts";
import { waivedSection, waiverOffer } from "./waiving.ts";

/** The first line of the living comment, by which it is found again. GitHub does not show it. */
export const commentMarker = "<!-- registrar:comment -->";

/** The living comment: what was seen, what is wrong, what to do, who is next. Markdown. */
export function renderComment(story: Story): string {
  return [commentMarker, ...sections(story), checksTable(story.verdict)].filter((part) => part !== "").join("\n\n");
}

/** What a comment and a check say before their table, each a paragraph or a list; some may be empty. */
export function sections(story: Story): readonly string[] {
  const { verdict, decision, merged, docsUrl } = story;
  const standing = standingVerdict(story);
  const icon = merged ? "🎉" : decision.kind === "not-ours" ? "ℹ️" : icons[standing.outcome];
  const problems = onePerPlace(standing.findings.filter((finding) => finding.outcome !== "pass"));
  const notices = verdict.findings.filter((finding) => finding.notice === true);
  return [
    `### ${icon} ${escapeMarkdown(headline(story))}`,
    sawSection(story),
    merged ? "" : stopSection(story.stop),
    waivedSection(story.waived ?? []),
    merged || problems.length === 0 ? "" : problemSection(problems, docsUrl),
    merged ? "" : doSection(problems),
    merged ? "" : waiverOffer(standing, story.headSha),
    notices.length === 0 ? "" : noticeSection(notices),
    `${whoIsNext} ${nextStep(story)}`,
  ];
}

/**
 * The last word on a merge whose own was cut off, made from what its check run still says. Markdown. Null where the check
 * says something else than that all is verified: what is none of ours is merged by others, and needs no word from us.
 */
export function renderAnnouncement({ title, summary }: Pick<CheckRun, "title" | "summary">): string | null {
  if (!title.endsWith(isVerified)) return null;
  const [, ...lines] = summary.split("\n");
  const told = lines.map((line) => (line.startsWith(whoIsNext) ? `${whoIsNext} ${publishedSoon}` : line));
  return [commentMarker, "", `${mergedHeading} ${escapeMarkdown(`${title} and merged`)}`, ...told].join("\n");
}

/** Whether a comment of ours is the last word on its pull request. */
export const isAnnouncement = (body: string): boolean => body.startsWith(`${commentMarker}\n\n${mergedHeading}`);

const mergedHeading = "### 🎉";
const whoIsNext = "**Who is next.**";
