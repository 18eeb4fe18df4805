import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { type Address, checkAddress, checkNamespace, foldName, parseAddress, sameName } from "./address.ts";
import { isBlockable } from "./blocked.ts";
import { requirement } from "./in-words.ts";
import { isObject, type JsonValue } from "./json.ts";
import { listed, plainText, quoted } from "./plain-text.ts";
import { patternsInWords, type SettingsFile, SettingsSchema } from "./settings-schema.ts";

const validate = new Ajv2020({ allErrors: true, verbose: true }).compile<SettingsFile>(SettingsSchema);

/** What is wrong with a parsed configuration, all at once: each the rest of a sentence that names the file, without a period. */
export function settingsProblems(value: unknown): readonly string[] {
  const shape = validate(value) ? [] : (validate.errors ?? []).map(describe);
  // Meaning is looked at wherever the shape allows it, so that nobody mends a file twice.
  return [
    ...shape,
    ...namespaceProblems(section(value, "namespaces")),
    ...aliasProblems(section(value, "aliases")),
    ...blockedProblems(value),
  ];
}

/** Whether it is right; the other half of `settingsProblems` for the type checker. */
export const isSettingsFile = (value: unknown): value is SettingsFile => validate(value);

function describe(error: ErrorObject): string {
  const field = fieldOf(error.instancePath);
  const detail = detailOf(error);
  return field === "" ? detail : `${field}: ${detail}`;
}

function detailOf(error: ErrorObject): string {
  const { keyword, params, parentSchema } = error;
  switch (keyword) {
    case "additionalProperties":
      return `unknown key ${quoted(params.additionalProperty, 100)}; expected ${listed(Object.keys(parentSchema?.properties ?? {}), 20)}`;
    case "required":
      return `${params.missingProperty} is missing`;
    default:
      return requirement(error, patternsInWords);
  }
}

/** `policy.settle`, `aliases."a/b"`, `blocked.owners, entry 1`: operators choose some of these keys. */
function fieldOf(instancePath: string): string {
  const steps = instancePath
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return steps.reduce((field, step) => {
    if (/^\d+$/.test(step)) return `${field}, entry ${Number(step) + 1}`;
    const name = /^[a-z_]+$/.test(step) ? step : quoted(step, 100);
    return field === "" ? name : `${field}.${name}`;
  }, "");
}

/** The entries of a mapping, as far as it is one. */
function section(value: unknown, name: string): readonly (readonly [string, JsonValue])[] {
  const found = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return isObject(found) ? Object.entries(found) : [];
}

function namespaceProblems(entries: readonly (readonly [string, JsonValue])[]): readonly string[] {
  const mapped = entries.flatMap(([name, entry]) =>
    isObject(entry) && typeof entry.owner === "string" ? [{ name, owner: entry.owner }] : [],
  );
  const ownerOf = (wanted: string) => mapped.find(({ name }) => sameName(name, wanted))?.owner;
  return [
    ...repeatedNames(
      "namespaces",
      entries.map(([name]) => name),
    ),
    ...entries.flatMap(([name]) => checkNamespace(name).map((problem) => inField("namespaces", name, problem))),
    ...mapped.flatMap(({ name, owner }) => {
      const say = (problem: string) => [inField("namespaces", name, problem)];
      if (!/^[0-9A-Za-z](?:[0-9A-Za-z-]{0,38})$/.test(owner)) {
        return say(`owner must be the name of a GitHub account, got ${quoted(owner, 100)}`);
      }
      if (sameName(name, owner)) return say("is mapped to itself; leave it out");
      const next = ownerOf(owner);
      if (next === undefined) return [];
      return leadsBack(name, ownerOf)
        ? say(`is mapped in a circle: its owner ${quoted(owner)} leads back to it`)
        : say(`its owner ${quoted(owner)} is mapped as well, to ${quoted(next, 100)}; name the account that releases`);
    }),
  ];
}

/** Whether following a mapping from a name ends at the name. */
function leadsBack(start: string, next: (name: string) => string | undefined): boolean {
  const seen = new Set<string>();
  for (let at = next(start); at !== undefined && !seen.has(foldName(at)); at = next(at)) {
    if (sameName(at, start)) return true;
    seen.add(foldName(at));
  }
  return false;
}

function aliasProblems(entries: readonly (readonly [string, JsonValue])[]): readonly string[] {
  const aliases = new Set(entries.map(([alias]) => foldName(alias)));
  return [
    ...repeatedNames(
      "aliases",
      entries.map(([alias]) => alias),
    ),
    ...entries.flatMap(([alias, target]) => {
      const say = (problem: string) => inField("aliases", alias, problem);
      const from = readAddress(alias);
      const problems = from.problems.map(say);
      if (typeof target !== "string") return problems;
      const to = readAddress(target);
      problems.push(...to.problems.map((problem) => say(`leads to no address: ${problem}`)));
      if (sameName(alias, target)) problems.push(say("is an alias of itself; leave it out"));
      else if (aliases.has(foldName(target))) {
        problems.push(
          say(`leads to ${quoted(target, 100)}, which is an alias as well; name the address that has the record`),
        );
      }
      if (from.address !== null && to.address !== null && from.address.kind !== to.address.kind) {
        problems.push(
          say(`is the address of a ${from.address.kind}, and ${quoted(target, 100)} that of a ${to.address.kind}`),
        );
      }
      if (
        from.address?.kind === "provider" &&
        to.address?.kind === "provider" &&
        !sameName(from.address.type, to.address.type)
      ) {
        // Client contract, section 2: they look for that name in what they have downloaded.
        problems.push(
          say(
            `must have the type ${quoted(to.address.type, 100)} as well: clients look for terraform-provider-${plainText(from.address.type, 100)} in the archives`,
          ),
        );
      }
      return problems;
    }),
  ];
}

function readAddress(text: string): { readonly address: Address | null; readonly problems: readonly string[] } {
  const address = parseAddress(text);
  if (address !== undefined) return { address, problems: checkAddress(address) };
  return { address: null, problems: [`must be NAMESPACE/TYPE or NAMESPACE/NAME/SYSTEM, got ${quoted(text, 100)}`] };
}

function blockedProblems(value: unknown): readonly string[] {
  const addresses = section(value, "blocked").find(([name]) => name === "addresses")?.[1];
  if (!Array.isArray(addresses)) return [];
  return addresses.flatMap((text: JsonValue, index) =>
    typeof text !== "string" || isBlockable(text)
      ? []
      : [
          `blocked.addresses, entry ${index + 1}: must be NAMESPACE/TYPE, NAMESPACE/NAME/SYSTEM, NAMESPACE/* or NAMESPACE/NAME/*, got ${quoted(text, 100)}`,
        ],
  );
}

/** Keys that YAML takes for two and everybody else for one. */
function repeatedNames(field: string, names: readonly string[]): readonly string[] {
  const first = new Map<string, string>();
  return names.flatMap((name) => {
    const known = first.get(foldName(name));
    if (known === undefined) first.set(foldName(name), name);
    return known === undefined
      ? []
      : [inField(field, name, `differs from ${quoted(known, 100)} in capitals only; keep one of them`)];
  });
}

const inField = (field: string, key: string, problem: string): string =>
  `${field}.${/^[a-z_]+$/.test(key) ? key : quoted(key, 100)}: ${problem.replace(/\.$/, "")}`;
