import { hash } from "node:crypto";
import { RegistrarError } from "../../registry/errors.ts";
import { quoted } from "../../registry/plain-text.ts";
import type { PublishedDocument } from "../document.ts";

/** How a repository names its objects. */
export type ObjectFormat = "sha1" | "sha256";

/** The raw bytes of an object's id, one character for each byte: as a tree holds them, and quick to compare. */
export type RawId = string;

export interface DocumentLeaf {
  readonly kind: "blob";
  readonly id: RawId;
  readonly document: PublishedDocument;
}

/** A folder of documents, with the id that git gives to it. */
export interface DocumentTree {
  readonly kind: "tree";
  readonly id: RawId;
  readonly entries: ReadonlyMap<string, DocumentLeaf | DocumentTree>;
  /** All documents below it. */
  readonly count: number;
}

/** One entry of a tree that is in the repository already. */
export interface StoredEntry {
  /** Git's file mode as a tree has it: `100644`, `40000`. */
  readonly mode: string;
  readonly id: RawId;
}

export const fileMode = "100644";
export const treeMode = "40000";

export const hexOf = (id: RawId): string => Buffer.from(id, "latin1").toString("hex");

/**
 * The tree that git would make of the documents of one folder. What is there already is told by its id alone, without
 * reading a single document of it. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
 */
export function documentTree(
  folder: string,
  documents: readonly PublishedDocument[],
  format: ObjectFormat,
): DocumentTree {
  const top: Draft = new Map();
  for (const document of documents) {
    const parts = partsOf(document.path.slice(folder.length + 1));
    const name = parts.pop() ?? "";
    let at = top;
    for (const part of parts) {
      const next = at.get(part) ?? new Map();
      if (!(next instanceof Map)) throw clash(document.path);
      at.set(part, next);
      at = next;
    }
    if (at.has(name)) throw clash(document.path);
    at.set(name, document);
  }
  return finished(top, format);
}

type Draft = Map<string, Draft | PublishedDocument>;

function finished(draft: Draft, format: ObjectFormat): DocumentTree {
  const entries = new Map<string, DocumentLeaf | DocumentTree>();
  let count = 0;
  for (const [name, item] of draft) {
    if (item instanceof Map) {
      const tree = finished(item, format);
      entries.set(name, tree);
      count += tree.count;
    } else {
      entries.set(name, { kind: "blob", id: blobId(item.body, format), document: item });
      count += 1;
    }
  }
  // Git sorts a folder as if its name ended in a slash; names are ASCII, where bytes sort as characters do.
  const sorted = [...entries].map(([name, entry]) => ({ key: entry.kind === "tree" ? `${name}/` : name, name, entry }));
  sorted.sort((a, b) => (a.key < b.key ? -1 : 1));
  const content = sorted.map(
    ({ name, entry }) => `${entry.kind === "tree" ? treeMode : fileMode} ${name}\0${entry.id}`,
  );
  return { kind: "tree", id: objectId("tree", Buffer.from(content.join(""), "latin1"), format), entries, count };
}

/** One for all: half a million texts would leave as many copies behind. */
const scratch = Buffer.allocUnsafe(64 * 1024);

function blobId(body: string, format: ObjectFormat): RawId {
  const header = `blob ${Buffer.byteLength(body)}\0`;
  // No character takes more than three bytes.
  if (3 * (header.length + body.length) > scratch.length) return hash(format, `${header}${body}`, "binary");
  const start = scratch.write(header);
  return hash(format, scratch.subarray(0, start + scratch.write(body, start)), "binary");
}

function objectId(type: string, content: Buffer, format: ObjectFormat): RawId {
  return hash(format, Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]), "binary");
}

/**
 * The entries of a tree object by their names, which have one character for each byte: git takes names that are no text.
 * https://git-scm.com/docs/git-ls-tree is the readable form of the same.
 */
export function parseTree(bytes: Buffer, format: ObjectFormat): Map<string, StoredEntry> {
  const idLength = format === "sha1" ? 20 : 32;
  const entries = new Map<string, StoredEntry>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0 || end + 1 + idLength > bytes.length) {
      throw new RegistrarError(
        "git-failed",
        "Git gave a tree that cannot be read. Check the repository with `git fsck`.",
      );
    }
    entries.set(bytes.toString("latin1", space + 1, end), {
      mode: bytes.toString("latin1", at, space),
      id: bytes.toString("latin1", end + 1, end + 1 + idLength),
    });
    at = end + 1 + idLength;
  }
  return entries;
}

/** A name from `parseTree` to be read by people. */
export const nameText = (name: string): string => Buffer.from(name, "latin1").toString();

/** Nothing but plain names: what follows is written into commands for git, and becomes files on people's disks. */
function partsOf(path: string): string[] {
  const parts = path.split("/");
  if (parts.every((part) => /^(?!\.\.?$)[0-9A-Za-z._-]+$/.test(part))) return parts;
  throw new RegistrarError("publish-failed", `${quoted(path)} cannot be the path of a published document.`);
}

const clash = (path: string): RegistrarError =>
  new RegistrarError("publish-failed", `${quoted(path)} would be published twice, or as a file and a folder.`);
