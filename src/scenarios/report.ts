import type { Expected } from "./scenario.ts";
import type { SeenFinding, SeenVerdict } from "./view.ts";

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
  readonly expected: Expected;
  readonly steps: readonly Step[];
  /** The one that the scenario is about, where there are several. */
  readonly pullRequest: {
    readonly number: number;
    readonly url: string;
    readonly verdict: SeenVerdict | null;
    /** Everything that a rule objects to, as the check on its head says; also what a maintainer has lifted. */
    readonly findings: readonly SeenFinding[];
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
        /** The version that the client asked for, of the address that the scenario is about. */
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
