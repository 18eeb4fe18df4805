import type { SeenVerdict } from "./view.ts";

export interface Step {
  readonly name: string;
  readonly ok: boolean;
  readonly ms: number;
}

/** What `registrar sandbox --once --json` prints. */
export interface ScenarioReport {
  /** Whether everything ended as the scenario expects; for a tampered release that means: unmerged. */
  readonly ok: boolean;
  readonly scenario: string;
  readonly expected: { readonly verdict: SeenVerdict; readonly merged: boolean };
  readonly steps: readonly Step[];
  readonly pullRequest: {
    readonly number: number;
    readonly url: string;
    readonly verdict: SeenVerdict | null;
    readonly merged: boolean;
    readonly headSha: string;
    /** The living comment, Markdown. */
    readonly comment: string | null;
  } | null;
  readonly published: { readonly to: string; readonly commit: string | null; readonly documents: number } | null;
  readonly client:
    | {
        readonly program: string;
        readonly version: string;
        /** The provider version that the client asked for. */
        readonly asked: string;
        /** What it installed; null where it refused, as it must for what is not in the registry. */
        readonly installed: string | null;
      }
    | { readonly skipped: string }
    | null;
  /** From publishing the release to its version being in the published list; null where it never is. */
  readonly releaseToInstallableMs: number | null;
  /** Requests that GitHub's own description does not allow; always empty. */
  readonly violations: readonly string[];
  readonly error?: string;
}
