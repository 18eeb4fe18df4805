import { quoted } from "../registry/plain-text.ts";
import { fail, hold, pass, type Rule, waitForRelease } from "./rule.ts";

export const releasePublished: Rule = {
  code: "release-published",
  title: "The version is a published release of its repository",
  help: "A provider version is a published GitHub release (no draft) whose tag is vVERSION or VERSION, with SHA256SUMS, its signature and the archives.",
  example: "A pull request that adds 1.3.0 before the release v1.3.0 is published.",
  liftable: true,
  per: "version",
  upstream: true,
  check: ({ change, evidence }, input) => {
    if (change.address.kind === "module") {
      return [
        hold("Module versions are not verified automatically yet.", "A maintainer compares the tag and its commit."),
      ];
    }
    const wait = waitForRelease(evidence, input);
    if (evidence === null || wait !== null) return wait ?? [];
    for (const part of [evidence.repository, evidence.release, evidence.tagCommit]) {
      if (part.kind === "found") continue;
      return [
        fail(
          part.reason,
          `Publish a release with the tag ${quoted(`v${evidence.version}`, 140)} first, then update this pull request.`,
        ),
      ];
    }
    if (evidence.repository.kind === "found" && evidence.repository.private) {
      return [fail("The repository is not public.", "Make it public: clients download releases without credentials.")];
    }
    return pass("The release is published.");
  },
};
