import { quoted } from "../registry/plain-text.ts";
import type { Evidence, ProviderEvidence } from "../upstream/evidence.ts";
import { differingFiles } from "../upstream/releases-of-version.ts";
import { essentials, fail, hold, notice, pass, type Rule, type Said, waitFor, waitForUpstream } from "./rule.ts";

export const releasePublished: Rule = {
  code: "release-published",
  title: "The version is a published release of its repository, or of a module a tag",
  help: "A provider version is a published GitHub release (no draft) whose tag is vVERSION or VERSION, with SHA256SUMS, its signature and the archives; where both tags are released, their files are the same. A module version is the tag of exactly that name, and the tag names a commit.",
  example: "A pull request that adds 1.3.0 before the release v1.3.0 is published.",
  liftable: false,
  per: "version",
  upstream: true,
  check: ({ evidence }, input) => {
    const wait = waitForUpstream(evidence, input);
    if (evidence === null || wait !== null) return wait ?? [];
    for (const part of essentials(evidence)) {
      if (part.kind === "missing") return [fail(part.reason, remedy(evidence))];
    }
    if (evidence.repository.kind === "found" && evidence.repository.private) {
      return [fail("The repository is not public.", "Make it public: clients download releases without credentials.")];
    }
    const twin = evidence.kind === "provider" ? checkTwin(evidence) : [];
    if (twin.length > 0) return twin;
    return pass(evidence.kind === "provider" ? "The release is published." : "The tag exists and names a commit.");
  },
};

/** `vX` and `X` are one version to clients; whichever is not taken must not be another one in secret. */
function checkTwin({ release, twin }: ProviderEvidence): readonly Said[] {
  if (release.kind !== "found" || twin === undefined || twin.kind === "missing") return [];
  if (twin.kind === "unavailable") return waitFor(twin);
  const files = differingFiles(release, twin);
  const [taken, other] = [quoted(release.tag, 140), quoted(twin.tag, 140)];
  if (files === null)
    return [notice(`Both ${taken} and ${other} are released, with the same files; ${taken} is taken.`)];
  return [
    hold(
      `Both ${taken} and ${other} are released, which are one version to clients, and their files differ: ${files}.`,
      `The author deletes the one that is not meant. Or a maintainer decides that ${taken} is the one.`,
      { liftable: true },
    ),
  ];
}

const remedy = (evidence: Evidence): string =>
  evidence.kind === "provider"
    ? `Publish a release with the tag ${quoted(`v${evidence.version}`, 140)} first, then update this pull request.`
    : `Write the version as its tag is, with or without "v". If there is none yet, push the tag ${quoted(evidence.version, 140)} on a commit first, then update this pull request.`;
