import type { Address, Layout } from "../registry/address.ts";
import { ownerOf } from "../registry/namespaces.ts";
import type { RegistryRecord } from "../registry/record.ts";
import { findSimilarNames } from "../registry/similar-names.ts";
import { roleOf } from "../registry/tree.ts";
import type { KnownSimilar } from "../rules/rule.ts";
import { type Base, type BaseReader, readRecord } from "./base.ts";

/** For each new record what it could be taken for, and what the base's records say of those. */
export async function readSimilar(
  host: BaseReader,
  base: Base,
  fresh: readonly { readonly path: string; readonly address: Address }[],
): Promise<Readonly<Record<string, readonly KnownSimilar[]>>> {
  if (fresh.length === 0) return {};
  const known = recordsOf(base, base.layout);
  const entries = await Promise.all(
    fresh.map(async ({ path, address }) => {
      const similar = findSimilarNames(address, known).map(async (one) => ({ ...one, ...(await ownerAndAge(one)) }));
      return [path, await Promise.all(similar)] as const;
    }),
  );
  return Object.fromEntries(entries.filter(([, similar]) => similar.length > 0));

  async function ownerAndAge({ name, path }: { name: string; path: string | null }) {
    const owner = ownerOf(name.split("/")[0] ?? "", base.settings);
    // One that cannot be read now is shown without its age: nothing is decided by it.
    const record = path === null ? null : await readRecord(host, base, path).catch(() => null);
    return { owner, since: record === null ? null : firstDay(record) };
  }
}

const recordsOf = ({ files }: Base, layout: Layout) =>
  files.flatMap(({ path }) => {
    const role = roleOf(path, layout);
    return role.kind === "record" ? [{ path, address: role.address }] : [];
  });

function firstDay({ entries }: RegistryRecord): string | null {
  const days = entries.map(({ value }) => (value?.published || value?.discovered || "").slice(0, 10));
  return days.filter((day) => day !== "").sort()[0] ?? null;
}
