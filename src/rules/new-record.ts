import { addressText } from "../registry/address.ts";
import { listed, plainText, quoted } from "../registry/plain-text.ts";
import type { Evidence } from "../upstream/evidence.ts";
import { hold, type KnownSimilar, pass, type ReviewInput, type Rule } from "./rule.ts";

export const newRecord: Rule = {
  code: "new-record",
  title: "A new address is never merged by itself",
  help: "Whoever gets an address is trusted by everybody who types it, so a maintainer looks at each new one. The hold shows what there is to look at: the repository, its owner, age and licence, the first verified release, and names that it could be taken for.",
  example: "The first pull request for acme/dns.",
  liftable: true,
  per: "record",
  check: ({ change, tip }, input) => {
    if (tip !== null || change.after === null) return pass("The record exists, or is removed.");
    const address = plainText(addressText(change.address));
    const facts = [...upstreamFacts(change.path, input.evidence), ...similarFacts(input.similar?.[change.path] ?? [])];
    return [
      hold(
        [`${address} is new to this registry.`, ...facts].join(" "),
        `A maintainer decides whether ${address} belongs to its author.`,
      ),
    ];
  },
};

function upstreamFacts(path: string, evidence: ReviewInput["evidence"]): readonly string[] {
  const read = Object.entries(evidence).flatMap(([key, one]) => (key.startsWith(`${path}@`) ? [one] : []));
  const found = read[0]?.repository;
  if (found?.kind !== "found") return [];
  const since = found.createdAt === null ? "" : `, created ${found.createdAt.slice(0, 10)}`;
  const owner = plainText(found.fullName.split("/", 1)[0] ?? "");
  return [
    `Its repository is ${plainText(found.fullName)}${since}, licence ${plainText(found.license ?? "none")}; its owner is the account ${owner} (id ${found.ownerId}).`,
    ...firstVerified(read),
    ...tagFacts(read),
  ];
}

/** Since when its author has signed releases by a key that the registry knows. */
function firstVerified(read: readonly Evidence[]): readonly string[] {
  const releases = read.flatMap((one) => (one.kind === "provider" && one.release.kind === "found" ? [one] : []));
  if (releases.length === 0) return [];
  const verified = releases
    .filter(({ signatureReport }) => signatureReport?.accepted === true)
    .flatMap(({ version, release }) => (release.kind === "found" ? [{ version, at: release.publishedAt }] : []))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const [first] = verified;
  if (first === undefined) return ["No registered key verifies a release of it."];
  return [`Its first verified release here is ${plainText(first.version, 60)} of ${plainText(first.at.slice(0, 10))}.`];
}

/** A module is its tags: what they name is what users would get. */
function tagFacts(read: readonly Evidence[]): readonly string[] {
  const tags = read.flatMap((one) => (one.kind === "module" && one.tag.kind === "found" ? [one.tag] : []));
  const named = tags.map(({ name, commit }) => `${plainText(name, 60)} is commit ${commit}`);
  return named.length === 0 ? [] : [`Its tags: ${listed(named, 3)}.`];
}

/** Shown, never decided: many names are alike for good reasons. */
function similarFacts(similar: readonly KnownSimilar[]): readonly string[] {
  if (similar.length === 0) return [];
  const shown = similar.map(({ name, how, path, owner, since }) => {
    const age = since === null ? "" : `, first version of ${since}`;
    return path === null
      ? `${quoted(name)} (${how})`
      : `${quoted(name)} (${how}; of the account ${quoted(owner)}${age})`;
  });
  return [`It could be taken for ${shown.join(", ")}.`];
}
