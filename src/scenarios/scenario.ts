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
  /** What the registry must have afterwards, or must not have; null where it has the version all along. */
  readonly version: string | null;
  /** What the client asks for afterwards, and whether it gets it. */
  readonly client: { readonly asks: string; readonly installs: boolean };
  play(stage: Stage, author: Author): Promise<Played>;
}

export interface Played {
  /** When the release was published, in milliseconds; the clock of `releaseToInstallableMs`. */
  readonly startedAt: number;
  readonly release: CutRelease | null;
  /** Resolves when what the scenario does later on has happened (a push just before the merge, say). */
  readonly later?: Promise<unknown>;
}
