import { once } from "node:events";
import { RegistrarError } from "../../registry/errors.ts";
import { type GitProcess, runGit, startGit } from "../../trees/git-process.ts";
import { fileMode } from "./git-objects.ts";

/** Written to git at once, in characters: fewer, larger writes cost both sides less. */
const chunk = 256 * 1024;

/** Where the commit is kept in the import's own repository. */
const ref = "refs/heads/import";

/**
 * One new commit, streamed into `git fast-import`: never a checkout, never more in memory than git has not yet read.
 * https://git-scm.com/docs/git-fast-import
 */
export class GitImport {
  readonly #gitFolder: string;
  readonly #git: GitProcess;
  #waiting: string[] = [];
  #size = 0;

  /**
   * `parent`: the commit whose files it begins with; null for a first one, which begins with none. `commit`: the source
   * that is published; null for a folder.
   */
  constructor(
    gitFolder: string,
    { parent, commit }: { readonly parent: string | null; readonly commit: string | null },
  ) {
    const message = messageOf(commit);
    this.#gitFolder = gitFolder;
    // Without `done` at its end a stream that breaks off is no commit. However few the objects, they stay one pack, which
    // is handed on whole.
    this.#git = startGit(gitFolder, ["fast-import", "--quiet", "--done", "--date-format=now", "--force"], {
      config: { "fastimport.unpackLimit": "0", "pack.compression": "1" },
    });
    this.#add(`commit ${ref}\ncommitter Registrar <noreply@registrar.invalid> now\n`);
    this.#add(`data ${Buffer.byteLength(message)}\n${message}\n`);
    if (parent !== null) this.#add(`from ${parent}\n`);
  }

  /** Each file gets its text. */
  async writeAll(files: Iterable<{ readonly path: string; readonly body: string }>): Promise<void> {
    for (const { path, body } of files) {
      this.#add(`M ${fileMode} inline ${path}\ndata ${Buffer.byteLength(body)}\n${body}\n`);
      await this.#flush(chunk);
    }
  }

  /** The file or folder becomes an object that is there already; `id` in hex. */
  async link(path: string, object: { readonly mode: string; readonly id: string }): Promise<void> {
    this.#add(`M ${object.mode.padStart(6, "0")} ${object.id} ${path}\n`);
    await this.#flush(chunk);
  }

  /** Removes files, and folders with everything below them. */
  async removeAll(paths: Iterable<string>): Promise<void> {
    for (const path of paths) this.#add(`D ${path}\n`);
    await this.#flush(chunk);
  }

  /** The id of the commit. */
  async finish(): Promise<string> {
    this.#add("done\n");
    await this.#flush(0);
    this.#git.stdin.end();
    this.#git.stdout.resume();
    const { code, errors } = await this.#git.ended;
    if (code !== 0) throw importFailed(errors);
    return (await runGit(this.#gitFolder, ["rev-parse", "--verify", ref], { fail: importFailed })).trim();
  }

  async stop(): Promise<void> {
    await this.#git.stop();
  }

  #add(text: string): void {
    this.#waiting.push(text);
    this.#size += text.length;
  }

  async #flush(most: number): Promise<void> {
    if (this.#size <= most) return;
    const text = this.#waiting.join("");
    this.#waiting = [];
    this.#size = 0;
    if (this.#git.stdin.write(text)) return;
    // Git may end instead of reading on; `finish` then says why.
    const ended = this.#git.ended.then(() => undefined);
    await Promise.race([once(this.#git.stdin, "drain").catch(() => undefined), ended]);
    if (this.#git.stdin.destroyed) await this.#fail();
  }

  async #fail(): Promise<never> {
    throw importFailed((await this.#git.ended).errors);
  }
}

const messageOf = (commit: string | null): string =>
  commit === null ? "Publish the registry of a folder" : `Publish the registry at ${commit}`;

const importFailed = (errors: string): RegistrarError =>
  new RegistrarError(
    "publish-failed",
    `Git could not take the documents in: ${errors === "" ? "it gave no reason" : errors}. ` +
      "Check its space and permissions, then publish again; nothing has changed.",
  );
