import { checkAddress, type Layout } from "../registry/address.ts";
import { type KeyFileProblem, keyFileProblem, maxKeyFileBytes } from "../registry/keys.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import { roleOf } from "../registry/tree.ts";
import type { ParsedKey, ParsedKeyFile } from "../upstream/parsed-key.ts";
import { fail, type Said } from "./rule.ts";

const again = "Export the public key again (gpg --armor --export FINGERPRINT), one key to a file.";

/** Why the registry does not take a text as a key file, from its blocks alone; empty when they are right. */
export function textProblems(name: string, text: string): Said[] {
  if (text.length > maxKeyFileBytes) {
    return [fail(`${name} is larger than any key (over ${maxKeyFileBytes / 1024} KiB), and not read.`, again)];
  }
  return fromText(name, keyFileProblem(text));
}

function fromText(name: string, problem: KeyFileProblem): Said[] {
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

/** The same from the parsed keys: what a well-formed block still cannot be. `before` is what the file held. */
export function parsedProblems(
  name: string,
  { before, after }: { readonly before: readonly ParsedKeyFile[]; readonly after: readonly ParsedKeyFile[] },
): Said[] {
  const unusable = after.flatMap((key) => (key.kind === "unusable" ? [key.problem] : []));
  const keys = after.filter((key) => key.kind === "key");
  const said = unusable.map((problem) => fail(`${name} is not usable: ${problem}`, again));
  for (const key of keys) said.push(...ofKey(name, key, before));
  return said;
}

/** Clients take several keys in one block; a registry keeps them one to a file, so that each can be taken back alone. */
export function severalKeys(name: string, after: readonly ParsedKeyFile[]): Said[] {
  const keys = after.filter((key) => key.kind === "key");
  if (keys.length < 2) return [];
  const fingerprints = keys.map(({ fingerprint }) => fingerprint).join(", ");
  return [fail(`${name} holds ${keys.length} keys in one block: ${fingerprints}.`, `One key to a file. ${again}`)];
}

function ofKey(name: string, key: ParsedKey, before: readonly ParsedKeyFile[]): Said[] {
  if (!key.signingKeys.some(({ signs }) => signs)) {
    const message = `The key ${key.fingerprint} in ${name} may not sign data, by its own settings.`;
    return [fail(message, "Register the key that the releases are signed with.")];
  }
  // In place of itself a revoked key says something; by itself it is good for nothing.
  const known = before.some((one) => one.kind === "key" && one.fingerprint === key.fingerprint);
  if (!key.revoked || known) return [];
  return [
    fail(`The key ${key.fingerprint} in ${name} is revoked; clients refuse all it has signed.`, "Add the new key."),
  ];
}

/** Why no provider can be signed for there. Modules have no keys, and more freedom in their names. */
export const keyPlaceProblems = ({ namespace, type }: { namespace: string; type: string | null }): readonly string[] =>
  checkAddress({ kind: "provider", namespace, type: type ?? "x" });

/** A new file has a name that every system can hold and everybody can read. Old names stay. */
export function nameProblems(path: string, layout: Layout): Said[] {
  const role = roleOf(path, layout);
  const file = path.split("/").at(-1) ?? "";
  const said: Said[] = [];
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,95}\.asc$/.test(file)) {
    const message = `${quoted(file)} is no name for a key file: expected letters, digits, dots, hyphens and underscores, a letter or digit first, ".asc" last, at most 100 characters.`;
    said.push(fail(message, "Name it after the key, for example by the last 16 digits of its fingerprint."));
  }
  const bad = role.kind === "key" ? keyPlaceProblems(role) : [];
  if (bad.length > 0) {
    said.push(
      fail(`${plainText(path)} is in no namespace that can have providers: ${bad.join(" ")}`, "Mend its path."),
    );
  }
  return said;
}

/** Keys that the configuration blocks, by the primary key or any key that signs for it. */
export function blockedProblems(name: string, keys: readonly ParsedKeyFile[], blocked: readonly string[]): Said[] {
  return keys.flatMap((key) => {
    if (key.kind !== "key") return [];
    const all = [key.fingerprint, ...key.signingKeys.map(({ fingerprint }) => fingerprint)];
    const found = blocked.find((one) => all.includes(one));
    if (found === undefined) return [];
    const next = "Ask the maintainers of this registry why. As long as it is blocked, the key cannot be added.";
    return [fail(`The key ${found} in ${name} is blocked in this registry.`, next)];
  });
}
