import { listed, quoted } from "../../registry/plain-text.ts";

/**
 * Why no client speaks any of a version's plugin protocols; undefined when one does. Clients speak 5 and 6, and take an
 * empty list as "any" (client contract, section 4).
 */
export function protocolsProblem(protocols: readonly string[]): string | undefined {
  const odd = protocols.find((protocol) => !/^(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8}))?$/.test(protocol));
  // One that a client cannot parse fails the document, and numbers of 2^64 or more crash clients (section 6).
  if (odd !== undefined) return `the protocol ${quoted(odd)} is not of the form MAJOR.MINOR`;
  if (protocols.length === 0 || protocols.some((protocol) => /^[56](?:\.|$)/.test(protocol))) return undefined;
  return `no client speaks its protocols (${listed(protocols)}); one must be 5.x or 6.x`;
}
