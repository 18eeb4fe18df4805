import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { type GitProcess, startGit } from "./git-process.ts";
import { PipeReader } from "./pipe-reader.ts";

export interface StoredObject {
  /** Hex. */
  readonly id: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * Answers questions about objects one by one, with one `git cat-file --batch` for all of them. Questions may be asked
 * before earlier ones are answered; the process starts with the first one.
 */
export class ObjectReader {
  readonly #gitFolder: string;
  #git: { readonly process: GitProcess; readonly reader: PipeReader } | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(gitFolder: string) {
    this.#gitFolder = gitFolder;
  }

  /** The object of that id or name (`<commit>:<path>` too); null where there is none. */
  read(name: string): Promise<StoredObject | null> {
    if (this.#git === undefined) {
      const process = startGit(this.#gitFolder, ["cat-file", "--batch"]);
      this.#git = { process, reader: new PipeReader(process.stdout) };
    }
    const { process, reader } = this.#git;
    process.stdin.write(`${name}\n`);
    const answer = this.#last.then(() => readAnswer(name, reader));
    // It is awaited by who asked; the next question waits for its turn only.
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async stop(): Promise<void> {
    await this.#git?.process.stop();
  }
}

/** https://git-scm.com/docs/git-cat-file#_batch_output: `<id> <type> <size>`, or `<name> missing`. */
async function readAnswer(name: string, reader: PipeReader): Promise<StoredObject | null> {
  const header = await reader.line();
  if (header?.endsWith(" missing")) return null;
  const [, id, type, size] = /^([0-9a-f]+) (\w+) (\d+)$/.exec(header ?? "") ?? [];
  const bytes = size === undefined ? undefined : await reader.bytes(Number(size) + 1);
  if (id === undefined || type === undefined || bytes === undefined) {
    throw new RegistrarError(
      "git-failed",
      `Git cannot give ${quoted(name)} (${quoted(header ?? "it ended early")}). Check the repository with \`git fsck\`.`,
    );
  }
  return { id, type, bytes: bytes.subarray(0, -1) };
}
