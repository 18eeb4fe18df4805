import type { RegistryReader } from "../github/port.ts";
import { parseRecordPath } from "../registry/address.ts";
import { readBase } from "./base.ts";

/**
 * The records that come from a repository, by the naming convention `terraform-provider-<type>`. An event is only a
 * hint: a repository that no record comes from costs one look at the (kept) file list and nothing else.
 */
export async function recordsOfRepository(host: RegistryReader, repository: string): Promise<readonly string[]> {
  const [owner = "", name = ""] = repository.toLowerCase().split("/");
  const type = /^terraform-provider-(.+)$/.exec(name)?.[1];
  if (type === undefined) return [];
  const { defaultBranch } = await host.readIdentity();
  const base = await readBase(host, defaultBranch);
  return base.files.flatMap(({ path }) => {
    const address = parseRecordPath(path, base.layout);
    if (address?.kind !== "provider") return [];
    return address.namespace.toLowerCase() === owner && address.type.toLowerCase() === type ? [path] : [];
  });
}
