import type { ObjectReader } from "../../trees/object-reader.ts";
import type { BranchPlace } from "./git-place.ts";

/** Reads blobs of one place by their ids in hex; what the place has left elsewhere comes here first, all at once. */
export class BlobReader {
  readonly #objects: ObjectReader;
  readonly #place: Pick<BranchPlace, "bring">;

  constructor(objects: ObjectReader, place: Pick<BranchPlace, "bring">) {
    this.#objects = objects;
    this.#place = place;
  }

  /** The texts in the order of the ids; null where there is no such object. */
  async texts(ids: readonly string[]): Promise<readonly (string | null)[]> {
    await this.#place.bring(ids);
    return Promise.all(ids.map(async (id) => (await this.#objects.read(id))?.bytes.toString() ?? null));
  }
}
