/** What a publisher that is to be killed is told. */
export interface KillOrder {
  readonly target: string;
  readonly repository: string;
  readonly data: string | null;
  readonly endpoint: string | null;
  readonly commit: string;
  /** With the gits that it has started; otherwise those live on. */
  readonly isGroup: boolean;
  /** Null: it is killed from outside. */
  readonly at: KillStep | null;
}

/** `within`: with half a file written, or so many milliseconds after the start of a git. */
export interface KillStep {
  /** Counted from 1: among all steps, or among those that change what is published, or bring that about. */
  readonly of: "steps" | "writes";
  readonly step: number;
  readonly when: "before" | "within" | "after";
  readonly pause: number;
}

/** How long a publication takes that is left alone. */
export interface Length {
  readonly ms: number;
  readonly steps: number;
  readonly writes: number;
}

/** By the clock from outside, or at one of its steps. */
export type KillMoment = { readonly kind: "time"; readonly ms: number } | ({ readonly kind: "step" } & KillStep);

/** A moment somewhere in a publication, or right after it. */
export function randomMoment(random: () => number, length: Length): KillMoment {
  if (random() < 0.35) return { kind: "time", ms: random() * length.ms * 1.1 };
  const of = random() < 0.3 ? "steps" : "writes";
  const when = (["before", "within", "after"] as const)[Math.floor(random() * 3)] ?? "before";
  return { kind: "step", of, step: 1 + Math.floor(random() * length[of]), when, pause: random() * 5 };
}

/** Numbers from 0 to 1 that follow from a seed. https://github.com/cprosche/mulberry32 */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Where in their publications the kills came. */
export interface Spread {
  before: number;
  between: number;
  after: number;
  /** Of all of them: those of a publication that had to repair what an earlier kill left. */
  repairs: number;
}
