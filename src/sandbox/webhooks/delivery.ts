/** One attempt to deliver an event to an app. */
export interface Delivery {
  readonly id: number;
  /** `X-GitHub-Delivery`; the same for every attempt of one event. */
  readonly guid: string;
  readonly appId: number;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly deliveredAt: string;
  /** Seconds. */
  readonly duration: number;
  readonly redelivery: boolean;
  /** `OK`, or what went wrong. */
  readonly status: string;
  /** 0 when there was no answer. */
  readonly statusCode: number;
  readonly url: string;
  readonly request: { readonly headers: Readonly<Record<string, string>>; readonly payload: string };
  readonly response: { readonly headers: Readonly<Record<string, string>>; readonly payload: string };
}
