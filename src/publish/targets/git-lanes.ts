import type { PublishedDocument } from "../document.ts";
import type { GitImport } from "./git-import.ts";
import { GitLane } from "./git-lane.ts";
import { treeMode } from "./git-objects.ts";
import type { BranchPlace } from "./git-place.ts";
import { Quarantine } from "./git-quarantine.ts";

/** Written by one import alone, in characters: a second git pays only for much more. */
const alone = 4 * 1024 * 1024;
/** Waiting in all lanes, in characters: enough to keep both fed, little beside what git itself takes. */
const mostPending = 2 * 1024 * 1024;

/** Side by side: git takes documents in on one core. */
const sides = 2;

/**
 * The imports of one publication. The first one makes its commit. Where much is new, whole new folders go to two further
 * ones, to whichever has less to do, and both end side by side; the first one then gets the folders by the ids of their
 * trees.
 */
export class GitLanes {
  readonly #place: BranchPlace;
  readonly #of: { readonly parent: string | null; readonly commit: string | null };
  readonly #linked: { readonly path: string; readonly id: string }[] = [];
  #main: GitLane | undefined;
  #sides: readonly GitLane[] = [];
  #written = 0;

  constructor(place: BranchPlace, of: { readonly parent: string | null; readonly commit: string | null }) {
    this.#place = place;
    this.#of = of;
  }

  /** The first import starts with the first difference: most publications of an unchanged registry end without one. */
  async #first(): Promise<GitLane> {
    if (this.#main === undefined) {
      Quarantine.clear(this.#place.gitFolder);
      this.#main = await GitLane.start(this.#place, this.#of);
    }
    return this.#main;
  }

  /** A step of the first import. */
  async write(step: (stream: GitImport) => Promise<void>): Promise<void> {
    const main = await this.#first();
    main.add(0, step);
    await main.idle();
  }

  /** A folder as a whole, in place of what is there; `id` in hex is that of its tree. */
  async writeFolder(
    path: string,
    of: { readonly id: string; readonly documents: readonly PublishedDocument[] },
  ): Promise<void> {
    const size = of.documents.reduce((sum, { body }) => sum + body.length, 0);
    this.#written += size;
    if (this.#written <= alone) {
      return this.write(async (stream) => {
        await stream.removeAll([path]);
        await stream.writeAll(of.documents);
      });
    }
    const lane = await this.#freest();
    lane.add(size, (stream) => stream.writeAll(of.documents));
    this.#linked.push({ path, id: of.id });
  }

  /** The one that has least to do, once there is room for more. */
  async #freest(): Promise<GitLane> {
    await this.#first();
    if (this.#sides.length === 0) {
      const start = () => GitLane.start(this.#place, { ...this.#of, parent: null });
      this.#sides = await Promise.all(Array.from({ length: sides }, start));
    }
    while (this.#sides.reduce((sum, { pending }) => sum + pending, 0) > mostPending)
      await Promise.race(this.#sides.filter(({ pending }) => pending > 0).map((lane) => lane.idle()));
    return this.#sides.reduce((freest, lane) => (lane.pending < freest.pending ? lane : freest));
  }

  /** The commit; `last` is written when everything else is. Its objects then belong to the place. */
  async finish(
    last: (stream: GitImport) => Promise<void>,
  ): Promise<{ readonly made: string; readonly quarantine: Quarantine }> {
    const { quarantine, stream } = await this.#first();
    await Promise.all(
      this.#sides.map(async (side) => {
        await side.idle();
        await side.stream.finish();
        side.quarantine.handOver();
      }),
    );
    for (const { path, id } of this.#linked) await this.write((main) => main.link(path, { mode: treeMode, id }));
    await this.write(last);
    const made = await stream.finish();
    quarantine.handOver();
    return { made, quarantine };
  }

  async stop(): Promise<void> {
    await Promise.all([this.#main, ...this.#sides].map((lane) => lane?.stop()));
  }
}
