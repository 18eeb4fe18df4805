import type { Address } from "../registry/address.ts";
import type { Stage } from "./stage.ts";
import type { SeenFinding, SeenVerdict, View } from "./view.ts";

/** What somebody does, and how it has to end. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is asked for, published and installed in it. */
  readonly about: Address;
  readonly expected: Expected;
  /** The versions that clients are offered in the end, newest first. */
  readonly offered: readonly string[];
  /** What the client asks for in the end, and whether it gets it. */
  readonly client: { readonly asks: string; readonly installs: boolean };
  /** Where it takes a Registrar that looks for releases by itself more often than once an hour. */
  readonly sweepEverySeconds?: number;
  /** Where the registry's owner pushes straight to the default branch. */
  readonly ownerBypasses?: true;
  /** How many such pushes there are: each is published, or makes others published again. */
  readonly pushes?: number;
  /** Where it takes a Registrar that reads upstream again sooner than after five minutes. */
  readonly evidenceLastsSeconds?: number;
  /** Where the registry begins without any key. */
  readonly withoutKeys?: true;
  /** Everything up to the pull request that is looked at; the rest is the same for all. */
  play(show: Show): Promise<Played>;
}

/** Of the pull request that a scenario is about. */
export interface Expected {
  readonly verdict: SeenVerdict;
  readonly merged: boolean;
  /** Everything that a rule objects to, and nothing else; for a hold that a maintainer lifted, still the hold. */
  readonly findings: readonly SeenFinding[];
}

/** What a scenario acts with. */
export interface Show {
  readonly stage: Stage;
  readonly view: View;
  /** One step that people read: what somebody does, and what came of it. */
  readonly act: <T>(what: string, work: () => Promise<T>, detail?: (result: T) => string) => Promise<T>;
}

export interface Played {
  /** When the version was released, in milliseconds; the clock of `releaseToInstallableMs`. */
  readonly startedAt: number;
  /** The number of the pull request that the scenario is about. */
  readonly pullRequest: number;
}
