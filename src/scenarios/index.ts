import { headMoved, rewrittenVersion } from "./by-hand.ts";
import { badChecksum, badSignature, good, notSemver, unknownKey } from "./released.ts";
import type { Scenario } from "./scenario.ts";

/** Every scenario, in the order in which they are listed. */
export const scenarios: readonly Scenario[] = [
  good,
  badChecksum,
  badSignature,
  unknownKey,
  rewrittenVersion,
  notSemver,
  headMoved,
];
