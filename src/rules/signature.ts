import { addressText, type ProviderAddress } from "../registry/address.ts";
import { keysFolder } from "../registry/namespaces.ts";
import { listed, plainText } from "../registry/plain-text.ts";
import type { SignatureReport } from "../upstream/signature-report.ts";
import {
  fail,
  hold,
  notice,
  pass,
  type ReviewInput,
  type Rule,
  retry,
  type Said,
  waitFor,
  waitForUpstream,
} from "./rule.ts";

export const signature: Rule = {
  code: "signature",
  title: "SHA256SUMS is signed by a key that the registry has for this provider",
  help: "Clients refuse a provider whose SHA256SUMS has no valid binary detached signature by a registered key. A new key is registered once, in a pull request of its own that adds keys/NAMESPACE/NAME.asc.",
  example: "A release signed with a new key that nobody has registered.",
  liftable: false,
  per: "provider-version",
  upstream: true,
  check: ({ change, evidence }, input) => {
    const { address } = change;
    const wait = waitForUpstream(evidence, input);
    if (evidence === null || wait !== null) return wait ?? [];
    for (const part of [evidence.sums, evidence.signature]) if (part.kind === "unavailable") return waitFor(part);
    if (evidence.signature.kind === "missing") {
      return [fail(evidence.signature.reason, "Sign SHA256SUMS and release again under a new version.")];
    }
    const keys = input.keys[change.path];
    if (keys === undefined) return [retry("The registry's keys have not been read.", null)];
    if (evidence.sums.kind === "missing") return [fail(evidence.sums.reason, "Release again, with SHA256SUMS.")];
    if (evidence.signatureReport === null) return [retry("The signature has not been checked.", null)];
    const context = { report: evidence.signatureReport, address, keys, input };
    return [...keys.problems.map((problem) => notice(problem)), ...judgeReport(context)];
  },
};

interface Context {
  readonly report: SignatureReport;
  readonly address: ProviderAddress;
  readonly keys: ReviewInput["keys"][string];
  readonly input: ReviewInput;
}

function judgeReport(context: Context): readonly Said[] {
  const { report, keys, input } = context;
  const { verifiedBy } = report;
  if (verifiedBy === null || !report.accepted) return [refused(context)];
  // Checked under other keys than those that the verdict rests on.
  if (!keys.usable.includes(verifiedBy.fingerprint)) return [byUnknownKey(context, verifiedBy.fingerprint)];
  if (report.signatureExpires !== null) {
    return [
      fail(`The signature expires by itself on ${report.signatureExpires}; clients then refuse the version.`, resign),
    ];
  }
  const by = `the registered key ${verifiedBy.fingerprint}`;
  const said: Said[] = [];
  if (report.weak.length > 0) said.push(weak(by, report.weak, input));
  if (report.expiredKey !== null) said.push(expired(by, report.expiredKey, input));
  return said.length > 0 ? said : pass(`The signature verifies with ${by}.`);
}

const resign = "Sign SHA256SUMS again (gpg --detach-sign, without --armor) and release under a new version.";

function weak(by: string, reasons: readonly string[], input: ReviewInput): Said {
  const message = `The signature by ${by} is weak: ${listed(reasons)}.`;
  return input.settings.policy.weakSignatures === "hold"
    ? hold(message, "A maintainer decides whether it is good enough.", { liftable: true })
    : notice(message);
}

function expired(by: string, since: string, input: ReviewInput): Said {
  const message = `The signature verifies with ${by}, which expired on ${since}; coming clients will refuse it.`;
  const next = "Extend the key and add the refreshed export to the registry.";
  return input.settings.policy.expiredKeys === "hold"
    ? hold(message, next, { liftable: true })
    : notice(message, { next });
}

/** No key at all is registered; one that cannot be used is no reason to do without. */
function unsigned({ address, report, keys, input }: Context): Said {
  const namespace = plainText(address.namespace);
  const signer = signers(report);
  if (input.settings.policy.unsigned === "allow" && keys.problems.length === 0) {
    return notice(
      `The registry has no key for ${namespace}: clients refuse this provider from every host but registry.opentofu.org.`,
    );
  }
  return hold(
    `The registry has no usable key for ${namespace}, so nobody can tell who signed this release${signer === "" ? "" : ` (the signature names ${signer})`}.`,
    `Add the author's public key as ${newKey(address, input)} in a pull request of its own. This one is judged again when it is merged.`,
  );
}

/** Where a new key of a provider's author belongs, as people write it. */
const newKey = ({ namespace }: ProviderAddress, { layout, settings: { namespaces } }: ReviewInput): string =>
  `${plainText(keysFolder(namespace, { layout, namespaces }))}/NAME.asc`;

function byUnknownKey({ address, report, keys, input }: Context, signer: string): Said {
  const namespace = plainText(address.namespace);
  return hold(
    `${plainText(addressText(address))} is signed by the key ${signer}, which is not registered. The registry knows ${listed(keys.usable)} for ${namespace}.`,
    `If it is the author's new key, add its public half as ${newKey(address, input)} in a pull request of its own (gpg --armor --export ${firstSigner(report)}). When a maintainer has merged that, this version is judged again. If it is not the author's key, the release may be forged: close this pull request.`,
  );
}

function refused(context: Context): Said {
  const { report, address, keys } = context;
  const namespace = plainText(address.namespace);
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
      return keys.usable.length === 0 ? unsigned(context) : checkedWithoutKeys;
    case "unknown-key":
      return keys.usable.length === 0 ? unsigned(context) : byUnknownKey(context, signers(report));
    case "revoked-key":
      return fail("The signature is by a revoked key, which clients refuse.", resign);
    case "key-cannot-sign":
      return fail("The signature is by a key whose own settings do not allow it to sign data.", resign);
    case "rejected-hash":
      return fail("The signature uses a digest that clients do not accept (MD5 or RIPEMD-160).", resign);
    case "unsupported":
      return fail("The signature has a critical part that no client understands.", resign);
    case "bad-signature":
    case null:
      return fail(
        `The signature of SHA256SUMS does not verify: SHA256SUMS or its signature was changed after signing, or belongs to something else. The registry knows ${listed(keys.usable)} for ${namespace}.`,
        resign,
      );
  }
}

const checkedWithoutKeys: Said = {
  outcome: "retry",
  message: "The signature was checked without the registry's keys; it is checked again. This is not your fault.",
};

const signers = (report: SignatureReport): string =>
  listed(report.signers.map((signer) => signer.fingerprint ?? signer.keyId));

const firstSigner = (report: SignatureReport): string =>
  report.signers[0]?.fingerprint ?? report.signers[0]?.keyId ?? "KEY";
