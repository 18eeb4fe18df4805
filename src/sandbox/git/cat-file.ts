import type { ChildProcessWithoutNullStreams } from "node:child_process";
import type { GitObject } from "./loose.ts";
import type { GitProgram } from "./program.ts";

type Waiting = { wantsContent: boolean; resolve: (object: GitObject | null) => void; reject: (error: Error) => void };

/** One `git cat-file --batch-command` kept open: a read costs a fraction of a millisecond instead of a process. */
export class CatFile {
  static readonly IDLE_MS = 20_000;
  readonly #program: GitProgram;
  readonly #folder: string;
  readonly #waiting: Waiting[] = [];
  #child: ChildProcessWithoutNullStreams | null = null;
  #chunks: Buffer[] = [];
  #buffered = 0;
  #needed = 0;
  #idle: NodeJS.Timeout | null = null;

  constructor(program: GitProgram, folder: string) {
    this.#program = program;
    this.#folder = folder;
  }

  /** null when there is no such object; `info` leaves the content empty. */
  ask(command: "contents" | "info", name: string): Promise<GitObject | null> {
    return new Promise((resolve, reject) => {
      try {
        const child = this.#start();
        this.#waiting.push({ wantsContent: command === "contents", resolve, reject });
        child.stdin.write(`${command} ${name}\n`);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  #start(): ChildProcessWithoutNullStreams {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#closeWhenIdle(), CatFile.IDLE_MS);
    this.#idle.unref();
    if (this.#child !== null) return this.#child;
    const child = this.#program.start(this.#folder, ["cat-file", "--batch-command"]);
    child.stdout.on("data", (chunk: Buffer) => this.#receive(chunk));
    child.stderr.resume();
    child.once("error", (error) => this.#fail(child, error));
    child.once("close", () => this.#fail(child, new Error("git cat-file ended")));
    this.#child = child;
    return child;
  }

  #closeWhenIdle(): void {
    if (this.#waiting.length > 0 || this.#child === null) return;
    this.#child.stdin.end();
    this.#child = null;
  }

  #fail(child: ChildProcessWithoutNullStreams, error: Error): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.#chunks = [];
    this.#buffered = 0;
    this.#needed = 0;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    // Large objects arrive in many pieces: joining only when enough is there keeps this linear.
    if (this.#buffered < this.#needed) return;
    let data = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    for (;;) {
      const waiting = this.#waiting[0];
      const parsed = waiting === undefined ? null : takeAnswer(data, waiting.wantsContent);
      if (waiting === undefined || parsed === null || typeof parsed === "number") {
        this.#needed = typeof parsed === "number" ? parsed : data.length + 1;
        break;
      }
      this.#waiting.shift();
      waiting.resolve(parsed.object);
      data = data.subarray(parsed.used);
    }
    this.#chunks = data.length === 0 ? [] : [data];
    this.#buffered = data.length;
  }
}

/** The next answer; a number says how many bytes are needed before there is one; null: the header is not whole yet. */
function takeAnswer(data: Buffer, wantsContent: boolean): { object: GitObject | null; used: number } | number | null {
  const end = data.indexOf(0x0a);
  if (end < 0) return null;
  const header = data.toString("utf8", 0, end).split(" ");
  const [sha = "", type = "", sizeText = ""] = header.slice(-3);
  if (header.at(-1) === "missing" || header.at(-1) === "ambiguous") return { object: null, used: end + 1 };
  const size = Number(sizeText);
  if (!wantsContent) return { object: { sha, type, size, content: Buffer.alloc(0) }, used: end + 1 };
  const total = end + 1 + size + 1;
  if (data.length < total) return total;
  // A copy, so that a small object does not keep a large chunk alive.
  return { object: { sha, type, size, content: Buffer.from(data.subarray(end + 1, end + 1 + size)) }, used: total };
}
