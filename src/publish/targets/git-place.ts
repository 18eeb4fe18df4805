import { readdirSync } from "node:fs";
import { join } from "node:path";
import { RegistrarError } from "../../registry/errors.ts";
import { quoted } from "../../registry/plain-text.ts";
import { runGit } from "../../trees/git-process.ts";
import type { ObjectFormat } from "./git-objects.ts";

/** A branch of a repository, as far as publishing needs it, held by this process alone until it is closed. */
export interface BranchPlace {
  /** Where the objects of the tip are read, and where new ones go before the branch moves. */
  readonly gitFolder: string;
  readonly format: ObjectFormat;
  /** Branches that a person finds when opening the repository. */
  readonly defaultBranches: readonly string[];
  /** Whether it can be seen that no branch or tag is there at all. */
  isEmpty(): Promise<boolean>;
  /**
   * The commit of the branch now; null where there is no such branch. Its trees are then in `gitFolder`; its blobs may
   * have stayed elsewhere.
   */
  readTip(): Promise<string | null>;
  /** Brings blobs of the tip into `gitFolder`, by their ids in hex; all at once, since each time takes its time. */
  bring(blobs: readonly string[]): Promise<void>;
  /** Moves the branch from one commit to the next; false where it is elsewhere by now. */
  advance(move: BranchMove): Promise<boolean>;
  close(): Promise<void>;
}

export interface BranchMove {
  readonly from: string | null;
  readonly to: string;
}

/** `refs/heads/<branch>` of a repository on this machine; null where there is none. */
export async function readRef(gitFolder: string, ref: string): Promise<string | null> {
  const format = ["for-each-ref", "--format=%(objectname)", "--count=1", ref];
  const text = await runGit(gitFolder, format, { fail: broken(gitFolder) });
  return text.trim() === "" ? null : text.trim();
}

/** Moves a ref of a repository on this machine, in one step and only from where it is expected. */
export async function moveRef(gitFolder: string, ref: string, { from, to }: BranchMove): Promise<boolean> {
  const zero = "0".repeat(to.length);
  try {
    await runGit(gitFolder, ["update-ref", "-m", "registrar publish", "--no-deref", ref, to, from ?? zero], {
      fail: broken(gitFolder),
    });
    return true;
  } catch (error) {
    if ((await readRef(gitFolder, ref)) === from) throw error;
    return false;
  }
}

/** The folder that holds objects and refs (of a work tree beside others it is not its own `.git`), and how those are named. */
export async function repositoryOf(
  gitFolder: string,
  fail: (errors: string) => RegistrarError,
): Promise<{ readonly folder: string; readonly format: ObjectFormat }> {
  const args = ["rev-parse", "--path-format=absolute", "--git-common-dir", "--show-object-format"];
  const [, folder = "", format] = /^(.*)\n(\w+)\n$/s.exec(await runGit(gitFolder, args, { fail })) ?? [];
  return { folder, format: format === "sha256" ? "sha256" : "sha1" };
}

/** Packs that may gather before they are looked at: asking git takes as long as writing a commit. */
const mostPacks = 40;

/**
 * Small packs are rolled up into larger ones, so that the cost follows what was published since and not the registry
 * (https://git-scm.com/docs/git-repack#_geometric); what git does after every push comes after that, and finds little.
 * It is not worth failing for.
 */
export async function tidy(gitFolder: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const names = readdirSync(join(gitFolder, "objects", "pack"));
  if (names.filter((name) => name.endsWith(".pack")).length < mostPacks) return;
  const config = { "gc.autoDetach": "false", "pack.threads": "1", "pack.windowMemory": "64m", ...more };
  const run = (args: readonly string[]) =>
    runGit(gitFolder, args, { fail: broken(gitFolder), config }).catch(() => undefined);
  // As `git gc --auto` itself: its owner tidies up otherwise. https://git-scm.com/docs/git-gc#_configuration
  if (Number(await run(["config", "--type=int", "--default=1", "--get", "gc.auto"])) <= 0) return;
  // Where objects were left with the other side, a rolled up pack would no longer say so.
  if (!names.some((name) => name.endsWith(".promisor"))) await run(["repack", "--geometric=2", "-d", "--quiet"]);
  await run(["gc", "--auto", "--quiet"]);
}

export const broken = (gitFolder: string) => (errors: string) =>
  new RegistrarError(
    "publish-failed",
    `Publishing to the repository ${quoted(gitFolder)} failed: ${errors}. ` +
      "Check its space and permissions, then publish again; clients see what was there before.",
  );
