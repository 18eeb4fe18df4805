import type { Author, CutRelease } from "./author.ts";
import type { Stage } from "./stage.ts";
import type { SeenVerdict } from "./view.ts";

/** What somebody does, and how it has to end. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What happens, as a step that people read. */
  readonly act: string;
  readonly expected: { readonly verdict: SeenVerdict; readonly merged: boolean };
  /** The version that the client asks for afterwards. */
  readonly version: string;
  play(stage: Stage, author: Author): Promise<Played>;
}

export interface Played {
  /** When the release was published, in milliseconds; the clock of `releaseToInstallableMs`. */
  readonly startedAt: number;
  readonly release: CutRelease | null;
  /** Resolves when what the scenario does later on has happened (a push just before the merge, say). */
  readonly later?: Promise<unknown>;
}
