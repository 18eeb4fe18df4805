import { addressText, type ProviderAddress } from "../registry/address.ts";
import { listed, plainText } from "../registry/plain-text.ts";
import type { SignatureReport } from "../upstream/signature-report.ts";
import { fail, hold, notice, pass, type ReviewInput, type Rule, retry, type Said } from "./rule.ts";

export const signature: Rule = {
  code: "signature",
  title: "SHA256SUMS is signed by a key that the registry has for this provider",
  help: "Clients refuse a provider whose SHA256SUMS has no valid binary detached signature by a registered key. A new key is registered once, in a pull request of its own that adds keys/NAMESPACE/NAME.asc.",
  example: "A release signed with a new key that nobody has registered.",
  liftable: false,
  per: "version",
  check: ({ change, evidence }, input) => {
    const { address } = change;
    if (address.kind === "module") return pass("Modules are not signed.");
    if (evidence === null) return [retry("The release has not been read.", null)];
    const file = evidence.signature;
    if (file.kind === "unavailable") return [retry(`${file.reason} This is not your fault.`, file.retryAt)];
    if (file.kind === "missing") return [fail(file.reason, "Sign SHA256SUMS and release again under a new version.")];
    const keys = input.keys[change.path] ?? { usable: [], problems: [] };
    if (evidence.signatureReport === null)
      return [fail("There is no SHA256SUMS that could be signed.", "Release again.")];
    const context = { report: evidence.signatureReport, address, known: keys.usable, input };
    return [...keys.problems.map((problem) => notice(problem)), ...judgeReport(context)];
  },
};

interface Context {
  readonly report: SignatureReport;
  readonly address: ProviderAddress;
  readonly known: readonly string[];
  readonly input: ReviewInput;
}

function judgeReport(context: Context): readonly Said[] {
  const { report, known, input } = context;
  if (known.length === 0) return [unsigned(context)];
  if (!report.accepted) return [refused(context)];
  if (report.signatureExpires !== null) {
    return [
      fail(`The signature expires by itself on ${report.signatureExpires}; clients then refuse the version.`, resign),
    ];
  }
  const by = `the registered key ${report.verifiedBy?.fingerprint ?? "?"}`;
  const said: Said[] = [];
  if (report.weak.length > 0 && input.settings.policy.weakSignatures === "hold") {
    said.push(
      hold(
        `The signature by ${by} is weak: ${listed(report.weak)}.`,
        "A maintainer decides whether it is good enough.",
        {
          liftable: true,
        },
      ),
    );
  }
  if (report.expiredKey !== null) said.push(expired(by, report.expiredKey, input));
  return said.length > 0 ? said : pass(`The signature verifies with ${by}.`);
}

const resign = "Sign SHA256SUMS again (gpg --detach-sign, without --armor) and release under a new version.";

function expired(by: string, since: string, input: ReviewInput): Said {
  const message = `The signature verifies with ${by}, which expired on ${since}; coming clients will refuse it.`;
  const next = "Extend the key and add the refreshed export to the registry.";
  return input.settings.policy.expiredKeys === "hold"
    ? hold(message, next, { liftable: true })
    : notice(message, { next });
}

function unsigned({ address, report, input }: Context): Said {
  const namespace = plainText(address.namespace);
  const signer = signers(report);
  if (input.settings.policy.unsigned === "allow") {
    return notice(
      `The registry has no key for ${namespace}: clients refuse this provider from every host but registry.opentofu.org.`,
    );
  }
  return hold(
    `The registry has no key for ${namespace}, so nobody can tell who signed this release${signer === "" ? "" : ` (the signature names ${signer})`}.`,
    `Add the author's public key as keys/${namespace}/NAME.asc in a pull request of its own. This one is judged again when it is merged.`,
  );
}

function refused({ report, address, known }: Context): Said {
  const namespace = plainText(address.namespace);
  switch (report.problem) {
    case "unknown-key":
      return hold(
        `${plainText(addressText(address))} is signed by the key ${signers(report)}, which is not registered. The registry knows ${listed(known)} for ${namespace}.`,
        `If it is the author's new key, add its public half as keys/${namespace}/NAME.asc in a pull request of its own (gpg --armor --export ${firstSigner(report)}). When a maintainer has merged that, this version is judged again. If it is not the author's key, the release may be forged: close this pull request.`,
      );
    case "armoured":
      return fail("The signature is armoured text; clients accept binary signatures only.", resign);
    case "revoked-key":
      return fail("The signature is by a revoked key, which clients refuse.", resign);
    default:
      return fail(
        `The signature of SHA256SUMS does not verify (${report.problem ?? "bad signature"}): SHA256SUMS or its signature was changed after signing, or belongs to something else. The registry knows ${listed(known)} for ${namespace}.`,
        resign,
      );
  }
}

const signers = (report: SignatureReport): string =>
  listed(report.signers.map((signer) => signer.fingerprint ?? signer.keyId));

const firstSigner = (report: SignatureReport): string =>
  report.signers[0]?.fingerprint ?? report.signers[0]?.keyId ?? "KEY";
