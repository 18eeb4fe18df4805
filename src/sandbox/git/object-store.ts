import { createHash } from "node:crypto";
import { CatFile } from "./cat-file.ts";
import { type GitObject, looseInfo, readLoose, writeLoose } from "./loose.ts";
import type { GitProgram } from "./program.ts";

/** Small objects are read again and again: commits, trees, tags, records. */
const SMALL = 16_384;
const KEPT = 1000;

/** Bytes that may wait in memory. */
const MOST_WAITING = 4_000_000;

/**
 * The objects of one repository network. What is written waits in memory until git itself looks at the repository, which
 * for most of the repositories of authors never happens: a file and a folder for every object are most of what making one costs.
 */
export class ObjectStore {
  readonly #folder: string;
  readonly #catFile: CatFile;
  readonly #kept = new Map<string, GitObject>();
  readonly #waiting = new Map<string, GitObject>();
  #waitingBytes = 0;

  constructor(program: GitProgram, folder: string) {
    this.#folder = folder;
    this.#catFile = new CatFile(program, folder);
  }

  /** Returns the SHA. */
  write(type: string, content: Buffer): string {
    const sha = createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest("hex");
    if (this.#waiting.has(sha)) return sha;
    this.#waiting.set(sha, { sha, type, size: content.length, content });
    this.#waitingBytes += content.length;
    if (this.#waitingBytes > MOST_WAITING) this.flush();
    return sha;
  }

  /** Puts on disk what waits. */
  flush(): void {
    for (const object of this.#waiting.values()) writeLoose(this.#folder, object);
    this.#waiting.clear();
    this.#waitingBytes = 0;
  }

  /** By the whole SHA or the start of it; null when there is no such object. */
  async read(name: string): Promise<GitObject | null> {
    const object = this.#inMemory(name) ?? (await this.#find("contents", name));
    if (object !== null && object.sha === name && object.size <= SMALL) this.#keep(object);
    return object;
  }

  /** Type and size; the content may be empty. */
  async info(name: string): Promise<GitObject | null> {
    return this.#inMemory(name) ?? (await this.#find("info", name));
  }

  #inMemory(sha: string): GitObject | undefined {
    return this.#waiting.get(sha) ?? this.#kept.get(sha);
  }

  async #find(command: "contents" | "info", name: string): Promise<GitObject | null> {
    // Names of refs and paths would work too, and are not meant.
    if (!/^[0-9a-f]{4,40}$/.test(name)) return null;
    const abbreviated = name.length < 40;
    // What an abbreviation means depends on all that there is.
    if (abbreviated) this.flush();
    const loose = abbreviated ? null : await (command === "info" ? looseInfo : readLoose)(this.#folder, name);
    return loose ?? this.#catFile.ask(command, name);
  }

  #keep(object: GitObject): void {
    this.#kept.set(object.sha, object);
    if (this.#kept.size <= KEPT) return;
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}
