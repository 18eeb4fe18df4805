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
    if (file !== change.configuration) return pass("The file is no configuration.");
    if (file.mode !== null && file.mode !== "100644") {
      return [
        fail(`The configuration is no regular file (git mode ${file.mode}, not 100644).`, "Write it as a plain file."),
      ];
    }
    if (file.after === null) return pass("Without a configuration everything has its default.");
    const parsed = parseSettings(file.after);
    if (parsed.ok) return pass("The configuration can be read.");
    return parsed.problems.map((problem) => fail(problem, "Correct it; docs/operators.md lists every key."));
  },
};
