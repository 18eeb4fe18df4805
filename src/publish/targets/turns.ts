/** Runs so many steps at once; the others wait for their turn. The first error ends it for all that have not begun. */
export class Turns {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  readonly #running = new Set<Promise<unknown>>();
  #taken = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  /** The step's result, once it had its turn. */
  async run<Result>(step: () => Promise<Result>): Promise<Result> {
    while (this.#taken >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#taken += 1;
    try {
      if (this.#failure !== undefined) throw this.#failure.error;
      return await step();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    } finally {
      this.#taken -= 1;
      this.#waiting.shift()?.();
    }
  }

  /** Returns as soon as there is room for the step; what becomes of it is told by `idle`. */
  async take(step: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#most) await Promise.race(this.#running).catch(() => undefined);
    if (this.#failure !== undefined) throw this.#failure.error;
    const running = this.run(step).finally(() => this.#running.delete(running));
    this.#running.add(running);
    running.catch(() => undefined);
  }

  /** Resolves when nothing runs any more; throws what went wrong first. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#running);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Nothing begins any more. */
  stop(): void {
    this.#failure ??= { error: new Error("stopped") };
  }
}
