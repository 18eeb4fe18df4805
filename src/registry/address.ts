import { quoted } from "./plain-text.ts";

/** How record paths are laid out: `plain` is `providers/<namespace>/…`, `lettered` has a first-letter folder before it. */
export type Layout = "plain" | "lettered";

export interface ProviderAddress {
  readonly kind: "provider";
  readonly namespace: string;
  readonly type: string;
}

export interface ModuleAddress {
  readonly kind: "module";
  readonly namespace: string;
  readonly name: string;
  readonly system: string;
}

/** What a record is about, in the case in which the registry writes it. */
export type Address = ProviderAddress | ModuleAddress;

/** A name in small letters. ASCII alone: `toLowerCase` would also make a Kelvin sign a k, and so one name another. */
export const foldName = (name: string): string => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
/** Whether two names are one to clients and to GitHub, which do not tell capitals from small letters. */
export const sameName = (a: string, b: string): boolean => foldName(a) === foldName(b);

/** `acme/dns` or `acme/network/aws`. */
export function addressText(address: Address): string {
  return address.kind === "provider"
    ? `${address.namespace}/${address.type}`
    : `${address.namespace}/${address.name}/${address.system}`;
}

export function recordPath(address: Address, layout: Layout): string {
  const letter = layout === "lettered" ? `${address.namespace.charAt(0).toLowerCase()}/` : "";
  return `${address.kind}s/${letter}${addressText(address)}.json`;
}

/** Parses `NS/TYPE` or `NS/NAME/SYSTEM`; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const [namespace, second, third, ...more] = text.split("/");
  if (!namespace || !second || more.length > 0 || third === "") return undefined;
  return third === undefined
    ? { kind: "provider", namespace, type: second }
    : { kind: "module", namespace, name: second, system: third };
}

/** The address that a path stands for in a layout; undefined when the path is no record of that layout. */
export function parseRecordPath(path: string, layout: Layout): Address | undefined {
  const parts = path.split("/");
  const root = parts.shift();
  if (root !== "providers" && root !== "modules") return undefined;
  const letter = layout === "lettered" ? parts.shift() : undefined;
  const last = parts.pop();
  if (!last?.endsWith(".json")) return undefined;
  const text = [...parts, last.slice(0, -".json".length)].join("/");
  const address = parseAddress(text);
  if (address === undefined || address.kind !== root.slice(0, -1)) return undefined;
  if (letter !== undefined && letter !== address.namespace.charAt(0).toLowerCase()) return undefined;
  return address;
}

/** The repository that an address comes from when its record names none. */
export function defaultRepository(address: Address): string {
  const name =
    address.kind === "provider" ? `terraform-provider-${address.type}` : `terraform-${address.system}-${address.name}`;
  return `${address.namespace}/${name}`;
}

// Client contract, section 2. Providers: IDNA lookup rules narrowed to ASCII; clients refuse the rest before any request.
const providerPart = /^[0-9a-z](?:[0-9a-z-]*[0-9a-z])?$/i;
/** Clients know no limit, file systems do; GitHub's names have 100 characters at most. */
const longestProviderPart = 100;
const modulePart = /^[0-9A-Za-z](?:[0-9A-Za-z_-]{0,62}[0-9A-Za-z])?$/;
const systemPart = /^[0-9a-z]{1,64}$/;

/** Why no client can ask for this address: one plain sentence each, none when it is fine. */
export function checkAddress(address: Address): readonly string[] {
  if (address.kind === "module") {
    return [
      ...modulePartProblem("namespace", address.namespace),
      ...modulePartProblem("name", address.name),
      ...(systemPart.test(address.system)
        ? []
        : [`The system ${quoted(address.system)} must be 1 to 64 lower-case letters and digits.`]),
    ];
  }
  const problems = [
    ...providerPartProblem("namespace", address.namespace),
    ...providerPartProblem("type", address.type),
  ];
  if (/^(?:terraform|opentofu)-/i.test(address.type)) {
    problems.push(
      `The type ${quoted(address.type)} must not begin with "terraform-" or "opentofu-": clients refuse such names.`,
    );
  }
  return problems;
}

function providerPartProblem(what: string, text: string): string[] {
  if (text.length > longestProviderPart) {
    return [`The ${what} ${quoted(text)} must be at most ${longestProviderPart} characters, and has ${text.length}.`];
  }
  if (providerPart.test(text) && !text.includes("--")) return [];
  return [
    `The ${what} ${quoted(text)} must be ASCII letters, digits and single hyphens, with a letter or digit at both ends.`,
  ];
}

function modulePartProblem(what: string, text: string): string[] {
  if (modulePart.test(text)) return [];
  return [
    `The ${what} ${quoted(text)} must be 1 to 64 ASCII letters, digits, "-" and "_", with a letter or digit at both ends.`,
  ];
}

/** Why no client can ask for anything in this namespace; none when it is fine. */
export const checkNamespace = (namespace: string): readonly string[] => modulePartProblem("namespace", namespace);

/** The path part that clients ask for: providers are always asked for in lower case (client contract, section 2). */
export function publishedProvider(address: ProviderAddress): { readonly namespace: string; readonly type: string } {
  return { namespace: foldName(address.namespace), type: foldName(address.type) };
}
