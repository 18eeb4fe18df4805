import { createHash, randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account } from "../entities/account.ts";
import type { Asset, Release } from "../entities/release.ts";
import type { Repository } from "../entities/repository.ts";
import { ApiError, unprocessable, validationFailed } from "../errors.ts";
import { readRef, ZERO } from "../git/refs.ts";
import { peel, resolveCommit } from "../git/resolve.ts";
import { writeTag } from "../git/write.ts";
import { presentRelease } from "../present/release.ts";
import { accountOf, type Viewer } from "../viewer.ts";
import { emit } from "../webhooks/emit.ts";
import { time, type World } from "../world.ts";
import { personOf } from "./people.ts";
import { changeRef } from "./refs.ts";
import { silently } from "./silently.ts";

export interface NewRelease {
  readonly tag: string;
  readonly target?: string | undefined;
  readonly name?: string | null | undefined;
  readonly body?: string | null | undefined;
  readonly draft?: boolean | undefined;
  readonly prerelease?: boolean | undefined;
  readonly immutable?: boolean | undefined;
  readonly annotated?: boolean | undefined;
  readonly publishedAt?: string | undefined;
  readonly silent?: boolean | undefined;
  readonly assets?: readonly NewAsset[] | undefined;
}

export interface NewAsset {
  readonly name: string;
  /** Or only what GitHub says of them, where nobody is meant to download the file: hex, and a number of bytes. */
  readonly bytes: string | Uint8Array | { readonly sha256: string; readonly size: number };
  readonly contentType?: string | undefined;
  readonly label?: string | null | undefined;
  /** null as for assets from before June 2025. */
  readonly digest?: null | undefined;
}

/** By the date of the commit that the tag points to. */
export function newestFirst(a: Release, b: Release): number {
  return a.createdAt === b.createdAt ? b.id - a.id : a.createdAt < b.createdAt ? 1 : -1;
}

/** Neither a draft nor a pre-release. https://docs.github.com/rest/releases/releases#get-the-latest-release */
export function latestRelease({ releases }: Repository): Release | null {
  return releases.filter(({ draft, prerelease }) => !draft && !prerelease).sort(newestFirst)[0] ?? null;
}

/** https://docs.github.com/rest/releases/releases#create-a-release */
export async function addRelease(
  world: World,
  repository: Repository,
  { viewer, wanted }: { viewer: Viewer; wanted: NewRelease },
): Promise<Release> {
  const author = accountOf(viewer);
  const draft = wanted.draft ?? false;
  if (!draft && repository.releases.some((release) => !release.draft && release.tag === wanted.tag)) {
    throw validationFailed({ resource: "Release", code: "already_exists", field: "tag_name" });
  }
  if (repository.burnedTags.has(wanted.tag)) {
    throw unprocessable("tag_name was used by an immutable release");
  }
  const target = wanted.target ?? repository.defaultBranch;
  const now = wanted.publishedAt ?? time();
  const release: Release = {
    id: world.store.nextId(),
    tag: wanted.tag,
    target,
    name: wanted.name ?? null,
    body: wanted.body ?? null,
    draft: true,
    prerelease: wanted.prerelease ?? false,
    immutable: false,
    author,
    createdAt: now,
    publishedAt: null,
    updatedAt: now,
    assets: [],
  };
  repository.releases.push(release);
  for (const asset of wanted.assets ?? []) await addAsset(world, release, { by: author, wanted: asset, at: now });
  const tell = !(wanted.silent ?? false);
  if (draft) {
    if (tell) await tellRelease(world, repository, { release, by: author, action: "created" });
    return release;
  }
  try {
    await publish(world, repository, { viewer, release, wanted: { ...wanted, publishedAt: now } });
  } catch (error) {
    repository.releases.splice(repository.releases.indexOf(release), 1);
    throw error;
  }
  world.lag.changed(repository);
  if (tell) {
    await tellRelease(world, repository, { release, by: author, action: "created" });
    await tellPublished(world, repository, { release, by: author, fromDraft: false });
  }
  return release;
}

/** Makes a draft public: the tag comes into being now. */
export async function publish(
  world: World,
  repository: Repository,
  { viewer, release, wanted }: { viewer: Viewer; release: Release; wanted: Partial<NewRelease> },
): Promise<void> {
  const ref = `refs/tags/${release.tag}`;
  const existing = await readRef(repository.git, ref);
  if (existing === null) {
    const after = await makeTag(repository, { viewer, release, annotated: wanted.annotated ?? false });
    const work = () => changeRef(world, repository, { viewer, change: { ref, before: ZERO, after } });
    await (wanted.silent === true ? silently(work) : work());
  }
  const commit = await peel(repository.git, existing ?? (await readRef(repository.git, ref)) ?? "");
  const committed = commit === null ? null : await repository.git.commit(commit);
  release.draft = false;
  release.publishedAt = wanted.publishedAt ?? time();
  release.updatedAt = release.publishedAt;
  release.createdAt = wanted.publishedAt ?? committed?.committer.date ?? release.createdAt;
  if (wanted.immutable === true) {
    release.immutable = true;
    repository.burnedTags.add(release.tag);
  }
}

async function makeTag(
  repository: Repository,
  { viewer, release, annotated }: { viewer: Viewer; release: Release; annotated: boolean },
): Promise<string> {
  const commit = await resolveCommit(repository.git, release.target);
  if (commit === null) throw validationFailed({ resource: "Release", code: "invalid", field: "target_commitish" });
  if (!annotated) return commit;
  return writeTag(repository.git, {
    object: commit,
    type: "commit",
    tag: release.tag,
    tagger: personOf(accountOf(viewer)),
    message: release.tag,
  });
}

/** Thousands of files of a few bytes take longer to make than all the rest of a release. */
const SMALL = 16_384;

export async function addAsset(
  world: World,
  release: Release,
  { by, wanted, at = time() }: { by: Account; wanted: NewAsset; at?: string },
): Promise<Asset> {
  if (release.immutable) throw new ApiError(422, "Cannot upload assets to an immutable release.");
  const name = cleanName(wanted.name);
  if (release.assets.some((asset) => asset.name === name)) {
    throw validationFailed({ resource: "ReleaseAsset", code: "already_exists", field: "name" });
  }
  const id = world.store.nextId();
  const { bytes, size, sha256 } = await keep(wanted.bytes, join(world.folder, "assets", String(id)));
  const asset: Asset = {
    id,
    name,
    label: wanted.label ?? null,
    contentType: wanted.contentType ?? "application/octet-stream",
    size,
    digest: wanted.digest === null ? null : `sha256:${sha256}`,
    uploader: by,
    createdAt: at,
    updatedAt: at,
    key: randomUUID(),
    bytes,
    state: "uploaded",
    downloads: 0,
  };
  release.assets.push(asset);
  world.store.assets.set(asset.key, asset);
  return asset;
}

async function keep(
  wanted: NewAsset["bytes"],
  file: string,
): Promise<Pick<Asset, "bytes" | "size"> & { readonly sha256: string }> {
  if (typeof wanted === "object" && "sha256" in wanted) return { ...wanted, bytes: null };
  const bytes = typeof wanted === "string" ? Buffer.from(wanted) : Buffer.from(wanted);
  if (bytes.length > SMALL) await writeFile(file, bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { bytes: bytes.length > SMALL ? { file } : bytes, size: bytes.length, sha256 };
}

export async function removeAsset(world: World, { release, asset }: { release: Release; asset: Asset }): Promise<void> {
  if (release.immutable) throw new ApiError(422, "Cannot delete assets of an immutable release.");
  release.assets = release.assets.filter((other) => other !== asset);
  await forgetAsset(world, asset);
}

async function forgetAsset(world: World, asset: Asset): Promise<void> {
  world.store.assets.delete(asset.key);
  if (asset.bytes !== null && "file" in asset.bytes) await rm(asset.bytes.file, { force: true });
}

export async function removeRelease(
  world: World,
  repository: Repository,
  { viewer, release }: { viewer: Viewer; release: Release },
): Promise<void> {
  repository.releases.splice(repository.releases.indexOf(release), 1);
  await Promise.all(release.assets.map((asset) => forgetAsset(world, asset)));
  await tellRelease(world, repository, { release, by: accountOf(viewer), action: "deleted" });
}

/** https://docs.github.com/webhooks/webhook-events-and-payloads#release; pre-releases out of drafts send no `prereleased`. */
export async function tellPublished(
  world: World,
  repository: Repository,
  { release, by, fromDraft }: { release: Release; by: Account; fromDraft: boolean },
): Promise<void> {
  await tellRelease(world, repository, { release, by, action: "published" });
  if (!release.prerelease) await tellRelease(world, repository, { release, by, action: "released" });
  else if (!fromDraft) await tellRelease(world, repository, { release, by, action: "prereleased" });
}

export function tellRelease(
  world: World,
  repository: Repository,
  { release, by, action, more = {} }: { release: Release; by: Account; action: string; more?: object },
): Promise<void> {
  return emit(world, {
    repository,
    event: "release",
    action,
    sender: by,
    payload: () => ({ release: presentRelease(world, repository, release), ...more }),
  });
}

// "GitHub renames asset filenames that have special characters, non-alphanumeric characters, and leading or trailing periods."
// https://docs.github.com/rest/releases/assets#upload-a-release-asset
function cleanName(name: string): string {
  return name
    .replace(/\.*[^A-Za-z0-9._@+-]+\.*/g, ".")
    .replace(/^\.+|\.+$/g, "")
    .replace(/^$/, "default");
}
