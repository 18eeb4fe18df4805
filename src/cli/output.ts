import { errorMessage, RegistrarError } from "../registry/errors.ts";

/** Exit codes of every command; `registrar --help` prints them. */
export const exitCodes = {
  ok: 0,
  /** The command did its work, and the answer is no. */
  no: 1,
  /** Wrong arguments, configuration or environment. */
  usage: 2,
  /** GitHub or an upstream did not answer, or limits us: try again later. */
  later: 3,
  /** Stopped with Ctrl-C, as shells number it. */
  stopped: 130,
  /** A fault of ours. */
  internal: 70,
} as const;

export const print = (text: string): void => {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
};

export const complain = (text: string): void => {
  process.stderr.write(text.endsWith("\n") ? text : `${text}\n`);
};

/** One JSON object on standard output, nothing else. */
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** Runs a command and turns what it throws into a message and an exit code. */
export async function runCommand(json: boolean, command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    const code = error instanceof RegistrarError ? error.code : "internal";
    process.exitCode = exitCodeOf(error);
    if (json) printJson({ ok: false, error: { code, message: errorMessage(error) } });
    else complain(`registrar: ${errorMessage(error)}`);
    if (!(error instanceof RegistrarError) && error instanceof Error && error.stack !== undefined)
      complain(error.stack);
  }
}

function exitCodeOf(error: unknown): number {
  if (!(error instanceof RegistrarError)) return exitCodes.internal;
  switch (error.family) {
    case "contributor":
      return exitCodes.no;
    case "operator":
      return exitCodes.usage;
    case "upstream":
      return exitCodes.later;
    case "us":
      return exitCodes.internal;
  }
}

/** A progress line on standard error: rewritten in place on a terminal, now and then elsewhere. */
export function progress(what: string): { update(done: number, total: number): void; end(): void } {
  const terminal = process.stderr.isTTY === true;
  const everyMs = terminal ? 100 : 5_000;
  let last = Date.now();
  return {
    update: (done, total) => {
      const now = Date.now();
      if (now - last < everyMs) return;
      last = now;
      const line = `${what}: ${done} of ${total} (${Math.floor((100 * done) / Math.max(total, 1))} %)`;
      process.stderr.write(terminal ? `\r\u001b[K${line}` : `${line}\n`);
    },
    end: () => {
      if (terminal) process.stderr.write("\r\u001b[K");
    },
  };
}

/** On Ctrl-C: ends the progress line, says so, and ends. Once: a second Ctrl-C waits for nothing. */
export function onInterrupt(line: { end(): void }, text: string): void {
  process.once("SIGINT", () => {
    line.end();
    complain(text);
    process.exit(exitCodes.stopped);
  });
}
