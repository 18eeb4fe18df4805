import { addressText } from "../registry/address.ts";
import { plainText } from "../registry/plain-text.ts";
import { hold, pass, type ReviewInput, type Rule } from "./rule.ts";

export const newRecord: Rule = {
  code: "new-record",
  title: "A new address is never merged by itself",
  help: "Whoever gets an address is trusted by everybody who types it, so a maintainer looks at each new one.",
  example: "The first pull request for acme/dns.",
  liftable: true,
  per: "record",
  check: ({ change, tip }, input) => {
    if (tip !== null || change.after === null) return pass("The record exists, or is removed.");
    const address = plainText(addressText(change.address));
    return [
      hold(
        `${address} is new to this registry.${upstreamFacts(change.path, input.evidence)}`,
        `A maintainer decides whether ${address} belongs to its author.`,
      ),
    ];
  },
};

function upstreamFacts(path: string, evidence: ReviewInput["evidence"]): string {
  const found = Object.entries(evidence).find(([key]) => key.startsWith(`${path}@`))?.[1].repository;
  if (found?.kind !== "found") return "";
  const since = found.createdAt === null ? "" : `, created ${found.createdAt.slice(0, 10)}`;
  return ` Its repository is ${plainText(found.fullName)}${since}, licence ${plainText(found.license ?? "none")}.`;
}
