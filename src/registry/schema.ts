import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { type Static, Type } from "typebox";
import { quoted } from "./plain-text.ts";

const text = (extra: object = {}) => Type.String({ minLength: 1, ...extra });
const id = Type.Integer({ minimum: 1 });
const httpsUrl = (extra: object = {}) => text({ pattern: '^https?://[^\\s"<>\\\\^`{|}]+$', maxLength: 2048, ...extra });
const sha256 = (extra: object = {}) => Type.String({ pattern: "^[0-9a-fA-F]{64}$", ...extra });
/** Empty text stands for "not known" in old data. */
const time = Type.String({
  pattern: "^$|^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|[+-]\\d\\d:\\d\\d)$",
});

export const ArchiveSchema = Type.Object({
  os: text({ pattern: "^[0-9A-Za-z_]+$", maxLength: 64 }),
  arch: text({ pattern: "^[0-9A-Za-z_]+$", maxLength: 64 }),
  filename: text({ pattern: "^[0-9A-Za-z._+-]+$", maxLength: 255 }),
  download_url: httpsUrl(),
  shasum: sha256({ description: "SHA-256 of the archive, 64 hex digits." }),
  size: Type.Optional(Type.Integer({ minimum: 0, description: "Bytes of the archive; 0 when not known." })),
  h1: Type.Optional(Type.String({ pattern: "^$|^h1:[A-Za-z0-9+/]{43}=$" })),
});

export const ProviderVersionSchema = Type.Object({
  version: text(),
  protocols: Type.Array(Type.String({ pattern: "^\\d+(\\.\\d+)?$" })),
  shasums_url: httpsUrl(),
  shasums_signature_url: httpsUrl(),
  targets: Type.Array(ArchiveSchema),
  tag: Type.Optional(text()),
  commit: Type.Optional(Type.String({ pattern: "^[0-9a-f]{40}$" })),
  release_id: Type.Optional(id),
  published: Type.Optional(time),
  discovered: Type.Optional(time),
  sums_sha256: Type.Optional(sha256()),
  signed_by: Type.Optional(Type.String({ pattern: "^[0-9A-F]{40,64}$" })),
});

export const ModuleVersionSchema = Type.Object({
  version: text(),
  commit: Type.Optional(Type.String({ pattern: "^$|^[0-9a-f]{40}$" })),
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

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });

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

/** "shasum must match pattern …, got …": one plain sentence for an Ajv error. */
export function describeError(error: ErrorObject, value: unknown): string {
  const field = error.instancePath.split("/").slice(1).join(".");
  if (error.keyword === "required") return `${prefix(field)}${quoted(error.params.missingProperty)} is missing`;
  const got = error.instancePath
    .split("/")
    .slice(1)
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], value);
  return `${field === "" ? "the value" : field} ${error.message ?? "is wrong"}, got ${quoted(got, 100)}`;
}

const prefix = (field: string): string => (field === "" ? "" : `${field}: `);
