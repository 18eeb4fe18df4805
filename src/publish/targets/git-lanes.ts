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

/**
 * The imports of one publication. Git takes documents in on one core, so whole new folders go to whichever of two imports
 * has less to do; at the end the first one, whose commit it is, gets those of the second by the ids of their trees.
 */
export class GitLanes {
  readonly #place: BranchPlace;
  readonly #of: { readonly parent: string | null; readonly commit: string | null };
  readonly #linked: { readonly path: string; readonly id: string }[] = [];
  #main: GitLane | undefined;
  #side: GitLane | undefined;
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
    const main = await this.#first();
    const size = of.documents.reduce((sum, { body }) => sum + body.length, 0);
    this.#written += size;
    if (this.#written > alone) this.#side ??= await GitLane.start(this.#place, { ...this.#of, parent: null });
    const side = this.#side;
    while (side !== undefined && main.pending + side.pending > mostPending)
      await Promise.race([main, side].filter(({ pending }) => pending > 0).map((lane) => lane.idle()));
    if (side !== undefined && side.pending < main.pending) {
      side.add(size, (stream) => stream.writeAll(of.documents));
      this.#linked.push({ path, id: of.id });
    } else {
      main.add(size, async (stream) => {
        await stream.removeAll([path]);
        await stream.writeAll(of.documents);
      });
      if (side === undefined) await main.idle();
    }
  }

  /** The commit; `last` is written when everything else is. Its objects then belong to the place. */
  async finish(
    last: (stream: GitImport) => Promise<void>,
  ): Promise<{ readonly made: string; readonly quarantine: Quarantine }> {
    const { quarantine, stream } = await this.#first();
    if (this.#side !== undefined) {
      await this.#side.idle();
      await this.#side.stream.finish();
      this.#side.quarantine.handOver();
    }
    for (const { path, id } of this.#linked) await this.write((main) => main.link(path, { mode: treeMode, id }));
    await this.write(last);
    const made = await stream.finish();
    quarantine.handOver();
    return { made, quarantine };
  }

  async stop(): Promise<void> {
    await Promise.all([this.#main?.stop(), this.#side?.stop()]);
  }
}
