import { GitImport } from "./git-import.ts";
import type { BranchPlace } from "./git-place.ts";
import { Quarantine } from "./git-quarantine.ts";

/** One import with a repository of its own, fed in order while its publisher goes on rendering. */
export class GitLane {
  readonly quarantine: Quarantine;
  readonly stream: GitImport;
  /** Characters that wait to be taken in. */
  pending = 0;
  #last: Promise<void> = Promise.resolve();

  private constructor(quarantine: Quarantine, stream: GitImport) {
    this.quarantine = quarantine;
    this.stream = stream;
  }

  static async start(
    { gitFolder, format }: BranchPlace,
    of: { readonly parent: string | null; readonly commit: string | null },
  ): Promise<GitLane> {
    const quarantine = await Quarantine.create(gitFolder, format);
    return new GitLane(quarantine, new GitImport(quarantine.gitFolder, of));
  }

  /** Takes its turn after all earlier steps; what goes wrong is told by `idle`. */
  add(size: number, step: (stream: GitImport) => Promise<void>): void {
    this.pending += size;
    this.#last = this.#last
      .then(() => step(this.stream))
      .finally(() => {
        this.pending -= size;
      });
    this.#last.catch(() => undefined);
  }

  /** Resolves when all steps so far are done. */
  idle(): Promise<void> {
    return this.#last;
  }

  async stop(): Promise<void> {
    await this.stream.stop();
    await this.#last.catch(() => undefined);
    this.quarantine.remove();
  }
}
