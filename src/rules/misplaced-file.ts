import { plainText } from "../registry/plain-text.ts";
import { recordPlace } from "./record-place.ts";
import { fail, hold, pass, type Rule } from "./rule.ts";

/** The other half of `record-place`: files below a registry folder that are no record and no key. */
export const misplacedFile: Rule = {
  ...recordPlace,
  per: "file",
  check: (file, input) => {
    if (!input.change.misplaced.includes(file)) return pass("The file is where it belongs.");
    if (file.after === null) {
      return [
        hold(
          `${plainText(file.path)} is removed; it is no record and no key of this registry (layout ${input.layout}).`,
          "A maintainer decides whether anybody needs it.",
          { liftable: true },
        ),
      ];
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
