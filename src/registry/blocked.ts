import { type Address, addressText, checkAddress, checkNamespace, foldName, parseAddress } from "./address.ts";

/** What a registry never takes in, whoever asks. */
export interface Blocked {
  /** `ns/type`, `ns/name/system`, or `ns/*` and `ns/name/*` for everything below. */
  readonly addresses: readonly string[];
  /** GitHub's numeric ids of accounts. */
  readonly owners: readonly number[];
  /** Of signing keys: 40 or 64 upper-case hex. */
  readonly fingerprints: readonly string[];
}

/** Whether a text can stand in `blocked.addresses`. */
export function isBlockable(text: string): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  if (!text.endsWith("/*")) return checkAddress(address).length === 0;
  const [namespace = "", ...names] = text.slice(0, -2).split("/");
  if (checkNamespace(namespace).length > 0) return false;
  return names.every((name) => checkAddress({ kind: "module", namespace, name, system: "x" }).length === 0);
}

/** The entry of `blocked.addresses` that an address falls under; undefined when there is none. Capitals play no part. */
export function blockedAddress(address: Address, { addresses }: Pick<Blocked, "addresses">): string | undefined {
  const text = foldName(addressText(address));
  return addresses.find((entry) => {
    const wanted = foldName(entry);
    return wanted.endsWith("/*") ? text.startsWith(wanted.slice(0, -1)) : text === wanted;
  });
}
