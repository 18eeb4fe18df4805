import { listed } from "../registry/plain-text.ts";
import type { Settings } from "../registry/settings.ts";
import type { SignatureReport } from "../upstream/signature-report.ts";
import { fail, hold, notice, pass, type Said } from "./rule.ts";

/** A signature with what surrounds it. All texts are plain. */
export interface SignatureCase {
  readonly report: SignatureReport;
  readonly policy: Pick<Settings["policy"], "unsigned" | "expiredKeys" | "weakSignatures">;
  /** Fingerprints of the keys that count, and what is wrong with the others. */
  readonly keys: { readonly usable: readonly string[]; readonly problems: readonly string[] };
  /** What is signed: `acme/dns`. */
  readonly of: string;
  readonly namespace: string;
  /** What a key that counts is called. */
  readonly keyWord: "registered key" | "given key";
  /** Where a new key of its author belongs, as people write it. */
  readonly newKey: string;
}

/** What a signature is worth: OpenTofu's answer, and where the registry is stricter. Pure. */
export function judgeSignature(one: SignatureCase): readonly Said[] {
  const { report, keys, keyWord } = one;
  const { verifiedBy } = report;
  if (verifiedBy === null || !report.accepted) return [refused(one)];
  // Checked under other keys than those that the verdict rests on.
  if (!keys.usable.includes(verifiedBy.fingerprint)) return [byUnknownKey(one, verifiedBy.fingerprint)];
  if (report.signatureExpires !== null) {
    const message = `The signature by the ${keyWord} ${verifiedBy.fingerprint} expires by itself on ${report.signatureExpires}; clients then refuse the version.`;
    return [fail(message, resign)];
  }
  const by = `the ${keyWord} ${verifiedBy.fingerprint}`;
  const said: Said[] = [];
  if (report.weak.length > 0) said.push(weak(by, one));
  if (report.expiredKey !== null) said.push(expired(by, report.expiredKey, one));
  return said.length > 0 ? said : pass(`The signature verifies with ${by}.`);
}

const resign = "Sign SHA256SUMS again (gpg --detach-sign, without --armor) and release under a new version.";

function weak(by: string, { report, policy }: SignatureCase): Said {
  const message = `The signature by ${by} is weak: ${listed(report.weak)}.`;
  return policy.weakSignatures === "hold"
    ? hold(message, "A maintainer decides whether it is good enough.", { liftable: true })
    : notice(message);
}

function expired(by: string, since: string, { policy }: SignatureCase): Said {
  const message = `The signature verifies with ${by}, which expired on ${since}; coming clients will refuse it.`;
  const next = "Extend the key and add the refreshed export to the registry.";
  return policy.expiredKeys === "hold" ? hold(message, next, { liftable: true }) : notice(message, { next });
}

/** No key at all is registered; one that cannot be used is no reason to do without. */
function unsigned({ report, policy, keys, namespace, newKey }: SignatureCase): Said {
  const signer = signers(report);
  if (policy.unsigned === "allow" && keys.problems.length === 0) {
    return notice(
      `The registry has no key for ${namespace}: clients refuse this provider from every host but registry.opentofu.org.`,
    );
  }
  return hold(
    `The registry has no usable key for ${namespace}, so nobody can tell who signed this release${signer === "" ? "" : ` (the signature names ${signer}${dated(report)})`}.`,
    `Add the author's public key as ${newKey} in a pull request of its own. This one is judged again when it is merged.`,
  );
}

function byUnknownKey({ of, report, keys, namespace, newKey }: SignatureCase, signer: string): Said {
  return hold(
    `${of} is signed by the key ${signer}, which is not registered${dated(report)}. The registry knows ${listed(keys.usable)} for ${namespace}.`,
    `If it is the author's new key, add its public half as ${newKey} in a pull request of its own (gpg --armor --export ${firstSigner(report)}). When a maintainer has merged that, this version is judged again. If it is not the author's key, the release may be forged: close this pull request.`,
  );
}

function refused(one: SignatureCase): Said {
  const { report, keys, namespace } = one;
  const signer = signers(report);
  const by = signer === "" ? "" : ` ${signer}`;
  const known = keys.usable.length === 0 ? "" : ` The registry knows ${listed(keys.usable)} for ${namespace}.`;
  switch (report.problem) {
    case "empty":
      return fail("The signature of SHA256SUMS is empty.", resign);
    case "armoured":
      return fail("The signature is armoured text; clients accept binary signatures only.", resign);
    case "not-a-signature":
      return fail("The signature of SHA256SUMS is no OpenPGP signature, or has something else in it.", resign);
    case "no-issuer":
      return fail("The signature does not say by which key it is, so no client can verify it.", resign);
    case "signature-too-large":
      return fail("The signature of SHA256SUMS is too large to be one (over 64 KiB).", resign);
    case "sums-too-large":
      return fail("SHA256SUMS is too large (over 4 MiB).", resign);
    case "no-keys":
      return keys.usable.length === 0 ? unsigned(one) : checkedWithoutKeys;
    case "unknown-key":
      return keys.usable.length === 0 ? unsigned(one) : byUnknownKey(one, signer);
    case "unreadable-key":
      return fail("A key that clients try before the right one cannot be read, and there they give up.", mendKey);
    case "revoked-key":
      return fail(`The signature is by a revoked key${by}, which clients refuse${dated(report)}.${known}`, resign);
    case "key-cannot-sign":
      return fail(`The signature is by a key${by} whose own settings do not allow it to sign data.${known}`, resign);
    case "rejected-hash":
      return fail(`The signature uses a digest that clients do not accept (${report.hash ?? "unknown"}).`, resign);
    case "unsupported":
      return fail("The signature has a critical part that no client understands.", resign);
    case "bad-signature":
    case null:
      return fail(
        `The signature of SHA256SUMS${by === "" ? "" : `, which names the key${by},`} does not verify: SHA256SUMS or its signature was changed after signing, or belongs to something else.${known}`,
        resign,
      );
  }
}

const mendKey = "Mend or leave out the key file that is named here.";

const checkedWithoutKeys: Said = {
  outcome: "retry",
  message: "The signature was checked without the registry's keys; it is checked again. This is not your fault.",
};

/** ", signed on 2026-11-23 with RSA 4096 and SHA-512", as far as the signature says. */
function dated({ createdAt, algorithm, hash }: SignatureReport): string {
  if (createdAt === null) return "";
  const how = [algorithm, hash].filter((part) => part !== null).join(" and ");
  return `; it was signed on ${createdAt.slice(0, 10)}${how === "" ? "" : ` with ${how}`}`;
}

const signers = (report: SignatureReport): string =>
  listed(report.signers.map((signer) => signer.fingerprint ?? signer.keyId));

const firstSigner = (report: SignatureReport): string =>
  report.signers[0]?.fingerprint ?? report.signers[0]?.keyId ?? "KEY";
