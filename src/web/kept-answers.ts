import type { Answer } from "./answer.ts";

/** Beside the bodies: the packed body, headers, the entry itself. */
const overhead = 2000;

/** Answers that were asked for last, ready to be sent again, up to a total size in bytes. */
export class KeptAnswers {
  readonly #most: number;
  readonly #answers = new Map<string, Answer>();
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get(path: string): Answer | undefined {
    return this.#answers.get(path);
  }

  /** The first ones that came are the first to go: what is asked for often is soon back. */
  add(path: string, answer: Answer): void {
    if (this.#answers.has(path)) return;
    this.#answers.set(path, answer);
    this.#size += sizeOf(path, answer);
    for (const [oldest, old] of this.#answers) {
      if (this.#size <= this.#most) break;
      this.#answers.delete(oldest);
      this.#size -= sizeOf(oldest, old);
    }
  }
}

/** A packed body is never larger than a plain one that is worth it. */
const sizeOf = (path: string, { body }: Answer): number => 2 * (path.length + body.length) + overhead;
