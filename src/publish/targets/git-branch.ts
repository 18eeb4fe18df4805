import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RegistrarError } from "../../registry/errors.ts";
import { quoted } from "../../registry/plain-text.ts";
import { ObjectReader } from "../../trees/object-reader.ts";
import type { PublishTarget } from "../target.ts";
import { markerFile, readBaseline } from "./git-baseline.ts";
import { BlobReader } from "./git-blobs.ts";
import { TreeReader } from "./git-compare.ts";
import { openLocalPlace } from "./git-local.ts";
import type { BranchPlace } from "./git-place.ts";
import { openRemotePlace } from "./git-remote.ts";
import { GitBranchSession } from "./git-session.ts";

export interface GitBranchOptions {
  readonly repository:
    | { readonly kind: "folder"; readonly path: string }
    | { readonly kind: "url"; readonly url: string };
  readonly branch: string;
  /** It is the registry's own repository, whose default branch is never a place to publish to. */
  readonly isOwn: boolean;
  /** Below it a copy of a branch elsewhere is kept; null: in a temporary folder, so that it is fetched each time. */
  readonly dataFolder: string | null;
  /** For a branch elsewhere; null: with what git has of its own. */
  readonly token: () => Promise<string | null>;
}

/**
 * A branch of a git repository, which GitHub Pages and others serve as it is. Each publication that changes something is
 * one commit on top of what the branch has; clients see the branch before it or after it.
 */
export function gitBranchTarget(options: GitBranchOptions): PublishTarget {
  const { repository, branch } = options;
  const where = repository.kind === "url" ? repository.url : repository.path;
  const label = `git:${where}#${branch}`;
  return {
    label,
    open: async (request) => {
      const place = await openPlace(options, request.dryRun);
      const objects = new ObjectReader(place.gitFolder);
      const close = async () => {
        await objects.stop();
        await place.close();
      };
      try {
        const tip = await place.readTip();
        const trees = new TreeReader(objects, place.format);
        const blobs = new BlobReader(objects, place);
        const isPublished = tip !== null && (await trees.find(tip, markerFile)) !== undefined;
        await assertNoDefault(options, { place, isPublished, where });
        const baseline = await readBaseline(tip, { trees, blobs, label });
        return new GitBranchSession({ place, trees, blobs, baseline, request, label, close });
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

async function openPlace(
  { repository, branch, dataFolder, token }: GitBranchOptions,
  dryRun: boolean,
): Promise<BranchPlace> {
  if (repository.kind === "folder") return openLocalPlace({ path: repository.path, branch, dryRun });
  const { url } = repository;
  if (dataFolder !== null) return openRemotePlace({ url, branch, dataFolder, token });
  const temporary = await mkdtemp(join(tmpdir(), "registrar-publish-"));
  const remove = () => rmSync(temporary, { recursive: true, force: true });
  process.once("exit", remove);
  const forget = () => {
    process.removeListener("exit", remove);
    remove();
  };
  try {
    const place = await openRemotePlace({ url, branch, dataFolder: temporary, token });
    return { ...place, close: () => place.close().finally(forget) };
  } catch (error) {
    forget();
    throw error;
  }
}

/**
 * A repository that holds nothing but a published registry has it on its default branch, since GitHub makes the first one
 * that is pushed so; what is published there already may be, and so may the first branch of an empty one.
 */
async function assertNoDefault(
  { branch, isOwn }: GitBranchOptions,
  { place, isPublished, where }: { readonly place: BranchPlace; readonly isPublished: boolean; readonly where: string },
): Promise<void> {
  if (!place.defaultBranches.includes(branch)) return;
  if (!isOwn && (isPublished || (await place.isEmpty()))) return;
  throw new RegistrarError(
    "bad-argument",
    `${quoted(branch)} is the default branch of ${quoted(where)}: a registry is not published over its own source. Name a branch of its own, for example one called ${branch === "host" ? "published" : "host"}.`,
  );
}
