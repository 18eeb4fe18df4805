import { addressText } from "../registry/address.ts";
import { listed, plainText } from "../registry/plain-text.ts";
import type { Evidence } from "../upstream/evidence.ts";
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
  const read = Object.entries(evidence).flatMap(([key, one]) => (key.startsWith(`${path}@`) ? [one] : []));
  const found = read[0]?.repository;
  if (found?.kind !== "found") return "";
  const since = found.createdAt === null ? "" : `, created ${found.createdAt.slice(0, 10)}`;
  const repository = ` Its repository is ${plainText(found.fullName)}${since}, licence ${plainText(found.license ?? "none")}.`;
  return `${repository}${tagFacts(read)}`;
}

/** A module is its tags: what they name is what users would get. */
function tagFacts(read: readonly Evidence[]): string {
  const tags = read.flatMap((one) => (one.kind === "module" && one.tag.kind === "found" ? [one.tag] : []));
  if (tags.length === 0) return "";
  return ` Its tags: ${listed(
    tags.map(({ name, commit }) => `${plainText(name, 60)} is commit ${commit}`),
    3,
  )}.`;
}
