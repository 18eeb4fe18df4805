import type { RegistryIndex } from "./registry-index.ts";

/** How old the index may be in which a repository is looked up: events of strangers then cost next to nothing. */
const indexLastsMs = 1_000;
const recent = new WeakMap<
  () => Promise<RegistryIndex>,
  { readonly index: Promise<RegistryIndex>; readonly readAt: number }
>();

/**
 * The records that come from a repository, by its recorded id or else by its name. An event is only a hint; however many
 * come for repositories that no record knows, the registry is read once a second at most.
 */
export async function recordsOfRepository(
  context: { readonly readIndex: () => Promise<RegistryIndex>; readonly now: () => Date },
  { repository, repositoryId }: { readonly repository: string; readonly repositoryId: number | null },
): Promise<readonly string[]> {
  const { records } = await recentIndex(context);
  const name = repository.toLowerCase();
  return records
    .filter((record) =>
      // A renamed repository keeps its id, and a record the name that it had.
      record.repositoryId !== null && record.repositoryId === repositoryId
        ? true
        : record.repository?.toLowerCase() === name,
    )
    .map(({ path }) => path);
}

async function recentIndex({
  readIndex,
  now,
}: {
  readonly readIndex: () => Promise<RegistryIndex>;
  readonly now: () => Date;
}): Promise<RegistryIndex> {
  const known = recent.get(readIndex);
  const readAt = now().getTime();
  if (known !== undefined && readAt - known.readAt < indexLastsMs) return known.index;
  const index = readIndex();
  recent.set(readIndex, { index, readAt });
  // A failure is tried again by the next one who asks.
  index.catch(() => recent.delete(readIndex));
  return index;
}
