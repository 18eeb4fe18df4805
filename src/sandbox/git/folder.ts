import { appendFile, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { type GitObject, ObjectReader } from "./object-reader.ts";
import { type CommitObject, parseCommit, parseTag, parseTree, type TagObject, type TreeEntry } from "./objects.ts";
import type { GitProgram, GitRun } from "./program.ts";

/**
 * One bare repository on disk. A fork shares the object folder of its parent, as repositories of one network do on
 * GitHub: every commit of a fork can be read through the parent.
 */
export class GitFolder {
  readonly path: string;
  readonly program: GitProgram;
  readonly reader: ObjectReader;

  constructor(path: string, program: GitProgram, reader: ObjectReader) {
    this.path = path;
    this.program = program;
    this.reader = reader;
  }

  text(args: readonly string[], run: GitRun = {}): Promise<string> {
    return this.program.text(this.path, args, run);
  }

  async object(sha: string, type: string): Promise<GitObject | null> {
    const object = await this.reader.read(sha);
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

const CONFIG = `[gc]
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

export async function createGitFolder(program: GitProgram, path: string, parent?: GitFolder): Promise<GitFolder> {
  await program.run(".", ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", path]);
  await appendFile(join(path, "config"), CONFIG);
  if (parent === undefined) return new GitFolder(path, program, new ObjectReader(program, path));
  await rm(join(path, "objects"), { recursive: true });
  await symlink(join(parent.path, "objects"), join(path, "objects"), "dir");
  return new GitFolder(path, program, parent.reader);
}
