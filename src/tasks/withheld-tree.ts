import { createHash } from "node:crypto";
import { configurationPath, type RegistryTree, type TreeFile } from "../registry/tree.ts";
import { type CommitReader, type FileWithout, undoCommit } from "./undo-commit.ts";

/** A commit of which nothing is published, or only nothing of these files. */
export interface Withheld {
  readonly commit: string;
  readonly paths: readonly string[];
}

/**
 * A registry as it is published: without what these commits did, newest first, and with all that came later. The
 * configuration stays as it is: by an older one nobody can tell what the registry's operators want.
 */
export async function withoutCommits(
  host: CommitReader,
  tree: RegistryTree,
  withheld: readonly Withheld[],
): Promise<RegistryTree> {
  const files = new Map(tree.files.map((file) => [file.path, file]));
  const changed = new Map<string, FileWithout>();
  const now = (path: string): FileWithout => {
    const file = files.get(path);
    return changed.get(path) ?? (file === undefined ? { kind: "nothing" } : { kind: "file", file });
  };
  for (const { commit, paths } of withheld) {
    const wanted = paths.filter((path) => path !== configurationPath);
    for (const [path, one] of await undoCommit(host, { commit, paths: wanted, now })) changed.set(path, one);
  }
  return changed.size === 0 ? tree : overlay(tree, changed);
}

function overlay(tree: RegistryTree, changed: ReadonlyMap<string, FileWithout>): RegistryTree {
  const texts = new Map<string, Uint8Array>();
  const kept = tree.files.filter(({ path }) => !changed.has(path));
  const put = [...changed].flatMap(([path, one]): TreeFile[] => {
    if (one.kind === "nothing") return [];
    if (one.kind === "file") return [{ ...one.file, path }];
    const bytes = new TextEncoder().encode(one.text);
    const id = createHash("sha256").update(bytes).digest("hex");
    texts.set(id, bytes);
    return [{ path, mode: "100644", size: bytes.byteLength, id }];
  });
  const files = [...kept, ...put].sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  return { commit: tree.commit, files, read: (wanted) => readBoth(tree, wanted, texts) };
}

/** In the order asked for: what the tree has from there, our own texts from memory. */
async function* readBoth(
  tree: RegistryTree,
  wanted: readonly TreeFile[],
  texts: ReadonlyMap<string, Uint8Array>,
): ReturnType<RegistryTree["read"]> {
  const real = tree.read(wanted.filter(({ id }) => !texts.has(id)))[Symbol.asyncIterator]();
  try {
    for (const file of wanted) {
      const bytes = texts.get(file.id);
      if (bytes !== undefined) yield { file, bytes };
      else {
        const next = await real.next();
        if (next.done === true) return;
        yield next.value;
      }
    }
  } finally {
    await real.return?.();
  }
}
