/** Who has to act on an error. `upstream` and `us` are tried again; the other two need a person. */
export type ErrorFamily = "contributor" | "operator" | "upstream" | "us";

export type ErrorCode =
  | "bad-argument"
  | "bad-configuration"
  | "bad-environment"
  | "bad-tree"
  | "git-failed"
  | "github-conflict"
  | "github-forbidden"
  | "github-invalid"
  | "github-missing"
  | "github-rate-limited"
  | "github-unauthorized"
  | "github-unavailable"
  | "not-mergeable"
  | "head-moved"
  | "publish-failed"
  | "remote-refused"
  | "sandbox-missing"
  | "upstream-refused"
  | "upstream-unavailable"
  | "workflow-refused";

const familyOf: Readonly<Record<ErrorCode, ErrorFamily>> = {
  "bad-argument": "operator",
  "bad-configuration": "operator",
  "bad-environment": "operator",
  "bad-tree": "contributor",
  "git-failed": "us",
  "github-conflict": "us",
  "github-forbidden": "operator",
  "github-invalid": "us",
  "github-missing": "operator",
  "github-rate-limited": "upstream",
  "github-unauthorized": "operator",
  "github-unavailable": "upstream",
  "not-mergeable": "operator",
  "head-moved": "contributor",
  "publish-failed": "operator",
  "remote-refused": "operator",
  "sandbox-missing": "operator",
  "upstream-refused": "upstream",
  "upstream-unavailable": "upstream",
  "workflow-refused": "operator",
};

/**
 * An error that names who acts. The message says what happened, what was expected, what was got and the next step,
 * in plain text that is safe for a terminal.
 */
export class RegistrarError extends Error {
  readonly code: ErrorCode;
  /** Earliest moment at which trying again makes sense, where the other side named one. */
  readonly retryAt: Date | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAt?: Date } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "RegistrarError";
    this.code = code;
    this.retryAt = options.retryAt;
  }

  get family(): ErrorFamily {
    return familyOf[this.code];
  }
}

export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));
