import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import type { KillOrder } from "./kill-moments.ts";

const program = new URL("./publish-child.ts", import.meta.url).pathname;

/** How a publisher ended. */
export interface Death {
  /** Milliseconds from the order to its end, where it came to that. */
  readonly ms: number | null;
  readonly steps: number;
  /** Steps that change what is published, or bring that about. */
  readonly writes: number;
}

/** A publisher in a process of its own, which has loaded everything and waits for its order. */
export class KillablePublisher {
  readonly #child: ChildProcess;
  readonly #closed: Promise<number | null>;
  #said = "";
  #errors = "";
  #heard: () => void = () => undefined;

  /** `kind`: of the targets that it can publish to, e.g. `dir`; `cache`: a folder where all of its kind keep compiled code. */
  constructor(kind: string, cache: string) {
    this.#child = spawn(process.execPath, [program, kind], {
      stdio: "pipe",
      // The leader of a group, so that the gits that it starts can be killed with it.
      detached: true,
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
    });
    this.#closed = new Promise((resolve) => this.#child.once("close", (code) => resolve(code)));
    this.#child.stdin?.on("error", () => undefined);
    this.#child.stderr?.on("data", (chunk: Buffer) => {
      this.#errors += chunk.toString();
    });
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#said += chunk.toString();
      this.#heard();
    });
    void this.#closed.then(() => this.#heard());
  }

  /** Publishes until it is killed: at its step, from outside by `kill`, or after so many milliseconds; at its end at last. */
  async run(order: KillOrder, afterMs: number | null): Promise<Death> {
    await this.#until("r");
    const started = performance.now();
    this.#child.stdin?.end(JSON.stringify(order));
    let ms: number | null = null;
    const ended = this.#until("e").then(() => {
      if (this.#said.includes("e")) ms = performance.now() - started;
    });
    if (afterMs === null) await ended;
    else await wait(afterMs);
    this.kill(order.isGroup);
    const code = await this.#closed;
    if (code !== null) throw new Error(`The publisher ended by itself with ${code}: ${this.#errors}`);
    const count = (letters: RegExp) => this.#said.match(letters)?.length ?? 0;
    return { ms, steps: count(/[sw]/g), writes: count(/w/g) };
  }

  kill(isGroup: boolean): void {
    const { pid = 0 } = this.#child;
    try {
      process.kill(isGroup ? -pid : pid, "SIGKILL");
    } catch {
      // It is gone.
    }
  }

  /** Ends it, given an order or not. */
  async stop(): Promise<void> {
    this.kill(false);
    await this.#closed;
  }

  async #until(letter: string): Promise<void> {
    let isClosed = false;
    void this.#closed.then(() => {
      isClosed = true;
    });
    while (!this.#said.includes(letter) && !isClosed) {
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }
}
