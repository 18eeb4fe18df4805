import type { Delivery } from "./webhooks/delivery.ts";

/** One request, as the sandbox saw it. */
export interface RecordedRequest {
  readonly at: string;
  readonly kind: "api" | "git" | "download" | "page";
  readonly method: string;
  readonly path: string;
  /** The path of the OpenAPI operation; null when there is none. */
  readonly template: string | null;
  readonly status: number;
  /** The login, or `anonymous`. */
  readonly actor: string;
  /** A change of what GitHub keeps; a GraphQL query is none, though it is a POST. */
  readonly write: boolean;
  /** Of a GraphQL query that was let in: its points, and for how many fields it asks at the top, `rateLimit` left out. */
  readonly graphql: { readonly cost: number; readonly aliases: number } | null;
  /** Milliseconds until the answer was complete. */
  readonly duration: number;
}

export type SandboxEvent =
  | { readonly kind: "request"; readonly request: RecordedRequest }
  | { readonly kind: "delivery"; readonly delivery: Delivery }
  | { readonly kind: "violation"; readonly text: string };

const KEPT = 20_000;

export class Log {
  readonly requests: RecordedRequest[] = [];
  readonly violations: string[] = [];
  readonly #onEvent: (event: SandboxEvent) => void;

  constructor(onEvent: (event: SandboxEvent) => void) {
    this.#onEvent = onEvent;
  }

  request(request: RecordedRequest): void {
    this.requests.push(request);
    if (this.requests.length > KEPT) this.requests.shift();
    this.#onEvent({ kind: "request", request });
  }

  violation(text: string): void {
    this.violations.push(text);
    this.#onEvent({ kind: "violation", text });
  }
}
