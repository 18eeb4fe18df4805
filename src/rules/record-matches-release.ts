import type { RecordChange } from "../registry/change.ts";
import { escapePointer, isObject, type JsonObject, type JsonValue, sameJson } from "../registry/json.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import type { RecordEntry } from "../registry/record.ts";
import { underPresentName } from "../upstream/old-names.ts";
import { rebuildVersion } from "../upstream/rebuild-version.ts";
import { fail, notice, orPass, type ReviewInput, type Rule, type Said, waitFor, waitForUpstream } from "./rule.ts";

export const recordMatchesRelease: Rule = {
  code: "record-matches-release",
  title: "The version says exactly what the release says",
  help: "The version is rebuilt from the release, as Registrar's own bumps are, and must come out the same: protocols from the manifest, hashes from SHA256SUMS, URLs as GitHub gives them. A module's version is rebuilt from its tag. The order of archives does not matter; evidence fields may be left out. The commit is the rule tag-commit's.",
  example: "A hash that differs from the one in SHA256SUMS, or a missing platform.",
  liftable: false,
  per: "version",
  upstream: true,
  check: (subject, input) => {
    const { change, entry, evidence } = subject;
    const wait = waitForUpstream(evidence, input);
    if (evidence === null || wait !== null) return wait ?? [];
    const files = evidence.kind === "provider" ? [evidence.sums, evidence.signature, evidence.manifest] : [];
    for (const part of files) {
      if (part.kind === "unavailable") return waitFor(part);
    }
    const built = rebuildVersion(evidence, change.address);
    if (built.kind === "impossible") return [fail(built.reason, remedies[evidence.kind])];
    const { raw, oldNames } =
      evidence.kind === "provider" ? underPresentName(entry.raw, evidence) : { raw: entry.raw, oldNames: [] };
    const said = new Comparison(change, entry, input).compare(raw, built.version as unknown as JsonObject);
    if (said.length === 0 && oldNames.length > 0) return [renamed(oldNames, evidence.asked)];
    const but = Object.hasOwn(entry.raw, "commit") ? ", but for its commit, which is judged by itself" : "";
    return orPass(said, `The version is what the ${sources[change.address.kind]} says${but}.`);
  },
};

const renamed = (names: readonly string[], asked: string): Said =>
  notice(
    `The version is what the release says, but for the older name ${names.map((name) => quoted(name, 160)).join(", ")} in its URLs. GitHub leads it to the repository of ${quoted(asked, 160)}, as long as nobody makes another one of that name.`,
  );

const remedies = {
  provider: "Publish a complete release under a new version; see the author's page for what it needs.",
  module: "Push a tag that names a commit of the module.",
} as const;

/** What says how a version has to look. */
const sources = { provider: "release", module: "tag" } as const;

/** Fields that may be missing in a hand-made bump, and must be true where present. */
const optional = new Set(["tag", "release_id", "published", "sums_sha256", "signed_by", "size"]);

/** Of one entry with what its release or tag says it should be. */
class Comparison {
  readonly #entry: RecordEntry;
  readonly #source: (typeof sources)["provider" | "module"];
  /** The published entry that this one would replace. */
  readonly #published: JsonObject;
  readonly #byRegistrar: boolean;

  constructor({ address, altered }: RecordChange, entry: RecordEntry, { byRegistrar }: ReviewInput) {
    this.#entry = entry;
    this.#source = sources[address.kind];
    this.#published = altered.find((pair) => pair.after === entry)?.before.raw ?? {};
    this.#byRegistrar = byRegistrar;
  }

  compare(raw: JsonObject, expected: JsonObject): readonly Said[] {
    const pointer = `/versions/${this.#entry.index}`;
    // The commit is the rule tag-commit's.
    const { commit, discovered, ...actual } = raw;
    const { commit: tagged, ...wanted } = expected;
    const said = this.#discovered(discovered, `${pointer}/discovered`);
    const of = { pointer, published: this.#published, source: this.#source };
    if (this.#source === "tag") {
      // The moment is the commit's too: of another commit it is another one, and correcting it alone would help nobody.
      const other = commit !== undefined && !sameJson(commit, tagged);
      const compared = ([field]: [string, JsonValue]) => !other || field !== "published";
      const only = (object: JsonObject) => Object.fromEntries(Object.entries(object).filter(compared));
      return [...differences(only(wanted), only(actual), of), ...said];
    }
    const { targets: archives, ...others } = wanted;
    const { targets: got, ...fields } = actual;
    return [...differences(others, fields, of), ...this.#archives(archives, got, `${pointer}/targets`), ...said];
  }

  #archives(wanted: JsonValue | undefined, got: JsonValue | undefined, pointer: string): readonly Said[] {
    const expected = byPlatform(wanted);
    const published = byPlatform(this.#published.targets);
    const seen = new Set<string>();
    const said = listOf(got).flatMap((value, index): readonly Said[] => {
      const place = `${pointer}/${index}`;
      const platform = platformOf(value);
      const counterpart = expected.get(platform);
      if (!isObject(value) || counterpart === undefined || seen.has(platform)) return [foreignArchive(value, place)];
      seen.add(platform);
      const of = { pointer: place, published: published.get(platform) ?? {}, source: this.#source };
      return differences(counterpart, value, of).map((one) => about(platform, one));
    });
    const missing = [...expected].filter(([platform]) => !seen.has(platform));
    return [...said, ...missing.map(([platform, value]) => missingArchive(platform, value, pointer))];
  }

  #discovered(value: JsonValue | undefined, pointer: string): readonly Said[] {
    const allowed = value === undefined || this.#byRegistrar || sameJson(value, this.#published.discovered);
    return allowed
      ? []
      : [
          fail('"discovered" is set by Registrar alone.', 'Remove "discovered".', {
            pointer,
            fix: { kind: "remove", pointer },
          }),
        ];
  }
}

function differences(
  expected: JsonObject,
  actual: JsonObject,
  of: { readonly pointer: string; readonly published: JsonObject; readonly source: string },
): Said[] {
  const own = (object: JsonObject, field: string) => (Object.hasOwn(object, field) ? object[field] : undefined);
  const fields = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...fields].flatMap((field) => {
    const [wanted, got] = [own(expected, field), own(actual, field)];
    if (got === undefined && optional.has(field)) return [];
    // Of older formats: what is published may stay, though no release says it.
    if (field === "h1" && sameJson(got, of.published.h1)) return [];
    const pointer = `${of.pointer}/${escapePointer(field)}`;
    return sameField(field, wanted, got) ? [] : [difference(field, { wanted, got, pointer, source: of.source })];
  });
}

function difference(
  field: string,
  at: { wanted: JsonValue | undefined; got: JsonValue | undefined; pointer: string; source: string },
): Said {
  const { wanted, got, pointer, source } = at;
  const name = plainText(field, 60);
  if (wanted === undefined) {
    return fail(`${name} is ${quoted(got)}, but the ${source} says nothing of it.`, `Remove ${name}.`, {
      pointer,
      fix: { kind: "remove", pointer },
    });
  }
  const says = got === undefined ? "is missing" : `is ${quoted(got)}`;
  return fail(`${name} ${says}; the ${source} says ${quoted(wanted)}.`, `Set ${name} to ${quoted(wanted)}.`, {
    pointer: got === undefined ? pointer.slice(0, pointer.lastIndexOf("/")) : pointer,
    fix: { kind: "set", pointer, value: wanted },
  });
}

/** Hashes compare without regard to case, moments as moments. */
function sameField(field: string, wanted: JsonValue | undefined, got: JsonValue | undefined): boolean {
  if (typeof wanted === "string" && typeof got === "string") {
    if (field === "shasum" || field === "sums_sha256") return wanted.toLowerCase() === got.toLowerCase();
    if (field === "published") return Date.parse(wanted) === Date.parse(got);
  }
  return sameJson(wanted, got);
}

const foreignArchive = (value: JsonValue, pointer: string): Said =>
  fail(
    `The archive ${quoted(isObject(value) ? value.filename : value)} for ${plainText(platformOf(value), 80)} is not in the release and its SHA256SUMS, or stands here twice.`,
    "Remove it.",
    { pointer, fix: { kind: "remove", pointer } },
  );

const missingArchive = (platform: string, archive: JsonObject, pointer: string): Said =>
  fail(`The archive for ${platform} is missing; the release has ${quoted(archive.filename)}.`, "Add it.", {
    pointer,
    fix: { kind: "append", pointer, value: archive },
  });

const about = (platform: string, said: Said): Said => ({
  ...said,
  message: `${plainText(platform, 80)}: ${said.message}`,
  ...(said.next === undefined ? {} : { next: `In the archive for ${plainText(platform, 80)}: ${said.next}` }),
});

const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : []);

const platformOf = (value: JsonValue): string => (isObject(value) ? `${value.os}_${value.arch}` : "no platform");

/** The first of each. */
function byPlatform(list: JsonValue | undefined): ReadonlyMap<string, JsonObject> {
  return new Map(
    listOf(list)
      .filter(isObject)
      .toReversed()
      .map((value) => [platformOf(value), value]),
  );
}
