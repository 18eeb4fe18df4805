import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GitObject } from "./loose.ts";
import { ObjectStore } from "./object-store.ts";
import { type CommitObject, parseCommit, parseTag, parseTree, type TagObject, type TreeEntry } from "./objects.ts";
import type { GitProgram, GitRun } from "./program.ts";

/**
 * One bare repository on disk. A fork shares the object folder of its parent, as repositories of one network do on
 * GitHub: every commit of a fork can be read through the parent.
 */
export class GitFolder {
  readonly path: string;
  readonly program: GitProgram;
  readonly objects: ObjectStore;
  /** null: the ones on disk. */
  readonly refs: ReadonlyMap<string, string> | null = null;

  constructor(path: string, program: GitProgram, objects: ObjectStore) {
    this.path = path;
    this.program = program;
    this.objects = objects;
  }

  /** The same objects, with the refs as they were at some time. For reading only. */
  frozen(refs: ReadonlyMap<string, string>): GitFolder {
    return Object.assign(new GitFolder(this.path, this.program, this.objects), { refs });
  }

  text(args: readonly string[], run: GitRun = {}): Promise<string> {
    return this.program.text(this.path, args, run);
  }

  async object(sha: string, type: string): Promise<GitObject | null> {
    const object = await this.objects.read(sha);
    return object !== null && object.type === type ? object : null;
  }

  async commit(sha: string): Promise<CommitObject | null> {
    const object = await this.object(sha, "commit");
    return object === null ? null : parseCommit(object.sha, object.content);
  }

  async tag(sha: string): Promise<TagObject | null> {
    const object = await this.object(sha, "tag");
    return object === null ? null : parseTag(object.sha, object.content);
  }

  async tree(sha: string): Promise<TreeEntry[] | null> {
    const object = await this.object(sha, "tree");
    return object === null ? null : parseTree(object.content);
  }

  async blob(sha: string): Promise<Buffer | null> {
    return (await this.object(sha, "blob"))?.content ?? null;
  }
}

const CONFIG = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
[gc]
	auto = 0
[receive]
	autogc = false
	unpackLimit = 1000
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[http]
	receivepack = true
`;

/** What `git init --bare` makes, without a process. https://git-scm.com/docs/gitrepository-layout */
export function createGitFolder(program: GitProgram, path: string, parent?: GitFolder): GitFolder {
  for (const name of ["refs/heads", "refs/tags"]) mkdirSync(join(path, name), { recursive: true });
  writeFileSync(join(path, "HEAD"), "ref: refs/heads/main\n");
  writeFileSync(join(path, "config"), CONFIG);
  const objects = join(path, "objects");
  if (parent === undefined) mkdirSync(objects);
  else symlinkSync(join(parent.path, "objects"), objects, "dir");
  const store = parent?.objects ?? new ObjectStore(program, path);
  program.beforeStart(path, () => store.flush());
  return new GitFolder(path, program, store);
}
