import {
  type Address,
  addressText,
  checkAddress,
  checkNamespace,
  foldName,
  parseAddress,
} from "../registry/address.ts";
import type { Finding } from "../registry/finding.ts";
import { escapePointer } from "../registry/json.ts";
import { listed, quoted } from "../registry/plain-text.ts";
import { configurationPath } from "../registry/tree.ts";
import { publishedFolders } from "./folders.ts";
import type { PlannedRecord } from "./plan.ts";
import { leftOut } from "./usable/left-out.ts";

/** The namespace that an alias publishes in, in small letters; null where it can be none. */
export function aliasNamespace(alias: string): string | null {
  const namespace = parseAddress(alias)?.namespace;
  return namespace === undefined || checkNamespace(namespace).length > 0 ? null : foldName(namespace);
}

interface Claims {
  readonly records: readonly PlannedRecord[];
  /** Who has a folder: a record's path, or the name of an alias. Those of aliases are added. */
  readonly owners: Map<string, string>;
}

/**
 * Gives each alias's folders to the record that it stands for; an alias never gets a folder that is taken. What cannot be
 * published is a finding about the configuration.
 */
export function claimAliases(
  aliases: Readonly<Record<string, string>>,
  { records, owners }: Claims,
): { readonly records: readonly PlannedRecord[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const added = new Map<PlannedRecord, string[]>();
  for (const [alias, target] of Object.entries(aliases)) {
    const refuse = (why: string, next: string) =>
      findings.push(
        leftOut(
          { code: "configuration", path: configurationPath, pointer: `/aliases/${escapePointer(alias)}` },
          `The alias ${quoted(alias)} is not published${why}`,
          next,
        ),
      );
    const read = readAlias(alias, target, records);
    if (!read.ok) {
      refuse(`: ${read.problem}`, read.next);
      continue;
    }
    const wanted = publishedFolders(read.address);
    const taken = wanted.filter((folder) => owners.has(folder));
    if (taken.length > 0) {
      const others = [...new Set(taken.map((folder) => quoted(owners.get(folder) ?? "")))];
      refuse(
        ` below ${taken.join(", ")}: ${listed(others)} has that place.`,
        "Remove the alias, or what has its place.",
      );
    }
    for (const folder of wanted.filter((one) => !owners.has(one))) {
      owners.set(folder, alias);
      added.set(read.record, [...(added.get(read.record) ?? []), folder]);
    }
  }
  const withAliases = records.map((record) => {
    const more = added.get(record);
    return more === undefined ? record : { ...record, folders: [...record.folders, ...more] };
  });
  return { records: withAliases, findings };
}

type AliasReading =
  | { readonly ok: true; readonly address: Address; readonly record: PlannedRecord }
  | { readonly ok: false; readonly problem: string; readonly next: string };

function readAlias(alias: string, target: string, records: readonly PlannedRecord[]): AliasReading {
  const refuse = (problem: string, next: string): AliasReading => ({ ok: false, problem, next });
  const address = parseAddress(alias);
  const to = parseAddress(target);
  const form = "Write NAMESPACE/TYPE for a provider, NAMESPACE/NAME/SYSTEM for a module.";
  if (address === undefined) return refuse("it is no address.", form);
  if (to === undefined) return refuse(`${quoted(target)}, which it stands for, is no address.`, form);
  const problems = checkAddress(address);
  if (problems.length > 0) return refuse(`no client can ask for it. ${problems.join(" ")}`, form);
  if (address.kind !== to.kind) {
    const next = "An alias and what it stands for are both providers or both modules.";
    return refuse(`it is a ${address.kind}, and ${quoted(target)} is a ${to.kind}.`, next);
  }
  if (address.kind === "provider" && to.kind === "provider" && !isSameName(address.type, to.type)) {
    // Client contract, section 4: the archive has to hold terraform-provider-TYPE, of the type that was asked for.
    const next = "Give the alias the type of the provider that it stands for.";
    return refuse(`clients look for terraform-provider-${address.type.toLowerCase()} in the archives.`, next);
  }
  const text = addressText(to);
  const ofKind = records.filter((record) => record.address.kind === to.kind);
  const record =
    ofKind.find((candidate) => addressText(candidate.address) === text) ??
    ofKind.find((candidate) => isSameName(addressText(candidate.address), text));
  if (record === undefined) {
    const next = "Name an address that has a record; an alias of an alias is none.";
    return refuse(`no record of ${quoted(target)} is published.`, next);
  }
  return { ok: true, address, record };
}

const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
