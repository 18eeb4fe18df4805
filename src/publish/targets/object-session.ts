import { createHash, randomUUID } from "node:crypto";
import { foldName, type Layout } from "../../registry/address.ts";
import { RegistrarError } from "../../registry/errors.ts";
import { quoted } from "../../registry/plain-text.ts";
import type { DocumentFolder, PublishedDocument } from "../document.ts";
import type { OpenRequest, Published, PublishSession, WriteCounts } from "../target.ts";
import { begunBasis, inputsDigest, publishedOf } from "./basis.ts";
import { type Marker, markerFile, markerText } from "./git-baseline.ts";
import { ObjectListing } from "./object-listing.ts";
import type { ObjectStore } from "./object-store.ts";
import { Turns } from "./turns.ts";

/** Requests at once, and folders that are under way at once. */
const mostRequests = 32;
const mostFolders = 16;

/** How long caches may keep what changes with each release, and what changes with keys and corrections only; in seconds. */
const cacheOf = { list: "public, max-age=60", document: "public, max-age=300" } as const;
const uncached = "no-store";

interface SessionParts {
  readonly store: ObjectStore;
  readonly marker: Marker | null;
  readonly request: OpenRequest;
  readonly close: () => Promise<void>;
}

/** One publication to an object store, where each object is replaced by itself. */
export class ObjectSession implements PublishSession {
  readonly published: Published | null;
  readonly #parts: SessionParts;
  readonly #inputs: string | null;
  readonly #requests = new Turns(mostRequests);
  readonly #folders = new Turns(mostFolders);
  readonly #put = new Set<string>();
  #listing = new ObjectListing();
  #begun: string | null = null;
  #written = 0;
  #unchanged = 0;
  #deleted = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#inputs = inputsDigest(parts.request);
    this.published = publishedOf(parts.marker, this.#inputs);
  }

  async begin(namespaces: ReadonlySet<string> | null): Promise<void> {
    const { store, marker, request } = this.#parts;
    const { commit = null, basis } = marker ?? {};
    const list = async () => {
      this.#listing = await ObjectListing.read(store, namespaces === null ? [""] : await this.#prefixes(namespaces));
    };
    if (request.dryRun) return list();
    // While it is on its way the bucket is neither the one nor the other; a full look leaves nothing to build upon.
    const isSame = namespaces !== null && commit === request.commit && basis !== undefined;
    const begun = isSame ? { basis } : begunBasis(namespaces === null ? undefined : basis, request.commit);
    // No two publications write the same: who finds another one than its own has not been alone.
    this.#begun = markerText({ commit, ...begun, session: randomUUID() });
    // Before anything is listed: a publication that ends meanwhile then finds that it was not alone.
    await store.write(markerFile, this.#begun, uncached);
    await list();
  }

  async #prefixes(namespaces: ReadonlySet<string>): Promise<readonly string[]> {
    const isMeant = (name: string) => namespaces.has(foldName(name));
    const modules = (await this.#parts.store.folders("v1/modules/")).filter(isMeant);
    return [
      ...modules.map((name) => `v1/modules/${name}/`),
      ...[...namespaces].map((name) => `v1/providers/${name}/`),
      ...["index/", "status/"],
    ];
  }

  async names(folder: string): Promise<readonly string[]> {
    return [...this.#listing.of(folder).keys()];
  }

  async put({ folder, documents, names }: DocumentFolder): Promise<void> {
    this.#put.add(folder);
    const present = this.#listing.of(folder);
    const nameOf = ({ path }: PublishedDocument) => path.slice(folder.length + 1);
    const changed = documents.filter((document) => present.get(nameOf(document)) !== md5(document.body));
    const wanted = new Set(documents.map(nameOf));
    const gone = [...present.keys()].filter((name) => !wanted.has(name) && names?.has(name) !== false);
    this.#written += changed.length;
    this.#unchanged += documents.length - changed.length;
    this.#deleted += gone.length;
    if (this.#parts.request.dryRun || changed.length + gone.length === 0) return;
    // What speaks of addresses comes after them.
    if (!folder.startsWith("v1/")) await this.#folders.idle();
    await this.#folders.take(async () => {
      for (const kind of ["document", "list"] as const)
        await this.#writeAll(changed.filter((one) => one.kind === kind));
      await this.#removeAll(folder, gone);
    });
  }

  async finish(layout: Layout | null): Promise<WriteCounts> {
    const { store, request } = this.#parts;
    for (const folder of this.#listing.addresses()) {
      if (this.#put.has(folder)) continue;
      const gone = [...this.#listing.of(folder).keys()];
      this.#deleted += gone.length;
      if (!request.dryRun) await this.#folders.take(() => this.#removeAll(folder, gone));
    }
    await this.#folders.idle();
    const counts = { written: this.#written, unchanged: this.#unchanged, deleted: this.#deleted };
    if (request.dryRun) return counts;
    if ((await store.read(markerFile)) !== this.#begun) {
      await store.write(markerFile, markerText({ commit: null }), uncached);
      throw otherPublisher(store.label);
    }
    const inputs = this.#inputs;
    const basis = layout === null || inputs === null ? {} : { basis: { layout, inputs } };
    await store.write(markerFile, markerText({ commit: request.commit, ...basis }), uncached);
    return counts;
  }

  async close(): Promise<void> {
    this.#requests.stop();
    this.#folders.stop();
    await this.#folders.idle().catch(() => undefined);
    await this.#parts.close();
  }

  async #writeAll(documents: readonly PublishedDocument[]): Promise<void> {
    const { store } = this.#parts;
    await Promise.all(
      documents.map(({ path, body, kind }) => this.#requests.run(() => store.write(path, body, cacheOf[kind]))),
    );
  }

  /** Lists first: nobody then finds a document named that is not there. */
  async #removeAll(folder: string, names: readonly string[]): Promise<void> {
    const { store } = this.#parts;
    const isList = (name: string) => !name.includes("/");
    for (const some of [names.filter(isList), names.filter((name) => !isList(name))]) {
      await Promise.all(some.map((name) => this.#requests.run(() => store.remove(`${folder}/${name}`))));
    }
  }
}

const md5 = (body: string): string => createHash("md5").update(body).digest("hex");

const otherPublisher = (label: string): RegistrarError =>
  new RegistrarError(
    "git-failed",
    `${quoted(label)} was published to by somebody else while this publication ran. Publish again, which looks at everything; let only one publish there.`,
  );
