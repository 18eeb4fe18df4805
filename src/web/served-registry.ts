import { type OpenRecord, openRecord } from "../publish/open-record.ts";
import { type PlannedRecord, type PublishPlan, planPublish } from "../publish/plan.ts";
import { type KeysRead, type ReadKeys, readPublishedKeys } from "../publish/published-keys.ts";
import { renderRegistry } from "../publish/render.ts";
import type { PublishSettings } from "../publish/settings.ts";
import { readSources, type Sources } from "../publish/sources.ts";
import { addressText } from "../registry/address.ts";
import { parseRecord } from "../registry/record.ts";
import type { RegistryTree } from "../registry/tree.ts";
import type { BoundedCache } from "./bounded-cache.ts";
import { ServedNamespaces } from "./served-namespaces.ts";

export interface ServedRequest {
  readonly tree: RegistryTree;
  readonly settings: PublishSettings;
  readonly readKeys: ReadKeys;
  /** Outlives the tree: a record that the next one has too stays read. */
  readonly records: BoundedCache<OpenRecord>;
}

/** A document, or in one sentence why there is none. */
export type Lookup = { readonly body: string } | { readonly missing: string };

/** One state of a registry, whose documents are rendered when somebody asks for them. */
export class ServedRegistry {
  /** `namespace/type` of every provider that has a record or an alias, sorted. */
  readonly providers: readonly string[];
  readonly #request: ServedRequest;
  readonly #sources: Sources;
  readonly #folders: ReadonlyMap<string, PlannedRecord>;
  readonly #keys: KeysRead;
  readonly #namespaces: ServedNamespaces;
  readonly #fixed: ReadonlyMap<string, string>;

  private constructor(
    request: ServedRequest,
    parts: {
      readonly sources: Sources;
      readonly folders: ReadonlyMap<string, PlannedRecord>;
      readonly keys: KeysRead;
      readonly plan: PublishPlan;
    },
  ) {
    this.#request = request;
    this.#sources = parts.sources;
    this.#folders = parts.folders;
    this.#keys = parts.keys;
    const { plan, keys } = parts;
    const read = async (planned: PlannedRecord) => await this.#open(planned);
    this.#namespaces = new ServedNamespaces({ plan, findings: [...plan.findings, ...keys.findings], read });
    this.#fixed = new Map(
      renderRegistry().flatMap(({ documents }) => documents.map(({ path, body }) => [path, body] as const)),
    );
    this.providers = [...parts.folders.keys()]
      .flatMap((folder) => /^v1\/providers\/(.+)$/.exec(folder)?.[1] ?? [])
      .sort();
  }

  static async open(request: ServedRequest): Promise<ServedRegistry> {
    const { tree, settings, readKeys } = request;
    const plan = planPublish(tree.files, settings);
    const sources = await readSources(tree, plan, settings);
    const keys = await readPublishedKeys(tree, plan.keys, { plan, settings, readKeys });
    const folders = new Map(
      plan.records.flatMap((record) => record.folders.map((folder) => [folder, record] as const)),
    );
    return new ServedRegistry(request, { sources, folders, keys, plan });
  }

  /** By the parts of a path. Addresses may be written in any case, versions in their own (client contract, section 2). */
  async find(parts: readonly string[]): Promise<Lookup> {
    const fixed = this.#fixed.get(parts.join("/"));
    if (fixed !== undefined) return { body: fixed };
    const [root, kind = "", ...rest] = parts;
    if (root === "index" || root === "status") {
      const body = rest.length > 0 ? undefined : await this.#namespaces.document(root, kind);
      return body === undefined ? { missing: "There is no such document." } : { body };
    }
    const length = kind === "providers" ? 2 : kind === "modules" ? 3 : 0;
    if (root !== "v1" || length === 0 || rest.length <= length) return { missing: "There is no such document." };
    const written = rest.slice(0, length).join("/");
    const folder = [written, written.toLowerCase()]
      .map((address) => `v1/${kind}/${address}`)
      .find((candidate) => this.#folders.has(candidate));
    const planned = folder === undefined ? undefined : this.#folders.get(folder);
    const what = kind === "providers" ? "provider" : "module";
    if (folder === undefined || planned === undefined) {
      return { missing: `This registry has no ${what} ${written}.` };
    }
    const record = await this.#open(planned);
    const path = rest.slice(length);
    const document = record.document(folder, path.join("/"));
    return document ?? { missing: whyMissing(record, { written, what, path }) };
  }

  #open(planned: PlannedRecord): Promise<OpenRecord> {
    const { file, address } = planned;
    const { inputs } = this.#sources.ofRecord(planned, file.id);
    const key = JSON.stringify([file.path, ...inputs.map((input) => Buffer.from(input).toString("base64"))]);
    return this.#request.records.get(key, file.size, async () => {
      const { tree, settings } = this.#request;
      for await (const { bytes } of tree.read([file])) {
        const record = parseRecord({ path: file.path, address, text: decoder.decode(bytes) });
        const keys = address.kind === "provider" ? this.#keys.keysOf(address) : [];
        return openRecord({ record, keys, settings });
      }
      throw new Error(`${addressText(address)} could not be read`);
    });
  }
}

function whyMissing(
  record: OpenRecord,
  of: { readonly written: string; readonly what: string; readonly path: readonly string[] },
): string {
  const name = `The ${of.what} ${of.written}`;
  const [version = "", ...more] = of.path;
  if (record.versions.length === 0) return `${name} has no version that can be installed.`;
  if (more.length === 0) return "There is no such document.";
  if (!record.versions.includes(version)) {
    return `${name} has no version ${version}; the newest is ${record.versions[0]}.`;
  }
  const [, os, arch] = more;
  const isArchive = of.what === "provider" && more.length === 3;
  return isArchive ? `${name} ${version} has no archive for ${os}_${arch}.` : "There is no such document.";
}

// As publishing reads records: a byte order mark stays, and is refused.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
