import { plainText } from "../registry/plain-text.ts";
import { isIgnored } from "../registry/tree.ts";
import { recordPlace } from "./record-place.ts";
import { fail, pass, type Rule } from "./rule.ts";

/** The other half of `record-place`: files below a registry folder that are no record and no key. */
export const misplacedFile: Rule = {
  ...recordPlace,
  per: "file",
  check: (file, input) => {
    if (file.after === null || isIgnored(file.path) || !input.change.misplaced.includes(file)) {
      return pass("The file is where it belongs.");
    }
    return [
      fail(
        `${plainText(file.path)} is no place for a record or a key in this registry (layout ${input.layout}).`,
        input.layout === "plain"
          ? "Use providers/NAMESPACE/TYPE.json, modules/NAMESPACE/NAME/SYSTEM.json or keys/NAMESPACE/NAME.asc."
          : "Use providers/C/NAMESPACE/TYPE.json, modules/C/NAMESPACE/NAME/SYSTEM.json or keys/C/NAMESPACE/NAME.asc, where C is the namespace's first letter.",
      ),
    ];
  },
};
