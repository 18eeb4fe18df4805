import { isObject, type JsonObject, sameJson } from "../registry/json.ts";
import { listed, plainText, quoted } from "../registry/plain-text.ts";
import type { RecordEntry } from "../registry/record.ts";
import { publishedVersionKey } from "../registry/version.ts";
import { fail, hold, orPass, type RecordSubject, type Rule, type Said } from "./rule.ts";

export const appendOnly: Rule = {
  code: "append-only",
  title: "A published version is never changed, and never just removed",
  help: "Users' lock files hold the hashes of published versions: a rewrite breaks every install that has them. Publish a new version instead; withdraw a bad one with an entry in `withdrawn`.",
  example: "A pull request that replaces the hashes of 1.2.0 because its release was uploaded again.",
  liftable: true,
  waivable: true,
  per: "record",
  check: ({ change }, { restores, now }) => [
    ...orPass(
      restores !== undefined
        ? [takenBack(restores)]
        : [
            ...removedRecord(change),
            ...change.altered.map(({ before, after }) => rewritten(before, after)),
            ...removed(change, now),
            ...reordered(change),
          ],
      "No published version is changed or removed.",
    ),
  ],
};

type RecordChange = RecordSubject["change"];

const takenBack = (commit: string): Said =>
  hold(
    `Takes back what the commit ${commit.slice(0, 12)} did, which came past Registrar and was never published.`,
    "A maintainer decides: approve this, or mend the registry otherwise, or close this to accept the commit as it is.",
  );

function removedRecord(change: RecordChange): Said[] {
  if (change.before === null || change.after !== null) return [];
  return [
    fail(
      "Removes a whole record, with every version that users have installed.",
      "Keep the record and list its versions in `withdrawn`, or ask a maintainer to remove it.",
    ),
  ];
}

function rewritten(before: RecordEntry, after: RecordEntry): Said {
  const fields = new Set([...Object.keys(before.raw), ...Object.keys(after.raw)]);
  const differing = [...fields].filter((field) => !sameJson(before.raw[field], after.raw[field]));
  const version = plainText(after.version, 80);
  return hold(
    `Rewrites the published version ${version}: ${listed(differing.map((field) => plainText(field, 40)))} would change${firstHash(before, after)}. Users' lock files hold what was published before, so their installs would break.`,
    `Undo the change of ${version} and publish a new version instead. If the rewrite is really needed, a maintainer decides.`,
    { version: after.version, pointer: `/versions/${after.index}` },
  );
}

/** The first archive whose hash would change: what a maintainer has to decide on. */
function firstHash(before: RecordEntry, after: RecordEntry): string {
  const old = archivesOf(before);
  const changed = archivesOf(after).find(({ filename, shasum }) =>
    old.some((archive) => archive.filename === filename && archive.shasum !== shasum),
  );
  const was = old.find((archive) => archive.filename === changed?.filename);
  if (changed === undefined || was === undefined) return "";
  return ` (${quoted(changed.filename, 120)} from ${quoted(was.shasum, 80)} to ${quoted(changed.shasum, 80)})`;
}

const archivesOf = ({ raw }: RecordEntry): readonly JsonObject[] =>
  Array.isArray(raw.targets) ? raw.targets.filter(isObject) : [];

function removed(change: RecordChange, now: string): Said[] {
  if (change.after === null) return [];
  const withdrawn = new Set(tombstones(change));
  return change.removed.map((entry) => {
    const version = plainText(entry.version, 80);
    if (withdrawn.has(entry.version)) {
      return hold(`Withdraws the published version ${version}.`, "A maintainer decides whether it should go.", {
        version: entry.version,
      });
    }
    const value = tombstone(entry, now);
    return fail(
      `Removes the published version ${version} without a trace; it would come back with the next look at the releases.`,
      `Add an entry to "withdrawn" with "version" ${quoted(entry.version, 140)}, a "reason" and "since" ${quoted(value.since)}, or put the version back.`,
      { version: entry.version, fix: { kind: "append", pointer: "/withdrawn", value } },
    );
  });
}

/** To the day, so that the same finding says the same for a while. Whoever knows the reason can write it in its place. */
const tombstone = ({ version }: RecordEntry, now: string): JsonObject => ({
  version,
  reason: "No reason was given.",
  since: `${now.slice(0, 10)}T00:00:00Z`,
});

/** Of two entries that are one to clients the first recorded is published, so their order is part of what is published. */
function reordered(change: RecordChange): Said[] {
  if (change.before === null || change.after === null) return [];
  const gone = new Set([...change.removed, ...change.altered.map(({ before }) => before)]);
  const fresh = new Set([...change.added, ...change.altered.map(({ after }) => after)]);
  const { kind } = change.address;
  const before = twins(
    change.before.entries.filter((entry) => !gone.has(entry)),
    kind,
  );
  const after = twins(
    change.after.entries.filter((entry) => !fresh.has(entry)),
    kind,
  );
  return [...before].flatMap(([key, old]) => {
    const now = after.get(key) ?? [];
    if (old.every((entry, index) => sameJson(entry.raw, now[index]?.raw))) return [];
    const version = old[0]?.version ?? key;
    return [
      hold(
        `Reorders the entries of ${plainText(version, 80)}, which are one version to clients; the first recorded one is published.`,
        "Leave their order as it is, or ask a maintainer.",
        { version },
      ),
    ];
  });
}

function twins(entries: readonly RecordEntry[], kind: "provider" | "module"): Map<string, RecordEntry[]> {
  return Map.groupBy(entries, (entry) => publishedVersionKey(entry.version, kind));
}

function tombstones({ after }: RecordChange): string[] {
  const list = after?.rawHead.withdrawn;
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => (isObject(item) && typeof item.version === "string" ? [item.version] : []));
}
