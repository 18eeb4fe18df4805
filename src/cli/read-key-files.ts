import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { RegistrarError } from "../registry/errors.ts";
import { type KeyFile, maxKeyFileBytes } from "../registry/keys.ts";
import { quoted } from "../registry/plain-text.ts";
import { readBounded } from "./read-bounded.ts";

/** More files than any registry of keys has. */
const mostFiles = 20_000;

/** Key files by their paths: files themselves, and everything below folders that is named like a key. */
export async function readKeyFiles(places: readonly string[]): Promise<readonly KeyFile[]> {
  const files: KeyFile[] = [];
  for (const place of places) {
    for (const path of await filesAt(place)) {
      if (files.length === mostFiles) {
        throw new RegistrarError("bad-argument", `--from names more than ${mostFiles} files.`);
      }
      const bytes = await readBounded(path, { most: maxKeyFileBytes, what: "The key" });
      files.push({ path, text: new TextDecoder().decode(bytes) });
    }
  }
  return files;
}

async function filesAt(place: string): Promise<readonly string[]> {
  const found = await stat(place).catch((cause: unknown) => {
    throw new RegistrarError("bad-argument", `--from ${quoted(place)} is not there. Name a file or a folder.`, {
      cause,
    });
  });
  if (!found.isDirectory()) return [place];
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(?:asc|gpg|key|pub|txt)$/i.test(entry.name))
    .map((entry) => join(place, relative(place, join(entry.parentPath, entry.name))))
    .sort();
}
