import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** `namespace/type` of every provider in a published folder, sorted. */
export async function listProviders(root: string): Promise<readonly string[]> {
  const top = join(root, "v1", "providers");
  const namespaces = await foldersIn(top);
  const found = await Promise.all(
    namespaces.map(async (namespace) => {
      const types = await foldersIn(join(top, namespace));
      return types.map((type) => `${namespace}/${type}`);
    }),
  );
  return found.flat().sort();
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map((entry) => entry.name);
  } catch (error) {
    // A namespace may be withdrawn while it is looked at.
    if (["ENOENT", "ENOTDIR"].includes(String((error as NodeJS.ErrnoException).code))) return [];
    throw error;
  }
}
