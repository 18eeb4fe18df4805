import { quoted } from "../registry/plain-text.ts";
import { publishedVersionKey } from "../registry/version.ts";
import { withdrawnVersions } from "../registry/withdrawn.ts";
import { fail, hold, pass, type Rule } from "./rule.ts";

export const notWithdrawn: Rule = {
  code: "not-withdrawn",
  title: "A withdrawn version does not come back",
  help: "A version that the record lists in `withdrawn` is neither published nor added again, however its release looks now. To take a withdrawal back, change `withdrawn` in a pull request of its own; a maintainer decides about that.",
  example: "A pull request that adds 1.2.0 while the record withdraws 1.2.0.",
  liftable: false,
  per: "version",
  check: ({ change, tip, entry }) => {
    if (tip === null || !change.added.includes(entry)) return pass("The version is not added to a record that exists.");
    const withdrawn = withdrawnVersions(tip);
    if (withdrawn === null) {
      return [
        hold(
          'Which versions are withdrawn cannot be read from "withdrawn" of the record on the base.',
          "A maintainer mends the record first: a list of version, reason and since.",
        ),
      ];
    }
    if (!withdrawn.has(publishedVersionKey(entry.version, change.address.kind))) {
      return pass("The version is not withdrawn.");
    }
    return [
      fail(
        `The version ${quoted(entry.version, 140)} has been withdrawn from this registry.`,
        "Release under a new version, or ask a maintainer to take the withdrawal back first.",
        { pointer: `/versions/${entry.index}` },
      ),
    ];
  },
};
