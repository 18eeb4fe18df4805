import type { Watcher } from "../scenarios/run.ts";

const width = 62;

/** Prints each step as it begins and ends, so that one can watch; in place on a terminal. */
export function stepPrinter(): Watcher {
  const terminal = process.stdout.isTTY === true;
  const marks = { begun: "…", done: "✔", failed: "✘", skipped: "–" } as const;
  return ({ name, state, ms, detail }) => {
    if (state === "begun") {
      if (terminal) process.stdout.write(`  ${marks.begun} ${name}`);
      return;
    }
    const time = `${(ms / 1000).toFixed(1)} s`.padStart(7);
    const line = `  ${marks[detail.startsWith("skipped") ? "skipped" : state]} ${name.padEnd(width)} ${time}${detail === "" ? "" : `\n      ${detail.replaceAll("\n", "\n      ")}`}`;
    process.stdout.write(`${terminal ? "\r\u001b[K" : ""}${line}\n`);
  };
}
