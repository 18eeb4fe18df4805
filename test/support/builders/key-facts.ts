import type { KeyFileFacts } from "../../../src/rules/key-facts.ts";
import type { ParsedKey } from "../../../src/upstream/parsed-key.ts";

/** A key as `readKeys` gives it: Ed25519, of 2026, for ever. */
export function parsedKey(more: Partial<ParsedKey> = {}): ParsedKey {
  const fingerprint = more.fingerprint ?? "C3".repeat(20);
  const keyId = fingerprint.slice(-16);
  const createdAt = "2026-01-01T00:00:00.000Z";
  return {
    kind: "key",
    path: "keys/acme/new.asc",
    fingerprint,
    keyIds: [keyId],
    userIds: ["Acme <releases@acme.example>"],
    algorithm: "Ed25519",
    createdAt,
    expiresAt: null,
    revoked: false,
    signingKeys: [
      { keyId, fingerprint, algorithm: "Ed25519", signs: true, revoked: false, createdAt, expiresAt: null, weak: [] },
    ],
    armor: "",
    ...more,
  };
}

/** What is known of a key file that signs for acme/dns and verifies its one version. */
export const keyFacts = (more: Partial<KeyFileFacts> = {}): KeyFileFacts => ({
  before: [],
  after: [parsedKey()],
  covers: ["acme/dns"],
  sameElsewhere: [],
  look: {
    records: { of: 1, read: 1 },
    versions: 1,
    looked: 1,
    verified: ["acme/dns 1.0.0"],
    lost: [],
    gone: [],
    ...more.look,
  },
  standing: { kind: "stranger", login: "carl", account: "acme" },
  otherOwners: [],
  unavailable: null,
  ...more,
});
