import type { startRegistrar } from "../app/start.ts";
import type { Finding, Outcome } from "../registry/finding.ts";
import type { ProfiledPlace } from "./code-profile.ts";
import type { Measured } from "./own-time.ts";

/** What one review said and did. */
export interface SeenReview {
  readonly number: number;
  readonly outcome: Outcome;
  readonly decision: string;
  readonly merged: boolean;
  /** Everything but plain passes. */
  readonly findings: readonly Finding[];
}

export type ToProduct =
  | {
      readonly kind: "start";
      readonly environment: Parameters<typeof startRegistrar>[0];
      readonly pausesMs: readonly number[];
    }
  /** Wants to know when no job waits or runs. */
  | { readonly kind: "rest"; readonly id: number }
  | { readonly kind: "profile" }
  | { readonly kind: "measure"; readonly id: number }
  | { readonly kind: "stop" };

export type FromProduct =
  | { readonly kind: "started"; readonly url: string }
  | { readonly kind: "reviewed"; readonly review: SeenReview }
  | { readonly kind: "failed" | "dead"; readonly job: string; readonly error: string }
  | { readonly kind: "rests"; readonly id: number }
  | { readonly kind: "measured"; readonly id: number; readonly measured: Measured }
  | { readonly kind: "stopped"; readonly profile: readonly ProfiledPlace[] };
