/** Takes lines and counted bytes from a stream. */
export class PipeReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next line without its end; undefined at the end of the stream. */
  async line(): Promise<string | undefined> {
    for (let end = this.#rest.indexOf(0x0a); ; end = this.#rest.indexOf(0x0a)) {
      if (end >= 0) return this.#take(end + 1).toString("utf8", 0, end);
      const chunk = await this.#next();
      if (chunk === undefined) return undefined;
      this.#rest = Buffer.concat([this.#rest, chunk]);
    }
  }

  /** Exactly so many bytes; undefined when the stream ends before. */
  async bytes(count: number): Promise<Buffer | undefined> {
    if (this.#rest.length < count) {
      // A large blob comes in many pieces: joining once keeps this linear.
      const pieces = [this.#rest];
      let have = this.#rest.length;
      while (have < count) {
        const chunk = await this.#next();
        if (chunk === undefined) return undefined;
        pieces.push(chunk);
        have += chunk.length;
      }
      this.#rest = Buffer.concat(pieces, have);
    }
    // A copy, so that a small file does not keep a large chunk alive.
    return Buffer.from(this.#take(count));
  }

  async #next(): Promise<Buffer | undefined> {
    const { value, done } = await this.#chunks.next();
    return done === true ? undefined : value;
  }

  #take(count: number): Buffer {
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }
}
