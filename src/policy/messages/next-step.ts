import { listed } from "../../registry/plain-text.ts";
import { codeSpan, escapeMarkdown, sentenceToMarkdown } from "../markdown.ts";
import { renderPassedOver } from "./passed-over.ts";
import { isUngrouped, type Story } from "./story.ts";

/** Who is next, and what for. Markdown. */
export function nextStep(story: Story): string {
  const { decision, input, merged } = story;
  if (merged) {
    const lifted =
      decision.kind === "merge" && decision.liftedBy !== null ? ` ${codeSpan(decision.liftedBy)} approved it.` : "";
    return lifted === "" ? publishedSoon : `Nobody.${lifted} The published registry follows within moments.`;
  }
  if (isUngrouped(story)) {
    return "Registrar: it closes this pull request and makes one for each record, so that one does not hold up the others.";
  }
  const fixer = input.byRegistrar ? "The author of the release" : "The contributor of this pull request";
  switch (decision.kind) {
    case "not-ours":
      return `The maintainers: Registrar merges changes of records only. ${escapeMarkdown(decision.reason)}`;
    case "misconfigured":
      return `The registry's operators: ${listed(
        decision.problems.map((problem) => sentenceToMarkdown(problem)),
        20,
      )} Nothing is merged before that.`;
    case "merge":
      return "Registrar: it merges this now.";
    case "ready":
      return readyNext[decision.because];
    case "stopped":
      return "Whoever has stopped it, or a maintainer: `/registrar resume` in a comment lets Registrar merge it.";
    case "duplicate":
      return `The contributor: close one of the two. A check belongs to a commit, so pull request ${decision.of} is the one that is judged.`;
    case "outdated":
      return decision.rebuild ? "Registrar: it makes the branch anew." : outdatedNext[decision.because];
    case "blocked":
      return input.byRegistrar
        ? `${fixer}. A correct new release gets a pull request of its own; this version stays out of the registry.`
        : `${fixer}. Push a correction to this branch; it is judged again at once.`;
    case "wait":
      return decision.until === null
        ? "Registrar: it looks again by itself, with growing pauses. Nothing is needed from you."
        : `Registrar: it looks again at ${decision.until}. Nothing is needed from you.`;
    case "ask-maintainers":
      return decision.liftable
        ? "A maintainer of this registry decides: an approving review of this commit lets Registrar merge it. It counts when it comes from a person with the permission `maintain` or `admin` who has neither opened this pull request nor committed to it." +
            renderPassedOver(story.passedOver ?? [])
        : "The author or a maintainer: what is described above has to change first. Approving this pull request does not help.";
  }
}

export const publishedSoon = "Nobody. The published registry follows within moments.";

const readyNext = {
  draft: "The contributor: mark this pull request as ready for review.",
  paused: "The maintainers: `paused` is set in the registry's configuration.",
  halted:
    'The maintainers: an earlier merge brought something else than what was judged. Nothing is merged until the pull request that takes it back is merged or closed; its title begins with "Take back".',
} as const;

const outdatedNext = {
  "base-moved":
    "The contributor: the base has changed the same file since. Update the branch: by the button below, or by merging the base into it. Where that conflicts, keep the versions of both sides.",
  conflict:
    "The contributor: the base has changed the same lines since, and GitHub cannot merge both. Merge the base into your branch, keep the versions of both sides, newest first, and push; or add yours anew on top of the base. Either is judged again at once.",
  history:
    "The contributor: the branch's history has merges, or several commits where this registry rebases, and merging it would change more than this pull request shows. Make the change anew on top of the base (rebase), as one commit.",
} as const;
