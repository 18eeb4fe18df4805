import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { type PatternsInWords, requirement } from "./in-words.ts";
import { type Static, Type } from "./json-schema.ts";
import { quoted } from "./plain-text.ts";

const patterns = {
  /**
   * What clients can parse: a host, a port that is a number, printable ASCII but for what URLs never hold, percents with two
   * hex digits. No user or password.
   */
  url: "^https?://(?:[0-9A-Za-z._~-]+|\\[[0-9A-Fa-f:.]+\\])(?::\\d{1,5})?(?:[/?#](?:[!#$&-;=?-\\[\\]_a-z~]|%[0-9A-Fa-f]{2})*)?$",
  sha256: "^[0-9a-fA-F]{64}$",
  time: "^$|^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|[+-]\\d\\d:\\d\\d)$",
  platform: "^[0-9A-Za-z_]+$",
  filename: "^[0-9A-Za-z._+-]+$",
  h1: "^$|^h1:[A-Za-z0-9+/]{43}=$",
  protocol: "^\\d+(\\.\\d+)?$",
  commit: "^[0-9a-f]{40}$",
  anyCommit: "^$|^[0-9a-f]{40}$",
  fingerprint: "^[0-9A-F]{40,64}$",
} as const;

const patternsInWords: PatternsInWords = {
  [patterns.url]: "a whole https address, without spaces and passwords",
  [patterns.sha256]: "64 hex digits",
  [patterns.time]: "a time such as 2026-01-31T12:00:00Z",
  [patterns.platform]: "letters, digits and _",
  [patterns.filename]: "letters, digits and . _ + -",
  [patterns.h1]: "h1: and 44 characters of base64",
  [patterns.protocol]: 'a protocol such as "5.0"',
  [patterns.commit]: "a full commit id (40 small hex digits)",
  [patterns.anyCommit]: "a full commit id (40 small hex digits)",
  [patterns.fingerprint]: "a full fingerprint (40 to 64 capital hex digits)",
};

const text = (extra: object = {}) => Type.String({ minLength: 1, ...extra });
const id = Type.Integer({ minimum: 1 });
const httpsUrl = (extra: object = {}) => text({ pattern: patterns.url, maxLength: 2048, ...extra });
const sha256 = (extra: object = {}) => Type.String({ pattern: patterns.sha256, ...extra });
/** Empty text stands for "not known" in old data. */
const time = Type.String({ pattern: patterns.time });

export const ArchiveSchema = Type.Object({
  os: text({ pattern: patterns.platform, maxLength: 64 }),
  arch: text({ pattern: patterns.platform, maxLength: 64 }),
  filename: text({ pattern: patterns.filename, maxLength: 255 }),
  download_url: httpsUrl(),
  shasum: sha256({ description: "SHA-256 of the archive, 64 hex digits." }),
  size: Type.Optional(Type.Integer({ minimum: 0, description: "Bytes of the archive; 0 when not known." })),
  h1: Type.Optional(Type.String({ pattern: patterns.h1 })),
});

export const ProviderVersionSchema = Type.Object({
  version: text(),
  protocols: Type.Array(Type.String({ pattern: patterns.protocol })),
  shasums_url: httpsUrl(),
  shasums_signature_url: httpsUrl(),
  targets: Type.Array(ArchiveSchema),
  tag: Type.Optional(text()),
  commit: Type.Optional(Type.String({ pattern: patterns.commit })),
  release_id: Type.Optional(id),
  published: Type.Optional(time),
  discovered: Type.Optional(time),
  sums_sha256: Type.Optional(sha256()),
  signed_by: Type.Optional(Type.String({ pattern: patterns.fingerprint })),
});

export const ModuleVersionSchema = Type.Object({
  version: text(),
  commit: Type.Optional(Type.String({ pattern: patterns.anyCommit })),
  published: Type.Optional(time),
  discovered: Type.Optional(time),
});

const head = {
  $schema: Type.Optional(Type.String()),
  repository: Type.Optional(httpsUrl()),
  repository_id: Type.Optional(id),
  owner_id: Type.Optional(id),
  warnings: Type.Optional(Type.Union([Type.Null(), Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 20 })])),
  withdrawn: Type.Optional(
    Type.Array(Type.Object({ version: text(), reason: Type.String({ maxLength: 2000 }), since: Type.Optional(time) })),
  ),
};

export const ProviderHeadSchema = Type.Object({ ...head, versions_errors: Type.Optional(Type.Unknown()) });

export type Archive = Readonly<Static<typeof ArchiveSchema>>;
export type ProviderVersion = Readonly<Omit<Static<typeof ProviderVersionSchema>, "targets">> & {
  readonly targets: readonly Archive[];
};
export type ModuleVersion = Readonly<Static<typeof ModuleVersionSchema>>;
export type RecordHead = Readonly<Static<typeof ProviderHeadSchema>>;

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true, verbose: true });

export const validates = {
  archive: ajv.compile<Archive>(ArchiveSchema),
  providerVersion: ajv.compile<ProviderVersion>(ProviderVersionSchema),
  moduleVersion: ajv.compile<ModuleVersion>(ModuleVersionSchema),
  head: ajv.compile<RecordHead>(ProviderHeadSchema),
} as const;

/** The keys that each part of a record may have; all others are kept when they are there and refused when they are added. */
export const knownKeys = {
  head: new Set([...Object.keys(ProviderHeadSchema.properties), "versions"]),
  providerVersion: new Set(Object.keys(ProviderVersionSchema.properties)),
  moduleVersion: new Set(Object.keys(ModuleVersionSchema.properties)),
  archive: new Set(Object.keys(ArchiveSchema.properties)),
} as const;

/** "shasum must be 64 hex digits, got …": one plain sentence for an Ajv error, without its period. */
export function describeError(error: ErrorObject): string {
  const field = error.instancePath.split("/").slice(1).join(".");
  if (error.keyword === "required") return `${prefix(field)}${quoted(error.params.missingProperty)} is missing`;
  return `${field === "" ? "the value" : field} ${requirement(error, patternsInWords)}`;
}

const prefix = (field: string): string => (field === "" ? "" : `${field}: `);
