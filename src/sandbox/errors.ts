/** An answer that is not a success, in GitHub's form. https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api */
export interface FieldError {
  readonly resource: string;
  readonly field?: string;
  readonly code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  readonly message?: string;
  readonly value?: string;
}

export class ApiError extends Error {
  readonly status: number;
  readonly errors: readonly (FieldError | string)[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    { errors, headers = {} }: { errors?: readonly (FieldError | string)[]; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

export const badCredentials = () => new ApiError(401, "Bad credentials");
export const requiresAuthentication = () => new ApiError(401, "Requires authentication");
export const forbidden = (message = "Resource not accessible by integration") => new ApiError(403, message);
export const notFound = (message = "Not Found") => new ApiError(404, message);
export const conflict = (message: string) => new ApiError(409, message);
export const unprocessable = (message: string, errors?: readonly string[]) =>
  new ApiError(422, message, errors === undefined ? {} : { errors });
export const validationFailed = (...errors: readonly FieldError[]) =>
  new ApiError(422, "Validation Failed", { errors });
