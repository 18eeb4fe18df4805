import { listed, plainText, quoted } from "../registry/plain-text.ts";
import type { ParsedKey, ParsedKeyFile } from "../upstream/parsed-key.ts";
import type { KeyFileFacts, KeyLook, Standing } from "./key-facts.ts";

/** `FPR (Ed25519, made on 2026-01-01, never expires) of "Acme <releases@acme.example>"`; plain text. */
export function keyText(key: ParsedKey, now: string): string {
  const { fingerprint, algorithm, createdAt, expiresAt, userIds, revoked, signingKeys } = key;
  const weak = [...new Set(signingKeys.flatMap((one) => one.weak))];
  const facts = [
    algorithm,
    `made on ${createdAt.slice(0, 10)}`,
    expiryText(expiresAt, now),
    ...(revoked ? ["revoked"] : []),
    ...(weak.length > 0 ? [`weak: ${listed(weak)}`] : []),
  ];
  const names = userIds.slice(0, 3).map((userId) => quoted(userId, 100));
  return `${fingerprint} (${facts.join(", ")}) of ${listed(names, 3)}`;
}

export function expiryText(expiresAt: string | null, now: string): string {
  if (expiresAt === null) return "never expires";
  return `${expiresAt < now ? "expired" : "expires"} on ${expiresAt.slice(0, 10)}`;
}

/** What happens to a file, in one sentence. */
export function changeText(name: string, { before, after, now }: KeyChangeOf): string {
  const [old, fresh] = [keysIn(before), keysIn(after)];
  const [was] = old;
  const [is] = fresh;
  if (is === undefined) {
    return was === undefined
      ? `${name} is a signing key.`
      : `${name} is removed, and with it the key ${texts(old, now)}.`;
  }
  if (was === undefined) return `${name} adds the key ${texts(fresh, now)}.`;
  if (was.fingerprint !== is.fingerprint) {
    return `${name} puts the key ${texts(fresh, now)} in place of ${texts(old, now)}.`;
  }
  const news = [
    ...(is.revoked && !was.revoked ? ["it is revoked now"] : []),
    ...(is.expiresAt === was.expiresAt
      ? []
      : [`it ${expiryText(is.expiresAt, now)}, and ${expiryText(was.expiresAt, now)} before`]),
    ...(is.keyIds.join() === was.keyIds.join() ? [] : ["its signing subkeys are others"]),
  ];
  return `${name} is another export of the same key ${texts(fresh, now)}: ${news.length === 0 ? "nothing that clients see differs" : news.join("; ")}.`;
}

interface KeyChangeOf extends Pick<KeyFileFacts, "before" | "after"> {
  readonly now: string;
}

const keysIn = (files: readonly ParsedKeyFile[]): readonly ParsedKey[] => files.filter((file) => file.kind === "key");
const texts = (keys: readonly ParsedKey[], now: string): string =>
  listed(
    keys.map((key) => keyText(key, now)),
    3,
  );

export function coversText(covers: readonly string[]): string {
  if (covers.length === 0) return "No provider of the registry is signed for by keys in this place.";
  const what = covers.length === 1 ? "one address" : `${covers.length} addresses`;
  return `It signs for ${what}: ${listed(
    covers.map((one) => plainText(one, 140)),
    20,
  )}.`;
}

export function lookText({ records, versions, looked, verified, gone }: KeyLook): string {
  if (versions === 0) return "No published version can be held against it.";
  const rest = records.read < records.of ? ` (in ${records.read} of ${records.of} records)` : "";
  const of =
    (looked === versions
      ? `the ${versions} published versions`
      : `the newest ${looked} of ${versions} published versions`) + rest;
  const missing = gone.length === 0 ? "" : ` The signed sums of ${listed(shown(gone))} are no longer there.`;
  if (verified.length === 0) return `It verifies none of ${of}.${missing}`;
  return `It verifies ${verified.length} of ${of}: ${listed(shown(verified), 10)}.${missing}`;
}

export const lostText = (lost: readonly string[]): string =>
  `${lost.length === 1 ? "One published version" : `${lost.length} published versions`} can then no longer be verified, and leave the published registry: ${listed(shown(lost), 10)}.`;

export function standingText(standing: Standing): string | null {
  switch (standing.kind) {
    case "owner":
      return `Proposed by ${login(standing.login)}, the account that the namespace is named after.`;
    case "member":
      return `Proposed by ${login(standing.login)}, a public member of the organisation ${login(standing.organization)}.`;
    case "stranger":
      return `Proposed by ${login(standing.login)}, who is neither the account ${login(standing.account)} nor publicly a member of it.`;
    case "no-account":
      return `Nobody has the account ${login(standing.account)} on GitHub, which the namespace is named after.`;
    case "registrar":
      return "Proposed by Registrar itself (registrar keys propose).";
    case "nobody":
      return null;
  }
}

export const otherOwnersText = (owners: readonly number[]): string =>
  `The account of that name is not the one that the records were made for (recorded owner ${listed(owners.map(String))}): the name may have changed hands.`;

const shown = (versions: readonly string[]): readonly string[] => versions.map((one) => plainText(one, 140));
const login = (text: string): string => plainText(text, 60);
