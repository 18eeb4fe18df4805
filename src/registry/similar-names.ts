import { type Address, addressText, foldName } from "./address.ts";
import { type Likeness, likeness } from "./look-alikes.ts";

/** Something that a new address could be taken for. */
export interface SimilarName {
  /** The other record's address, or a namespace alone. */
  readonly name: string;
  /** In words, as the end of "… is similar: ". */
  readonly how: string;
  /** The record that has that name; null for a namespace. */
  readonly path: string | null;
}

/** Names that people know from elsewhere, whether or not this registry has them. */
const wellKnown = [
  ...["hashicorp", "opentofu", "terraform", "terraform-aws-modules", "cloudflare", "datadog", "digitalocean", "github"],
  ...[
    "gitlab",
    "gitlabhq",
    "grafana",
    "kubernetes",
    "microsoft",
    "azure",
    "google",
    "googlecloudplatform",
    "amazon",
    "aws",
  ],
  ...["oracle", "mongodb", "elastic", "newrelic", "pagerduty", "snowflake", "databricks", "vmware", "fastly", "okta"],
];

/** As many as a person looks at. */
const most = 5;

/**
 * What a new address could be taken for: records whose namespace and name are alike, and namespaces, which all names of
 * a new record share. Of one's own namespace only what nobody could tell apart. Records first.
 */
export function findSimilarNames(
  address: Address,
  records: readonly { readonly path: string; readonly address: Address }[],
): readonly SimilarName[] {
  const compare = remembered();
  const alike = records.flatMap(({ path, address: other }) => {
    const how = compareAddresses(address, other, compare);
    return how === null ? [] : [{ name: addressText(other), how, path }];
  });
  const shown = new Set(alike.map(({ name }) => foldName(name.split("/")[0] ?? "")));
  const known = new Map(
    [...wellKnown, ...records.map((record) => record.address.namespace)].map((name) => [foldName(name), name]),
  );
  const own = foldName(address.namespace);
  // A namespace that has records here is known to whoever reads the registry.
  const taken = records.some((record) => foldName(record.address.namespace) === own);
  const namespaces = taken
    ? []
    : [...known].flatMap(([folded, name]) => {
        const like = shown.has(folded) ? null : compare(own, name);
        return like === null ? [] : [{ name, how: `the namespace ${inWords[like]}`, path: null }];
      });
  return [...alike, ...namespaces].slice(0, most);
}

type Compare = (a: string, b: string) => Likeness | null;

/** The same few names are compared with thousands of records that share theirs. */
function remembered(): Compare {
  const known = new Map<string, Likeness | null>();
  return (a, b) => {
    const key = `${a}/${b}`;
    const like = known.get(key);
    if (like !== undefined) return like;
    const fresh = likeness(a, b);
    known.set(key, fresh);
    return fresh;
  };
}

function compareAddresses(address: Address, other: Address, compare: Compare): string | null {
  if (address.kind !== other.kind) return null;
  const [name, otherName] = [nameOf(address), nameOf(other)];
  if (systemOf(address) !== systemOf(other)) return null;
  if (foldName(address.namespace) === foldName(other.namespace)) {
    const names = compare(name, otherName);
    return names === "hyphens" || names === "looks the same" ? `the name ${inWords[names]}` : null;
  }
  const namespaces = compare(address.namespace, other.namespace);
  // Nearly all end here.
  if (namespaces === null) return null;
  if (foldName(name) === foldName(otherName)) return `the namespace ${inWords[namespaces]}`;
  const names = compare(name, otherName);
  return names === null ? null : `the namespace ${inWords[namespaces]}, and the name ${inWords[names]}`;
}

const nameOf = (address: Address): string => (address.kind === "provider" ? address.type : address.name);
const systemOf = (address: Address): string => (address.kind === "provider" ? "" : foldName(address.system));

const inWords: Readonly<Record<Likeness, string>> = {
  "looks the same": "looks the same",
  hyphens: "differs in hyphens alone",
  "one letter": "differs in one letter",
  "two letters": "differs in two letters",
  words: "has the other as one of its words",
};
