import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DocumentFolder } from "../../../src/publish/document.ts";

/** Every file below a folder with its text, save what the target keeps for itself. */
export function published(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: string): void => {
    for (const name of readdirSync(join(root, path)).sort()) {
      const inner = path === "" ? name : `${path}/${name}`;
      if (inner === ".registrar") continue;
      if (lstatSync(join(root, inner)).isDirectory()) visit(inner);
      else found[inner] = readFileSync(join(root, inner), "utf8");
    }
  };
  visit("");
  return found;
}

/** A folder with one list and documents: `folderOf("a/b", "list", { x: "1" })` has `a/b/versions` and `a/b/x`. */
export function folderOf(folder: string, list: string, documents: Record<string, string> = {}): DocumentFolder {
  return {
    folder,
    documents: [
      ...Object.entries(documents).map(([path, body]) => ({
        path: `${folder}/${path}`,
        body,
        kind: "document" as const,
      })),
      { path: `${folder}/versions`, body: list, kind: "list" },
    ],
  };
}
