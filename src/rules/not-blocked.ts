import { addressText } from "../registry/address.ts";
import { blockedAddress } from "../registry/blocked.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import type { RecordEntry } from "../registry/record.ts";
import { fail, orPass, type ReviewInput, type Rule, type Said, type VersionSubject } from "./rule.ts";

export const notBlocked: Rule = {
  code: "not-blocked",
  title: "Nothing is taken in that the registry has blocked",
  help: "The registry's maintainers can block addresses, accounts and signing keys, in the configuration of the registry. What is published already stays as it is: to take that back, withdraw it.",
  example: "A new version of an address that the configuration lists in `blocked`.",
  liftable: false,
  per: "version",
  check: (subject, input) =>
    orPass(
      [...ofAddress(subject, input), ...ofOwner(subject, input), ...ofKey(subject, input)],
      "Neither the address nor its owner nor a key of this version is blocked.",
    ),
};

const next = "Ask the maintainers of this registry why. As long as it is blocked, nothing of it can be added.";

function ofAddress({ change }: VersionSubject, { settings }: ReviewInput): Said[] {
  const entry = blockedAddress(change.address, settings.blocked);
  if (entry === undefined) return [];
  const address = plainText(addressText(change.address));
  return [fail(`${address} is blocked in this registry: its configuration lists ${quoted(entry)}.`, next)];
}

/** The owner as GitHub says it now, as the base has recorded it, and as the change would record it. */
function ofOwner({ change, tip, evidence }: VersionSubject, { settings }: ReviewInput): Said[] {
  const now = evidence?.repository.kind === "found" ? [evidence.repository.ownerId] : [];
  const ids = new Set<unknown>([...now, tip?.rawHead.owner_id, change.after?.rawHead.owner_id]);
  const blocked = settings.blocked.owners.find((id) => ids.has(id));
  return blocked === undefined
    ? []
    : [fail(`The account with the id ${blocked}, which it comes from, is blocked in this registry.`, next)];
}

/** By the key that verified, by those that the signature names (also by a key's id alone), and by what the entry claims. */
function ofKey({ entry, evidence }: VersionSubject, { settings }: ReviewInput): Said[] {
  const report = evidence?.kind === "provider" ? evidence.signatureReport : null;
  const named = (report?.signers ?? []).map(({ fingerprint, keyId }) => fingerprint ?? keyId);
  const all = [...named, report?.verifiedBy?.fingerprint, claimedKey(entry)].filter((key) => key !== undefined);
  const blocked = settings.blocked.fingerprints.find((key) => all.some((used) => isKey(key, used.toUpperCase())));
  return blocked === undefined
    ? []
    : [fail(`It is signed by the key ${blocked}, which is blocked in this registry.`, next)];
}

/** Long key ids are the end of a version 4 fingerprint (RFC 4880, section 12.2), and the beginning of a later one (RFC 9580, 5.5.4). */
const isKey = (blocked: string, used: string): boolean =>
  used === blocked ||
  (used.length === 16 && (blocked.length === 40 ? blocked.endsWith(used) : blocked.startsWith(used)));

function claimedKey({ raw }: RecordEntry): string | undefined {
  return typeof raw.signed_by === "string" ? raw.signed_by : undefined;
}
