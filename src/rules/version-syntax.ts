import { quoted } from "../registry/plain-text.ts";
import { parseVersion, suggestVersion } from "../registry/version.ts";
import { fail, pass, type Rule } from "./rule.ts";

export const versionSyntax: Rule = {
  code: "version-syntax",
  title: "A version is canonical SemVer",
  help: "One version that clients cannot parse makes every version of the provider uninstallable, so it is never listed. Tag the release vMAJOR.MINOR.PATCH (a pre-release adds -NAME) without build metadata.",
  example: '"1.3" instead of "1.3.0".',
  liftable: false,
  per: "version",
  check: ({ entry, change }) => {
    const parsed = parseVersion(entry.version, change.address.kind);
    if (parsed.ok) return pass("The version is canonical SemVer.");
    const pointer = `/versions/${entry.index}/version`;
    // A tag's v is written by habit; any other correction would be a version that nobody has released.
    const bare = entry.version.slice(1);
    const isTag = entry.version.startsWith("v") && parseVersion(bare, "provider").ok;
    return [
      fail(
        `The version ${quoted(entry.version, 140)} ${parsed.problem}.`,
        isTag
          ? `Write ${quoted(bare)} in the record; the release itself is fine.`
          : `Release again under a tag such as v${suggestVersion(entry.version) ?? "1.2.3"}; one version like this one would make clients refuse every version of the record.`,
        { pointer, ...(isTag ? { fix: { kind: "set", pointer, value: bare } } : {}) },
      ),
    ];
  },
};
