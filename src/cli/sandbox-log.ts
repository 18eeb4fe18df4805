import { plainText } from "../registry/plain-text.ts";

/** The product's log lines of this run, newest last; a page of the sandbox shows them. */
export interface SandboxLog {
  readonly lines: readonly string[];
  write(message: string, fields: Readonly<Record<string, unknown>>): void;
}

const mostLines = 1000;

export function openLog(): SandboxLog {
  const lines: string[] = [];
  return {
    lines,
    write: (message, fields) => {
      const values = Object.entries(fields).map(
        ([name, value]) => `${name}=${plainText(JSON.stringify(value) ?? "", 400)}`,
      );
      lines.push(`${new Date().toISOString()} ${message}  ${values.join(" ")}`);
      if (lines.length > mostLines) lines.shift();
    },
  };
}
