import { createHash } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { RegistrarError } from "../../registry/errors.ts";
import { quoted } from "../../registry/plain-text.ts";
import { runGit } from "../../trees/git-process.ts";
import { gitFailed, remoteConfig, remoteFailed } from "../../trees/git-remote.ts";
import { makeFolder } from "../../trees/make-folder.ts";
import { fetchObjects, missingObjects, partialConfig, withoutBlobs } from "../../trees/partial-clone.ts";
import { lockDirectory } from "./directory-lock.ts";
import { clearLocks } from "./git-locks.ts";
import { type BranchPlace, broken, readRef, repositoryOf, tidy } from "./git-place.ts";

export interface RemotePlaceRequest {
  /** `https://…`, `ssh://…`, `git@…:…` or `file://…`. */
  readonly url: string;
  readonly branch: string;
  /** Keeps a bare copy of the branch's last commit below, save most blobs; whatever is lost there is fetched again. */
  readonly dataFolder: string;
  /** Null: with what git has of its own. */
  readonly token: () => Promise<string | null>;
}

/** A branch of a repository elsewhere: brought here as far as it has changed, and pushed. */
export async function openRemotePlace(request: RemotePlaceRequest): Promise<BranchPlace> {
  const { url, branch, dataFolder } = request;
  const name = createHash("sha256").update(`${url}#${branch}`).digest("hex").slice(0, 16);
  const gitFolder = join(dataFolder, "publish", `${name}.git`);
  const ref = `refs/heads/${branch}`;
  prepare(gitFolder);
  const lock = lockDirectory(gitFolder, join(gitFolder, "registrar", "lock"));
  try {
    const fail = gitFailed(`${quoted(gitFolder)} cannot be made a repository`);
    clearLocks(gitFolder);
    await runGit(gitFolder, ["init", "--quiet", "--bare"], { fail });
    clearRubbish(gitFolder);
    const remote = new Remote(gitFolder, request);
    let listing: Listing | undefined = await remote.list();
    const { format } = await repositoryOf(gitFolder, broken(gitFolder));
    return {
      gitFolder,
      format,
      defaultBranches: listing.defaultBranches,
      isEmpty: async () => false,
      readTip: async () => {
        const known = listing;
        listing = undefined;
        return remote.fetch(known ?? (await remote.list()));
      },
      bring: (blobs) => remote.bring(blobs),
      advance: async (move) => {
        if (!(await remote.push(move))) return false;
        const fail = gitFailed(`${quoted(gitFolder)} cannot note what was pushed`);
        await runGit(gitFolder, ["update-ref", ref, move.to], { fail });
        // A bitmap tells of all objects, and some are not here.
        await tidy(gitFolder, { ...partialConfig(url), "repack.writeBitmaps": "false" });
        return true;
      },
      close: async () => lock.release(),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function prepare(gitFolder: string): void {
  try {
    makeFolder(join(gitFolder, "registrar"));
  } catch (cause) {
    throw new RegistrarError(
      "publish-failed",
      `The folder ${quoted(gitFolder)} cannot be made (${(cause as Error).message}). Check the data folder and its permissions.`,
      { cause },
    );
  }
}

/** Packs that a process left half written; nobody else writes here. */
function clearRubbish(gitFolder: string): void {
  const packs = join(gitFolder, "objects", "pack");
  for (const name of readdirSync(packs)) if (name.startsWith("tmp_")) rmSync(join(packs, name), { force: true });
}

interface Listing {
  readonly tip: string | null;
  readonly defaultBranches: readonly string[];
}

class Remote {
  readonly #gitFolder: string;
  readonly #request: RemotePlaceRequest;
  readonly #ref: string;

  constructor(gitFolder: string, request: RemotePlaceRequest) {
    this.#gitFolder = gitFolder;
    this.#request = request;
    this.#ref = `refs/heads/${request.branch}`;
  }

  /** What the other side has now. https://git-scm.com/docs/git-ls-remote */
  async list(): Promise<Listing> {
    const { url } = this.#request;
    const fail = remoteFailed(`${quoted(url)} could not be read`);
    const text = await this.#run(["ls-remote", "--symref", url, "HEAD", this.#ref], fail);
    let tip: string | null = null;
    const defaultBranches: string[] = [];
    for (const line of text.split("\n")) {
      const [value = "", name = ""] = line.split("\t");
      if (name === this.#ref) tip = value;
      if (name === "HEAD" && value.startsWith("ref: refs/heads/")) defaultBranches.push(value.slice(16));
    }
    return { tip, defaultBranches };
  }

  /**
   * The tip, with its trees here. Its history and its blobs stay away: the next commit needs the trees of the last one,
   * and few of its files are read.
   */
  async fetch({ tip }: Listing): Promise<string | null> {
    if (tip === null) return tip;
    if (tip === (await readRef(this.#gitFolder, this.#ref))) {
      if ((await missingObjects(this.#gitFolder, [tip])).length === 0) return tip;
      // A disk that has lost objects, but not the name of the commit.
      for (const name of [this.#ref, "packed-refs", "shallow"]) rmSync(join(this.#gitFolder, name), { force: true });
    }
    await this.#fetchTip([withoutBlobs]);
    return readRef(this.#gitFolder, this.#ref);
  }

  /** Where the other side leaves blobs out, but hands none out by its id, everything comes after all. */
  async bring(blobs: readonly string[]): Promise<void> {
    const { url, token } = this.#request;
    const ids = await missingObjects(this.#gitFolder, blobs);
    if (ids.length === 0) return;
    const fail = remoteFailed(`Files of ${quoted(url)} could not be fetched`, asBefore);
    try {
      await fetchObjects(this.#gitFolder, { url, ids, fail, config: remoteConfig(url, await token()) });
    } catch (error) {
      await this.#fetchTip(["--no-filter", "--refetch"]);
      // The branch may have another tip by now.
      if ((await missingObjects(this.#gitFolder, ids)).length > 0) throw error;
    }
  }

  async #fetchTip(filter: readonly string[]): Promise<void> {
    const { url, branch } = this.#request;
    const options = ["--quiet", "--force", "--no-tags", "--no-write-fetch-head", "--no-auto-gc", "--depth=1"];
    const fail = remoteFailed(`The branch ${quoted(branch)} of ${quoted(url)} could not be fetched`, asBefore);
    await this.#run(["fetch", ...options, ...filter, url, `+${this.#ref}:${this.#ref}`], fail, partialConfig(url));
  }

  /**
   * Pushes, and only on top of what is expected there. What has become of a push that failed is asked of the other side
   * rather than read from git's words: the answer may have been lost on its way.
   */
  async push({ from, to }: { readonly from: string | null; readonly to: string }): Promise<boolean> {
    const { url, branch } = this.#request;
    const lease = `--force-with-lease=${this.#ref}:${from ?? ""}`;
    const fail = refused({ url, branch });
    try {
      await this.#run(["push", "--quiet", "--no-verify", lease, url, `${to}:${this.#ref}`], fail);
      return true;
    } catch (error) {
      const { tip } = await this.list();
      if (tip === to) return true;
      if (tip !== from) return false;
      throw error;
    }
  }

  async #run(
    args: readonly string[],
    fail: (errors: string) => RegistrarError,
    more: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const { url, token } = this.#request;
    const config = { ...remoteConfig(url, await token()), ...more };
    return runGit(this.#gitFolder, args, { fail, config });
  }
}

const asBefore = "; clients see what was there before";

/** The other side answers, and says no. */
const refused =
  ({ url, branch }: { readonly url: string; readonly branch: string }) =>
  (errors: string) =>
    new RegistrarError(
      "publish-failed",
      `The branch ${quoted(branch)} of ${quoted(url)} could not be pushed: ${errors}. ` +
        `Check that Registrar may write to ${quoted(url)} and that no rule protects ${quoted(branch)} from it; nothing has changed there.`,
    );
