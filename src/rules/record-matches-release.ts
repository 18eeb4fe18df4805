import { type JsonObject, type JsonValue, sameJson } from "../registry/json.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import { buildVersion } from "../upstream/build-version.ts";
import { fail, orPass, pass, type ReviewInput, type Rule, retry, type Said, type VersionSubject } from "./rule.ts";

export const recordMatchesRelease: Rule = {
  code: "record-matches-release",
  title: "The version says exactly what the release says",
  help: "The version is rebuilt from the release, as Registrar's own bumps are, and must come out the same: protocols from the manifest, hashes from SHA256SUMS, URLs as GitHub gives them. The order of archives does not matter; evidence fields may be left out.",
  example: "A hash that differs from the one in SHA256SUMS, or a missing platform.",
  liftable: false,
  per: "version",
  check: (subject, input) => {
    const { change, entry, evidence } = subject;
    if (change.address.kind === "module") return pass("Modules are compared by their tag.");
    if (evidence === null) return [retry("The release has not been read.", null)];
    for (const part of [evidence.release, evidence.sums, evidence.signature, evidence.manifest, evidence.tagCommit]) {
      if (part.kind === "unavailable") return [retry(`${part.reason} This is not your fault.`, part.retryAt)];
    }
    const built = buildVersion(evidence, change.address);
    if (built.kind === "impossible") {
      return [
        fail(built.reason, "Publish a complete release under a new version; see the author's page for what it needs."),
      ];
    }
    const expected = built.version as unknown as JsonObject;
    return orPass(
      [...differences(expected, entry.raw, `/versions/${entry.index}`), ...discovered(subject, input)],
      "The version is what the release says.",
    );
  },
};

/** Fields that may be missing in a hand-made bump, and must be true where present. */
const optional = new Set(["tag", "commit", "release_id", "published", "sums_sha256", "signed_by", "size"]);
/** Not found in the release: set by Registrar, or only for older formats. */
const notRebuilt = new Set(["discovered", "h1"]);

function differences(expected: JsonObject, actual: JsonObject, pointer: string): Said[] {
  const fields = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...fields].flatMap((field) => {
    const [wanted, got] = [expected[field], actual[field]];
    if (notRebuilt.has(field) || field === "version") return [];
    if (field === "targets") return archiveDifferences(wanted, got, `${pointer}/targets`);
    if (got === undefined && optional.has(field)) return [];
    return sameField(field, wanted, got) ? [] : [difference(field, { wanted, got, pointer: `${pointer}/${field}` })];
  });
}

function difference(
  field: string,
  at: { wanted: JsonValue | undefined; got: JsonValue | undefined; pointer: string },
): Said {
  const { wanted, got, pointer } = at;
  const name = plainText(field, 60);
  if (wanted === undefined) {
    return fail(`${name} is ${quoted(got)}, but the release says nothing of it.`, `Remove ${name}.`, { pointer });
  }
  const says = got === undefined ? "is missing" : `is ${quoted(got)}`;
  return fail(`${name} ${says}; the release says ${quoted(wanted)}.`, `Set ${name} to ${quoted(wanted)}.`, {
    pointer: got === undefined ? pointer.slice(0, pointer.lastIndexOf("/")) : pointer,
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

function archiveDifferences(wanted: JsonValue | undefined, got: JsonValue | undefined, pointer: string): Said[] {
  const expected = byPlatform(wanted);
  const actual = byPlatform(got);
  const said: Said[] = [];
  for (const [platform, { value, index }] of actual) {
    const place = `${pointer}/${index}`;
    const counterpart = expected.get(platform)?.value;
    if (counterpart !== undefined)
      said.push(...differences(counterpart, value, place).map((one) => about(platform, one)));
    else {
      said.push(
        fail(
          `The archive ${quoted(value.filename)} for ${plainText(platform, 80)} is not in the release and its SHA256SUMS.`,
          "Remove it.",
          { pointer: place },
        ),
      );
    }
  }
  for (const [platform, { value }] of expected) {
    if (actual.has(platform)) continue;
    said.push(
      fail(`The archive for ${platform} is missing; the release has ${quoted(value.filename)}.`, "Add it.", {
        pointer,
      }),
    );
  }
  return said;
}

const about = (platform: string, said: Said): Said => ({
  ...said,
  message: `${plainText(platform, 80)}: ${said.message}`,
});

function byPlatform(list: JsonValue | undefined): Map<string, { value: JsonObject; index: number }> {
  const archives = Array.isArray(list) ? (list as readonly (JsonObject | null)[]) : [];
  const found = new Map<string, { value: JsonObject; index: number }>();
  archives.forEach((value, index) => {
    const key = `${value?.os}_${value?.arch}`;
    if (value !== null && !found.has(key)) found.set(key, { value, index });
  });
  return found;
}

function discovered({ entry }: VersionSubject, input: ReviewInput): Said[] {
  if (entry.raw.discovered === undefined || input.byRegistrar) return [];
  return [
    fail('"discovered" is set by Registrar alone.', 'Remove "discovered".', {
      pointer: `/versions/${entry.index}/discovered`,
    }),
  ];
}
