import type { Fields, Sources } from "../sources.ts";
import { account } from "./account.ts";
import { connection, edge, pageInfo } from "./connection.ts";
import { blob, commit, gitActor, ref, tag, tree, treeEntry } from "./git.ts";
import { query, rateLimit } from "./query.ts";
import { release, releaseAsset } from "./release.ts";
import { license, repository } from "./repository.ts";

/** Every field of GitHub's schema that the sandbox knows. One that is not here is refused and recorded as a violation. */
export const fieldTable: { readonly [T in keyof Sources]: Fields<Sources[T]> } = {
  Query: query,
  RateLimit: rateLimit,
  Repository: repository,
  User: account,
  Organization: account,
  License: license,
  ReleaseConnection: connection("ReleaseEdge"),
  ReleaseEdge: edge,
  Release: release,
  ReleaseAssetConnection: connection("ReleaseAssetEdge"),
  ReleaseAssetEdge: edge,
  ReleaseAsset: releaseAsset,
  RefConnection: connection("RefEdge"),
  RefEdge: edge,
  Ref: ref,
  Commit: commit,
  Tag: tag,
  Tree: tree,
  TreeEntry: treeEntry,
  Blob: blob,
  GitActor: gitActor,
  PageInfo: pageInfo,
};
