import { quoted } from "../registry/plain-text.ts";
import type { Evidence } from "../upstream/evidence.ts";
import { essentials, fail, pass, type Rule, waitForUpstream } from "./rule.ts";

export const releasePublished: Rule = {
  code: "release-published",
  title: "The version is a published release of its repository, or of a module a tag",
  help: "A provider version is a published GitHub release (no draft) whose tag is vVERSION or VERSION, with SHA256SUMS, its signature and the archives. A module version is the tag of exactly that name, and the tag names a commit.",
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
    return pass(evidence.kind === "provider" ? "The release is published." : "The tag exists and names a commit.");
  },
};

const remedy = (evidence: Evidence): string =>
  evidence.kind === "provider"
    ? `Publish a release with the tag ${quoted(`v${evidence.version}`, 140)} first, then update this pull request.`
    : `Write the version as its tag is, with or without "v". If there is none yet, push the tag ${quoted(evidence.version, 140)} on a commit first, then update this pull request.`;
