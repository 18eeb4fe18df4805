import { plainText } from "../registry/plain-text.ts";
import { fail, hold, pass, type Rule } from "./rule.ts";

export const keyChange: Rule = {
  code: "key-change",
  title: "A change of keys is never merged by itself, and never together with versions",
  help: "A key decides whose releases users trust. With versions in the same pull request the key would vouch for itself.",
  example: "A pull request that adds keys/acme/new.asc and version 1.3.0 of acme/dns.",
  liftable: true,
  per: "file",
  check: (file, { change }) => {
    if (!change.keys.includes(file)) return pass("The file is no key.");
    const name = plainText(file.path);
    const said = [hold(`${name} is a signing key.`, "A maintainer checks that it is the author's.")];
    if (change.records.length > 0) {
      said.push(
        fail(`${name} is changed together with records.`, "Make two pull requests: first the key, then the versions."),
      );
    }
    return said;
  },
};
