import { createHmac, randomUUID } from "node:crypto";

export interface SignedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A webhook request as GitHub sends it. */
export function signed(
  event: string,
  payload: unknown,
  options: { readonly secret: string; readonly id?: string; readonly body?: string },
): SignedDelivery {
  const body = options.body ?? JSON.stringify(payload);
  return {
    body,
    headers: {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/5a4d0b0",
      "x-github-event": event,
      "x-github-delivery": options.id ?? randomUUID(),
      "x-hub-signature-256": `sha256=${createHmac("sha256", options.secret).update(body).digest("hex")}`,
    },
  };
}
