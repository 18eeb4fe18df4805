import type { RegistryHistory, RegistryTree } from "../registry/tree.ts";
import { readFolderTree } from "../trees/folder-tree.ts";
import { type FolderWriter, folderWriter } from "../trees/folder-writer.ts";
import { followTree } from "../trees/follow-tree.ts";
import { readGitCommits } from "../trees/git-commits.ts";
import { readGitHistory } from "../trees/git-history.ts";
import { readGitTree } from "../trees/git-tree.ts";

/** A registry in a folder, or at a commit of the git repository there. */
export function composeTree(folder: string, commit?: string): Promise<RegistryTree> {
  return commit === undefined ? readFolderTree(folder) : readGitTree({ repository: folder, commit });
}

/** A registry at a commit of the git repository there, with what came before. */
export const composeHistory = (folder: string, commit: string): Promise<RegistryHistory> =>
  readGitHistory({ repository: folder, commit });

/** What commits of the git repository there changed. */
export const composeCommitReader = readGitCommits;

/** A registry in a folder or git repository, read again where it has changed. */
export const composeFollowedTree = followTree;

/** Writing into a registry in a folder. */
export const composeFolderWriter = (folder: string): FolderWriter => folderWriter(folder);
