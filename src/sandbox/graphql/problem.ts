/** One entry of `errors` in an answer. https://spec.graphql.org/October2021/#sec-Errors; `type` is GitHub's own. */
export interface GraphqlProblem {
  readonly type?: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly message: string;
}

/** What a field answers instead of a value: null at its place, and an entry in `errors` that names the place. */
export class FieldError extends Error {
  readonly type: string;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;

  constructor(type: string, message: string, extensions?: Readonly<Record<string, unknown>>) {
    super(message);
    this.type = type;
    this.extensions = extensions;
  }
}

export const couldNotResolve = (kind: string, by: string): FieldError =>
  new FieldError("NOT_FOUND", `Could not resolve to a ${kind} with the ${by}.`);

/** As GitHub says it; the extension tells it from a missing single sign-on. */
export const accessForbidden = (message: string): FieldError =>
  new FieldError("FORBIDDEN", message, { saml_failure: false });
