import { type ChildProcess, fork } from "node:child_process";
import { RegistrarError } from "../registry/errors.ts";
import type { ProfiledPlace } from "./code-profile.ts";
import type { FromProduct, SeenReview, ToProduct } from "./messages.ts";
import type { Measured } from "./own-time.ts";

/** Registrar at work in a process of its own. */
export interface Product {
  readonly url: string;
  /** By number of the pull request, oldest first. */
  readonly reviews: ReadonlyMap<number, readonly SeenReview[]>;
  /** Jobs that failed and were tried again, and those that were given up. */
  readonly failures: readonly string[];
  readonly dead: readonly string[];
  /** Resolves when no job waits or runs. */
  rest(): Promise<void>;
  /** Begins to watch where time goes. */
  profile(): void;
  /** Of the time since it was last asked. */
  measure(): Promise<Measured>;
  /** With the profile, where one was wanted. */
  stop(): Promise<readonly ProfiledPlace[]>;
}

export async function startProduct(start: Omit<ToProduct & { kind: "start" }, "kind">): Promise<Product> {
  const child = fork(new URL("./product.ts", import.meta.url), {
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const reviews = new Map<number, SeenReview[]>();
  const failures: string[] = [];
  const dead: string[] = [];
  const mailbox = createMailbox(child);
  child.on("message", (message: FromProduct) => {
    if (message.kind === "reviewed") {
      const { review } = message;
      reviews.set(review.number, [...(reviews.get(review.number) ?? []), review]);
    } else if (message.kind === "failed" || message.kind === "dead") {
      (message.kind === "failed" ? failures : dead).push(`${message.job}: ${message.error}`);
    }
  });
  const { url } = await mailbox.ask("started", { kind: "start", ...start });
  let id = 0;
  return {
    url,
    reviews,
    failures,
    dead,
    rest: async () => {
      id += 1;
      await mailbox.ask("rests", { kind: "rest", id });
    },
    profile: () => void child.send({ kind: "profile" } satisfies ToProduct),
    measure: async () => {
      id += 1;
      return (await mailbox.ask("measured", { kind: "measure", id })).measured;
    },
    stop: async () => {
      if (child.exitCode !== null || !child.connected) return [];
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      const { profile } = await mailbox.ask("stopped", { kind: "stop" });
      await ended;
      return profile;
    },
  };
}

/** One question at a time of each kind. */
function createMailbox(child: ChildProcess) {
  const waiting = new Map<
    FromProduct["kind"],
    { resolve: (message: FromProduct) => void; reject: (error: Error) => void }
  >();
  const gone = () => new RegistrarError("bad-environment", "Registrar's process has ended; see what it said above.");
  child.on("message", (message: FromProduct) => {
    const asked = waiting.get(message.kind);
    if (asked === undefined) return;
    waiting.delete(message.kind);
    asked.resolve(message);
  });
  child.once("exit", () => {
    for (const { reject } of waiting.values()) reject(gone());
    waiting.clear();
  });
  return {
    ask: <K extends FromProduct["kind"]>(kind: K, question: ToProduct): Promise<FromProduct & { kind: K }> =>
      new Promise((resolve, reject) => {
        if (!child.connected) return reject(gone());
        waiting.set(kind, { resolve: (message) => resolve(message as FromProduct & { kind: K }), reject });
        child.send(question);
      }),
  };
}
