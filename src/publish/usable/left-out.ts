import type { Finding } from "../../registry/finding.ts";

interface Place {
  readonly code: string;
  readonly path: string;
  readonly version?: string;
  readonly pointer?: string;
}

/** Something is not published; the message says what and why. */
export function leftOut(place: Place, message: string, next?: string): Finding {
  return { ...place, outcome: "fail", message, ...(next === undefined ? {} : { next }) };
}

/** Everything is published, and yet somebody should know. */
export function noticed(place: Place, message: string, next?: string): Finding {
  return { ...place, outcome: "pass", notice: true, message, ...(next === undefined ? {} : { next }) };
}
