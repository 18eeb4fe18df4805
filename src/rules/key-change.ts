import { type KeyFileProblem, keyFileProblem } from "../registry/keys.ts";
import { plainText } from "../registry/plain-text.ts";
import { fail, hold, pass, type Rule, type Said } from "./rule.ts";

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
    const said = file.after === null ? [] : unusable(name, keyFileProblem(file.after));
    said.push(hold(`${name} is a signing key.`, "A maintainer checks that it is the author's."));
    if (change.records.length > 0) {
      said.push(
        fail(`${name} is changed together with records.`, "Make two pull requests: first the key, then the versions."),
      );
    }
    return said;
  },
};

function unusable(name: string, problem: KeyFileProblem): Said[] {
  const again = "Export the public key again (gpg --armor --export), one key to a file.";
  switch (problem) {
    case null:
      return [];
    case "private-key":
      return [
        fail(
          `${name} has a private key in it: whoever can read this pull request can now sign as its owner.`,
          "Revoke that key at once, make a new one, and register the public half of the new one alone. Maintainers: close this pull request, add the key's fingerprint to blocked.fingerprints in the registry's configuration, and take the key out of keys/ if it is there: closing does not hide what was pushed, so it is known for good.",
        ),
      ];
    case "no-block":
      return [fail(`${name} holds no key.`, again)];
    case "not-a-key":
      return [fail(`${name} holds no public key, but something else.`, again)];
    case "broken":
      return [fail(`The key in ${name} cannot be read.`, again)];
    case "second-block":
      return [fail(`${name} holds more than one key; clients read the first one only.`, again)];
  }
}
