import type { CheckRun } from "../../github/port.ts";
import { codeSpan } from "../markdown.ts";
import { commentMarker } from "./comment.ts";

/** A commit of the default branch that is kept from being published. */
interface Taken {
  readonly kind: "push" | "merge";
  readonly commit: string;
}

/** The title of the pull request that takes a commit back, and the message of its commit; plain text. */
export const revertTitle = ({ commit }: Taken): string => `Take back ${commit.slice(0, 12)}`;

/** Its description. Markdown. */
export function renderRevertBody({ kind, commit }: Taken): string {
  const what =
    kind === "push"
      ? `The commit ${commit} came to the default branch without a pull request that Registrar judged, and its rules object to it; the commit's check says what is wrong.`
      : `The merge ${commit} brought something else than what Registrar had judged. Until this pull request is closed or merged, Registrar merges nothing else.`;
  return [
    what,
    "What the commit did is not published. This pull request takes it back, and leaves what came later.",
    "**Who is next.** A maintainer of this registry:",
    "- approve this pull request, and Registrar merges it;\n- or mend the registry otherwise: then Registrar closes this pull request by itself;\n- or close it without merging, and the commit counts as accepted: it is published as it is.",
  ].join("\n\n");
}

/** The report on a merge that is not what was judged, for whoever it is told: without its external id. */
export function renderUnlikeJudged(merge: {
  readonly commit: string;
  readonly number: number;
  readonly now: string;
}): Omit<CheckRun, "externalId"> {
  const { commit, number, now } = merge;
  return {
    headSha: commit,
    status: "completed",
    conclusion: "failure",
    title: `The merge of pull request ${number} is not what was judged`,
    summary: unlikeJudgedText(commit),
    startedAt: now,
    annotations: [],
  };
}

/** The last word on such a pull request. Markdown. */
export const renderUnlikeComment = (commit: string): string =>
  [commentMarker, "### ❌ Merged, but not as it was judged", unlikeJudgedText(commit)].join("\n\n");

const unlikeJudgedText = (commit: string): string =>
  [
    `**What is wrong.** The merge ${codeSpan(commit.slice(0, 12))} changed other files, or the same ones to something else, than what was judged. Nothing of it is published, and Registrar merges nothing else for now.`,
    "**Who is next.** A maintainer of this registry: Registrar has opened a pull request that takes the merge back. Approve it, or close it to accept the merge as it is.",
  ].join("\n\n");
