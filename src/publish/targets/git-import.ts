import { RegistrarError } from "../../registry/errors.ts";
import { type GitProcess, startGit } from "../../trees/git-process.ts";
import { PipeReader } from "../../trees/pipe-reader.ts";
import { fileMode } from "./git-objects.ts";

/** Written to git at once, in bytes: fewer, larger writes cost both sides less. */
const chunk = 256 * 1024;

/**
 * For every object git takes some 400 KB and gives them back. Where that goes to the system and comes from it each time,
 * clearing pages takes a third of all its time. https://www.gnu.org/software/libc/manual/html_node/Memory-Allocation-Tunables.html
 */
const keepMemory = { MALLOC_TRIM_THRESHOLD_: "67108864", MALLOC_MMAP_THRESHOLD_: "33554432" };

/** Where the commit is kept in the import's own repository. */
const ref = "refs/heads/import";

/**
 * One new commit, streamed into `git fast-import`: never a checkout, never more in memory than git has not yet read.
 * https://git-scm.com/docs/git-fast-import
 */
export class GitImport {
  readonly #git: GitProcess;
  /** Filled in turn: one is read by git while the other one is written to. */
  readonly #buffers = [Buffer.allocUnsafe(chunk), Buffer.allocUnsafe(chunk)] as const;
  readonly #answers: PipeReader;
  #turn: 0 | 1 = 0;
  #size = 0;
  #sent: Promise<unknown> = Promise.resolve();

  /**
   * `parent`: the commit whose files it begins with; null for a first one, which begins with none and is written for speed:
   * uncompressed differences take a third more space until git next tidies up. `commit`: the source that is published; null
   * for a folder.
   */
  constructor(
    gitFolder: string,
    { parent, commit }: { readonly parent: string | null; readonly commit: string | null },
  ) {
    const message = messageOf(commit);
    // Without `done` at its end a stream that breaks off is no commit. However few the objects, they stay one pack, which
    // is handed on whole.
    this.#git = startGit(gitFolder, ["fast-import", "--quiet", "--done", "--date-format=now", "--force"], {
      config: { "fastimport.unpackLimit": "0", "pack.compression": parent === null ? "0" : "1" },
      environment: keepMemory,
    });
    this.#answers = new PipeReader(this.#git.stdout);
    const from = parent === null ? "" : `from ${parent}\n`;
    const data = `data ${Buffer.byteLength(message)}\n${message}\n`;
    this.#size = this.#buffers[0].write(
      `commit ${ref}\nmark :1\ncommitter Registrar <noreply@registrar.invalid> now\n${data}${from}`,
    );
  }

  /** Each file gets its text. */
  async writeAll(files: Iterable<{ readonly path: string; readonly body: string }>): Promise<void> {
    for (const { path, body } of files) {
      await this.#add(`M ${fileMode} inline ${path}\ndata ${Buffer.byteLength(body)}\n`);
      await this.#add(body);
      await this.#add("\n");
    }
  }

  /** The file or folder becomes an object that is there already; `id` in hex. */
  async link(path: string, object: { readonly mode: string; readonly id: string }): Promise<void> {
    await this.#add(`M ${object.mode.padStart(6, "0")} ${object.id} ${path}\n`);
  }

  /** Removes files, and folders with everything below them; others may have named them, with any bytes (`parseTree`). */
  async removeAll(paths: Iterable<string>): Promise<void> {
    for (const path of paths) await this.#add(`D ${inQuotes(path)}\n`);
  }

  /** The id of a folder as it is now; null where there is none. https://git-scm.com/docs/git-fast-import#_ls */
  async treeId(path: string): Promise<string | null> {
    // Without quotes git takes the path for the name of an object.
    await this.#add(`ls "${path}"\n`);
    await this.#send();
    const answer = (await this.#answers.line()) ?? (await this.#fail());
    return /^040000 tree ([0-9a-f]+)\t/.exec(answer)?.[1] ?? null;
  }

  /** The id of the commit. https://git-scm.com/docs/git-fast-import#_get_mark */
  async finish(): Promise<string> {
    await this.#add("\nget-mark :1\ndone\n");
    await this.#send();
    this.#git.stdin.end();
    const id = await this.#answers.line();
    while ((await this.#answers.line()) !== undefined);
    const { code, errors } = await this.#git.ended;
    if (code !== 0 || id === undefined) throw importFailed(errors);
    return id;
  }

  async stop(): Promise<void> {
    await this.#git.stop();
  }

  /** Straight into a buffer that is used again: half a million texts would leave as many copies behind. */
  async #add(text: string): Promise<void> {
    // No character takes more than three bytes.
    if (this.#size + 3 * text.length > chunk) await this.#send();
    if (3 * text.length > chunk) await this.#write(Buffer.from(text));
    else this.#size += this.#buffers[this.#turn].write(text, this.#size);
  }

  async #send(): Promise<void> {
    const filled = this.#buffers[this.#turn].subarray(0, this.#size);
    await this.#write(filled);
    this.#turn = this.#turn === 0 ? 1 : 0;
    this.#size = 0;
  }

  /** Returns once the buffer before this one is free again. */
  async #write(bytes: Buffer): Promise<void> {
    await this.#sent;
    if (this.#git.stdin.destroyed) await this.#fail();
    // Git may end instead of reading on; `finish` then says why.
    const done = new Promise((resolve) => this.#git.stdin.write(bytes, resolve));
    this.#sent = Promise.race([done, this.#git.ended.catch(() => undefined)]);
  }

  async #fail(): Promise<never> {
    throw importFailed((await this.#git.ended).errors);
  }
}

/** As git reads a path in quotes, with bytes in octal: https://git-scm.com/docs/git-fast-import#_filemodify */
const inQuotes = (path: string): string =>
  `"${path.replace(/[^0-9A-Za-z./_-]/g, (byte) => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`)}"`;

const messageOf = (commit: string | null): string =>
  commit === null ? "Publish the registry of a folder" : `Publish the registry at ${commit}`;

const importFailed = (errors: string): RegistrarError =>
  new RegistrarError(
    "publish-failed",
    `Git could not take the documents in: ${errors === "" ? "it gave no reason" : errors}. ` +
      "Check its space and permissions, then publish again; nothing has changed.",
  );
