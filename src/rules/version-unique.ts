import { plainText, quoted } from "../registry/plain-text.ts";
import type { RecordEntry } from "../registry/record.ts";
import { parseVersion, publishedVersionKey } from "../registry/version.ts";
import { fail, notice, orPass, type RecordSubject, type Rule, type Said } from "./rule.ts";

export const versionUnique: Rule = {
  code: "version-unique",
  title: "Each version occurs once, and each platform once in a version",
  help: "Clients see one list: v3.0.0 and 3.0.0 are one version to them, and so are two that differ only in case.",
  example: "Adding 1.3.0 to a record that got 1.3.0 from another pull request in the meantime.",
  liftable: false,
  per: "record",
  check: (subject, { audit }) =>
    orPass(
      [...conflicts(subject), ...repeatedVersions(subject, audit), ...repeatedPlatforms(subject)],
      "Each version and each platform occurs once.",
    ),
};

function conflicts({ applied }: RecordSubject): Said[] {
  return applied.conflicts.map(({ version, reason }) =>
    reason === "already-there"
      ? fail(
          `The version ${quoted(version, 140)} is already in the registry.`,
          "Remove it from this pull request, or close it: nothing is left to add.",
          { version },
        )
      : fail(
          `The version ${quoted(version, 140)} has changed on the base since this pull request was made.`,
          "Update the branch from the base.",
          { version },
        ),
  );
}

/** Looks at the result: what the base has got since counts as well. */
function repeatedVersions({ change, tip, applied }: RecordSubject, audit: boolean): Said[] {
  const said: Said[] = [];
  const { kind } = change.address;
  const already = new Set(tip?.entries.map((entry) => entry.version));
  const seen = new Map<string, string>();
  const added = new Set(change.added);
  // What was there first is the one that is published, so it is looked at first.
  const entries = applied.entries.toSorted((a, b) => Number(added.has(a)) - Number(added.has(b)));
  for (const entry of entries) {
    const key = publishedVersionKey(entry.version, kind);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, entry.version);
      continue;
    }
    const place = { version: entry.version, pointer: `/versions/${entry.index}` };
    // What is no version is published neither way.
    if (first !== entry.version && audit)
      said.push(...(parseVersion(entry.version, kind).ok ? [twins(first, entry)] : []));
    else if (added.has(entry) && !already.has(entry.version)) {
      said.push(
        fail(
          `The version ${quoted(entry.version, 140)} is the same to clients as ${quoted(first, 140)}, which the record has.`,
          "Remove the second one.",
          place,
        ),
      );
    }
  }
  return said;
}

const twins = (first: string, second: RecordEntry): Said =>
  notice(
    `The versions ${quoted(first, 140)} and ${quoted(second.version, 140)} are one to clients; the first recorded is published.`,
    { version: second.version, pointer: `/versions/${second.index}` },
  );

function repeatedPlatforms({ change }: RecordSubject): Said[] {
  const entries = [...change.added, ...change.altered.map((altered) => altered.after)];
  return entries.flatMap((entry) => {
    const seen = new Set<string>();
    return archivesOf(entry).flatMap(({ platform, index }) => {
      if (!seen.has(platform)) {
        seen.add(platform);
        return [];
      }
      return [
        fail(
          `The version ${plainText(entry.version, 140)} has more than one archive for ${plainText(platform, 80)}; clients can install one.`,
          "Keep the archive that belongs there and remove the other.",
          { version: entry.version, pointer: `/versions/${entry.index}/targets/${index}` },
        ),
      ];
    });
  });
}

function archivesOf(entry: RecordEntry): { platform: string; index: number }[] {
  const targets = entry.raw.targets;
  if (!Array.isArray(targets)) return [];
  return targets.map((target: { os?: unknown; arch?: unknown } | null, index) => ({
    platform: `${target?.os}_${target?.arch}`,
    index,
  }));
}
