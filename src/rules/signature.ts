import { addressText, type ProviderAddress } from "../registry/address.ts";
import { keysFolder } from "../registry/namespaces.ts";
import { plainText } from "../registry/plain-text.ts";
import { judgeSignature } from "./judge-signature.ts";
import { fail, notice, type ReviewInput, type Rule, retry, waitFor, waitForUpstream } from "./rule.ts";

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
    const said = judgeSignature({
      report: evidence.signatureReport,
      policy: input.settings.policy,
      keys,
      of: plainText(addressText(address)),
      namespace: plainText(address.namespace),
      keyWord: "registered key",
      newKey: newKey(address, input),
    });
    return [...keys.problems.map((problem) => notice(problem)), ...said];
  },
};

/** Where a new key of a provider's author belongs, as people write it. */
const newKey = ({ namespace }: ProviderAddress, { layout, settings: { namespaces } }: ReviewInput): string =>
  `${plainText(keysFolder(namespace, { layout, namespaces }))}/NAME.asc`;
