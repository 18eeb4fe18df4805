import { type Address, addressText, type Layout, parseAddress } from "../registry/address.ts";
import type { Change } from "../registry/change.ts";
import { quoted } from "../registry/plain-text.ts";
import type { Settings } from "../registry/settings.ts";
import { roleOf } from "../registry/tree.ts";
import { fail, pass, type Rule } from "./rule.ts";

export const addressUnique: Rule = {
  code: "address-unique",
  title: "No other record is published at the same address",
  help: "Clients ask for providers in small letters only, and modules are published in small letters too, so addresses that differ in capitals alone are one. An alias in the registry's configuration publishes another address's record, and so takes its address as well.",
  example: "A new record ACME/dns beside acme/dns.",
  liftable: false,
  per: "record",
  check: ({ change }, { taken, settings }) => {
    const isNew = change.before === null && change.after !== null;
    const alias = isNew ? findAlias(change.address, settings.aliases) : undefined;
    if (alias !== undefined) {
      return [
        fail(
          `The registry's configuration publishes ${quoted(alias.target)} at ${quoted(alias.alias)} as well, so no record can have that address.`,
          `Add the versions to the record of ${quoted(alias.target)}, or ask a maintainer to take the alias out of the configuration first.`,
        ),
      ];
    }
    const other = isNew ? taken[change.path] : undefined;
    if (other === undefined) return pass("No other record or alias has this address.");
    return [
      fail(
        `Clients cannot tell ${quoted(addressText(change.address))} from the address of ${quoted(other)}, which the registry has.`,
        "Add the versions to that record, or choose another address.",
      ),
    ];
  },
};

/** What two addresses share that are published at one place. */
export const foldedAddress = (address: Address): string => `${address.kind}:${addressText(address).toLowerCase()}`;

/** The alias that publishes another record at an address; undefined when there is none. */
export function findAlias(
  address: Address,
  aliases: Settings["aliases"],
): { readonly alias: string; readonly target: string } | undefined {
  for (const [alias, target] of Object.entries(aliases)) {
    const parsed = parseAddress(alias);
    if (parsed !== undefined && foldedAddress(parsed) === foldedAddress(address)) return { alias, target };
  }
  return undefined;
}

/** For each new record of a change the path of another one, there or in the change itself, that has its place. */
export function findTaken(change: Change, paths: readonly string[], layout: Layout): Record<string, string> {
  const owners = new Map<string, string>();
  if (change.records.every(({ before }) => before !== null)) return {};
  for (const path of paths) {
    const role = roleOf(path, layout);
    if (role.kind === "record") owners.set(foldedAddress(role.address), path);
  }
  const taken: Record<string, string> = {};
  for (const { path, address, before, after } of change.records) {
    if (before !== null || after === null) continue;
    const key = foldedAddress(address);
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, path);
    else if (owner !== path) taken[path] = owner;
  }
  return taken;
}
