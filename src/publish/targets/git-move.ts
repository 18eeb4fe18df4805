import { RegistrarError } from "../../registry/errors.ts";
import { quoted } from "../../registry/plain-text.ts";
import { plainPagesFile } from "./git-baseline.ts";
import type { BlobReader } from "./git-blobs.ts";
import type { TreeReader } from "./git-compare.ts";
import { GitImport } from "./git-import.ts";
import { stateFolder } from "./git-index.ts";
import { fileMode, hexOf } from "./git-objects.ts";
import type { BranchPlace } from "./git-place.ts";
import type { Quarantine } from "./git-quarantine.ts";

/** Times that a branch which others move is tried again. */
const mostTries = 5;

/** What a publication makes of a branch; everything else there is somebody else's. */
const ours = [
  { path: "v1", mode: "040000" },
  { path: "index", mode: "040000" },
  { path: "status", mode: "040000" },
  { path: ".well-known/terraform.json", mode: "100644" },
  { path: stateFolder, mode: "040000" },
  { path: plainPagesFile, mode: "100644" },
] as const;

interface Advance {
  readonly place: BranchPlace;
  readonly quarantine: Quarantine;
  readonly trees: TreeReader;
  readonly blobs: BlobReader;
  /** The tip that the publication began with. */
  readonly from: string | null;
  /** The commit that it made on top of that. */
  readonly made: string;
  /** The source commit. */
  readonly commit: string | null;
  readonly label: string;
}

/**
 * Moves the branch to what was made. Where somebody has moved it meanwhile (a file that a person committed beside the
 * published ones), the same published files are put on top of that, and tried again. Where another publication came in
 * between, this one ends: which of the two is newer is not to be told from here, and an older one must not undo a newer.
 */
export async function advanceBranch(advance: Advance): Promise<void> {
  const { place, made, label } = advance;
  let { from } = advance;
  let to = made;
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    if (await place.advance({ from, to })) return;
    const tip = await place.readTip();
    if (tip === null) throw moved(label, "was deleted");
    if (await isSame(advance.trees, made, tip)) return;
    if (!(await isBeside(advance, tip))) throw moved(label, "was published to by somebody else");
    to = await onTopOf(tip, advance);
    from = tip;
  }
  throw moved(label, "was moved again and again");
}

/** Whether the other tip has what we published. */
async function isSame(trees: TreeReader, made: string, tip: string): Promise<boolean> {
  const [own, other] = await Promise.all([publishedIn(trees, made), publishedIn(trees, tip)]);
  return own.every(({ id }, index) => id === other[index]?.id);
}

/**
 * Whether nothing was published since: only files of others differ. The same source commit says nothing: what was kept back
 * of it, the configuration or the code may have been others.
 */
const isBeside = async ({ trees, from }: Advance, tip: string): Promise<boolean> =>
  from !== null && (await isSame(trees, from, tip));

/** What of ours a commit has, each with its id in hex; null where it has none. */
const publishedIn = (trees: TreeReader, commit: string) =>
  Promise.all(
    ours.map(async ({ path, mode }) => {
      const entry = await trees.find(commit, path);
      return { path, mode, id: entry === undefined ? null : hexOf(entry.id) };
    }),
  );

async function onTopOf(tip: string, { place, quarantine, trees, made, commit }: Advance): Promise<string> {
  const published = await publishedIn(trees, made);
  // Git gives a name to an object only where it has that.
  await place.bring(published.flatMap(({ id, mode }) => (id !== null && mode === fileMode ? [id] : [])));
  const stream = new GitImport(quarantine.gitFolder, { parent: tip, commit });
  try {
    for (const { path, mode, id } of published) {
      // What this one removed, the other tip may still have.
      await (id === null ? stream.removeAll([path]) : stream.link(path, { mode, id }));
    }
    const commitId = await stream.finish();
    quarantine.handOver();
    return commitId;
  } finally {
    await stream.stop();
  }
}

/** Tried again by whoever publishes, from what the registry and the branch are then. */
const moved = (label: string, how: string): RegistrarError =>
  new RegistrarError(
    "git-failed",
    `The branch of ${quoted(label)} ${how} while this publication ran, so it has changed nothing. Publish again.`,
  );
