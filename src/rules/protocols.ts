import { listed, quoted } from "../registry/plain-text.ts";
import { fail, pass, type Rule } from "./rule.ts";

export const protocols: Rule = {
  code: "protocols",
  title: "A client speaks one of the version's plugin protocols",
  help: "Clients speak the plugin protocols 5 and 6. A version that has neither cannot be installed by anybody; one protocol that clients cannot parse makes them refuse the whole version. The protocols stand in the release's manifest, metadata.protocol_versions.",
  example: 'A manifest with "protocol_versions": ["4.0"].',
  liftable: false,
  per: "provider-version",
  upstream: true,
  check: ({ entry }) => {
    const problem = problemOf(entry.raw.protocols);
    if (problem === null) return pass("A client speaks one of the protocols.");
    const next = "List the protocols in the release's manifest as its provider speaks them, and release a new version.";
    return [fail(problem, next, { pointer: `/versions/${entry.index}/protocols` })];
  },
};

/** Client contract, sections 4 and 6: a protocol that is no version fails the document, a number of 2^64 crashes clients. */
function problemOf(list: unknown): string | null {
  const all: readonly unknown[] = Array.isArray(list) ? list : [];
  const odd = all.find(
    (item) => typeof item !== "string" || !/^(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8}))?$/.test(item),
  );
  if (odd !== undefined) return `The protocol ${quoted(odd, 60)} is not of the form MAJOR.MINOR.`;
  if (all.some((item) => /^[56](?:\.|$)/.test(String(item)))) return null;
  return `No client speaks its protocols (${listed(all.map((item) => quoted(item, 60)))}); one must be 5.x or 6.x.`;
}
