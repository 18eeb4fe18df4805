import { plainText, quoted } from "../registry/plain-text.ts";
import type { Evidence, Reading } from "../upstream/evidence.ts";
import { hold, notice, pass, type Rule, waitForUpstream } from "./rule.ts";

export const tagCommit: Rule = {
  code: "tag-commit",
  title: "The recorded commit is the one that the tag names",
  help: "A tag can be moved, a commit cannot, so the commit is recorded and clients get a module's code by it. That the repository has the commit proves nothing: GitHub shows the commits of every fork there. So the tag is resolved, and must come out at the commit recorded. Nobody can approve another one: once the record says what the tag says, nothing is left to approve.",
  example: "A tag v1.3.0 that its author moved after the pull request was made.",
  liftable: false,
  per: "version",
  upstream: true,
  check: ({ change, entry, evidence }, input) => {
    const wait = waitForUpstream(evidence, input);
    if (evidence === null || wait !== null) return wait ?? [];
    const version = plainText(entry.version, 140);
    const recorded = Object.hasOwn(entry.raw, "commit") ? entry.raw.commit : undefined;
    const actual = commitOf(evidence);
    if (recorded === undefined) {
      if (change.address.kind === "provider" || actual.kind !== "found") return pass("No commit is recorded.");
      return [
        notice(
          `No commit is recorded for ${version}: clients get whatever its tag names when they install it, now ${actual.sha}.`,
        ),
      ];
    }
    const pointer = `/versions/${entry.index}/commit`;
    if (actual.kind !== "found") {
      const message = `The commit of ${version} is recorded as ${quoted(recorded, 80)}, and no tag proves it. ${actual.reason}`;
      return [hold(message, "Record a version whose tag exists.", { pointer })];
    }
    if (recorded === actual.sha) return pass(`The tag names the recorded commit ${actual.sha}.`);
    return [
      hold(
        `The commit of ${version} is recorded as ${quoted(recorded, 80)}; its tag names ${actual.sha}. The tag was moved, or never named that commit.`,
        `Set commit to "${actual.sha}" if that is what the author means to release, or leave it out.`,
        { pointer, fix: { kind: "set", pointer, value: actual.sha } },
      ),
    ];
  },
};

function commitOf(evidence: Evidence): Reading<{ readonly sha: string }> {
  if (evidence.kind === "provider") return evidence.tagCommit;
  return evidence.tag.kind === "found" ? { kind: "found", sha: evidence.tag.commit } : evidence.tag;
}
