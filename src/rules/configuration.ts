import { parseSettings } from "../registry/settings.ts";
import { fail, pass, type Rule } from "./rule.ts";

export const configuration: Rule = {
  code: "configuration",
  title: "The registry's configuration can be read",
  help: "Nothing is merged while .github/registrar.yml is wrong, since nobody knows then what the registry wants. An empty file works.",
  example: "A misspelt key such as `polcy:`.",
  liftable: false,
  per: "file",
  check: (file, { change }) => {
    if (file !== change.configuration || file.after === null) return pass("The file is no configuration.");
    const parsed = parseSettings(file.after);
    if (parsed.ok) return pass("The configuration can be read.");
    return parsed.problems.map((problem) => fail(problem, "Correct it; docs/operators.md lists every key."));
  },
};
