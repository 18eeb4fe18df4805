import type { RegistryReader } from "../github/port.ts";
import { parseRecordPath } from "../registry/address.ts";
import { ownerOf } from "../registry/namespaces.ts";
import { type Base, readBase } from "./base.ts";

/** How old the list may be in which a repository is looked up: events of strangers then cost next to nothing. */
const listLastsMs = 5_000;
const lists = new WeakMap<RegistryReader, { readonly base: Promise<Base>; readonly readAt: number }>();

/**
 * The records that come from a repository, by the naming convention `terraform-provider-<type>`. An event is only a hint;
 * however many come for repositories that no record knows, the registry is read once in some seconds.
 */
export async function recordsOfRepository(
  context: { readonly host: RegistryReader; readonly now: () => Date },
  repository: string,
): Promise<readonly string[]> {
  const [owner = "", name = ""] = repository.toLowerCase().split("/");
  const type = /^terraform-provider-(.+)$/.exec(name)?.[1];
  if (type === undefined) return [];
  const base = await recentBase(context);
  return base.files.flatMap(({ path }) => {
    const address = parseRecordPath(path, base.layout);
    if (address?.kind !== "provider") return [];
    return ownerOf(address.namespace, base.settings).toLowerCase() === owner && address.type.toLowerCase() === type
      ? [path]
      : [];
  });
}

async function recentBase({ host, now }: { readonly host: RegistryReader; readonly now: () => Date }): Promise<Base> {
  const known = lists.get(host);
  const readAt = now().getTime();
  if (known !== undefined && readAt - known.readAt < listLastsMs) return known.base;
  const base = host.readIdentity().then(({ defaultBranch }) => readBase(host, defaultBranch));
  lists.set(host, { base, readAt });
  // A failure is tried again by the next one who asks.
  base.catch(() => lists.delete(host));
  return base;
}
