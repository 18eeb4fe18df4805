import type { ObjectStore } from "./object-store.ts";

/** What a store has, by published folder: names below the folder, with their tags. */
export class ObjectListing {
  readonly #folders = new Map<string, Map<string, string>>();

  static async read(store: ObjectStore, prefixes: readonly string[]): Promise<ObjectListing> {
    const listing = new ObjectListing();
    await Promise.all(
      prefixes.map(async (prefix) => {
        for await (const { key, tag } of store.list(prefix)) listing.#add(key, tag);
      }),
    );
    return listing;
  }

  of(folder: string): ReadonlyMap<string, string> {
    return this.#folders.get(folder) ?? new Map();
  }

  /** The folders of addresses. */
  *addresses(): Generator<string> {
    for (const folder of this.#folders.keys()) if (isAddress.test(folder)) yield folder;
  }

  #add(key: string, tag: string): void {
    const folder = address.exec(key)?.[1] ?? key.split("/").slice(0, -1).join("/");
    const names = this.#folders.get(folder) ?? new Map<string, string>();
    names.set(key.slice(folder.length + 1), tag);
    this.#folders.set(folder, names);
  }
}

const address = /^(v1\/(?:providers\/[^/]+\/[^/]+|modules\/[^/]+\/[^/]+\/[^/]+))\/./;
const isAddress = /^v1\/(?:providers|modules)\/[^/]+\/[^/]+/;
