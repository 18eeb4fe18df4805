import { Ajv2020 } from "ajv/dist/2020.js";
import { type Finding, type Outcome, outcomes } from "../../registry/finding.ts";
import { type Static, Type } from "../../registry/json-schema.ts";
import { plainText } from "../../registry/plain-text.ts";
import type { ObjectReader } from "../../trees/object-reader.ts";
import type { RecordSummary } from "../summary.ts";
import type { Source } from "../target.ts";
import { hexOf, type StoredEntry } from "./git-objects.ts";

/** Where the branch keeps what it knows of itself. */
export const stateFolder = ".registrar";
export const indexFolder = `${stateFolder}/index`;

const text = Type.String({ maxLength: 10_000 });
const id = Type.String({ pattern: "^(?:[0-9a-f]{40}|[0-9a-f]{64})$" });
const FindingSchema = Type.Object(
  {
    code: text,
    outcome: Type.Unsafe<Outcome>({ enum: [...outcomes] }),
    path: text,
    version: Type.Optional(text),
    pointer: Type.Optional(text),
    message: text,
    next: Type.Optional(text),
    notice: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false },
);
const SummarySchema = Type.Object(
  {
    latest: Type.Union([Type.Null(), text]),
    versions: Type.Integer({ minimum: 0 }),
    warnings: Type.Array(text),
    withdrawn: Type.Array(
      Type.Object({ version: text, reason: text, since: Type.Optional(text) }, { additionalProperties: false }),
    ),
  },
  { additionalProperties: false },
);
const EntrySchema = Type.Object(
  {
    /** Digest of everything that the source was rendered from. */
    source: Type.String(),
    folders: Type.Array(
      Type.Object({ folder: text, tree: id, documents: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
    ),
    findings: Type.Array(FindingSchema),
    summary: Type.Union([Type.Null(), SummarySchema]),
  },
  { additionalProperties: false },
);
/** What was published of one source, and from what. */
export type IndexEntry = Readonly<Omit<Static<typeof EntrySchema>, "summary">> & {
  readonly summary: RecordSummary | null;
};

const isBucket = new Ajv2020({ strict: true, allowUnionTypes: true }).compile<Record<string, IndexEntry>>(
  Type.Object({}, { additionalProperties: EntrySchema }),
);

/**
 * What the branch was rendered from, source by source, kept in the branch itself: whoever has the branch has it too, and
 * both change in one step. It is in one file for each namespace, so that a change of one record reads and rewrites little.
 * It is never more than a memory: an entry counts where the trees that it names are the ones that the branch has.
 */
export class GitIndex {
  readonly #entries: ReadonlyMap<string, IndexEntry>;
  readonly #files: ReadonlyMap<string, string>;
  readonly #next = new Map<string, { readonly namespace: string; readonly entry: IndexEntry }>();

  private constructor(entries: ReadonlyMap<string, IndexEntry>, files: ReadonlyMap<string, string>) {
    this.#entries = entries;
    this.#files = files;
  }

  /** Reads the index below the files of a tree; what cannot be read is not known. */
  static async read(objects: ObjectReader, files: ReadonlyMap<string, StoredEntry>): Promise<GitIndex> {
    const entries = new Map<string, IndexEntry>();
    const texts = new Map<string, string>();
    await Promise.all(
      [...files].map(async ([name, { id: blob }]) => {
        const body = (await objects.read(hexOf(blob)))?.bytes.toString() ?? "";
        texts.set(name, body);
        for (const [path, entry] of Object.entries(parseBucket(body))) entries.set(path, entry);
      }),
    );
    return new GitIndex(entries, texts);
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  get(path: string): IndexEntry | undefined {
    return this.#entries.get(path);
  }

  /** Part of the next index; what is not set is forgotten, as far as it was read. */
  set({ path, namespace }: Source, entry: IndexEntry): void {
    this.#next.set(path, { namespace: namespace ?? elsewhere, entry });
  }

  /** How the files of the index have to change: a text, or null for one that goes. */
  *changes(): Generator<readonly [name: string, text: string | null]> {
    const buckets = Map.groupBy([...this.#next], ([, { namespace }]) => `${namespace}.json`);
    for (const name of this.#files.keys()) if (!buckets.has(name)) yield [name, null];
    for (const [name, entries] of buckets) {
      // One line an entry: git then stores what differs.
      const lines = entries
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([path, { entry }]) => `${JSON.stringify(path)}:${JSON.stringify(entry)}`);
      const body = `{\n${lines.join(",\n")}\n}\n`;
      if (this.#files.get(name) !== body) yield [name, body];
    }
  }
}

/** What belongs to no namespace; no namespace begins so. */
const elsewhere = "_elsewhere";

function parseBucket(body: string): Record<string, IndexEntry> {
  try {
    const value: unknown = JSON.parse(body);
    if (!isBucket(value)) return {};
    return value;
  } catch {
    return {};
  }
}

/** As it was found, and safe for a terminal whoever wrote the branch. */
export const findingsOf = (entry: IndexEntry): readonly Finding[] =>
  entry.findings.map(({ code, path, message, version, pointer, next, ...rest }) => ({
    ...rest,
    code: plainText(code),
    path: plainText(path, 4096),
    message: plainText(message, 10_000),
    ...(version === undefined ? {} : { version }),
    ...(pointer === undefined ? {} : { pointer: plainText(pointer, 4096) }),
    ...(next === undefined ? {} : { next: plainText(next, 10_000) }),
  }));
