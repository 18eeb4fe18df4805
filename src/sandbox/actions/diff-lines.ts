import { unprocessable } from "../errors.ts";
import type { DiffFile } from "../git/diff.ts";

export type Side = "LEFT" | "RIGHT";

/** Where a comment should go: a line of the new (RIGHT) or old (LEFT) file, or a position in the diff. */
export interface WantedLines {
  readonly path: string;
  readonly line?: number | undefined;
  readonly side?: Side | undefined;
  readonly startLine?: number | undefined;
  readonly startSide?: Side | undefined;
  readonly position?: number | undefined;
}

export interface LocatedLines {
  readonly path: string;
  readonly side: Side;
  readonly line: number;
  readonly startSide: Side | null;
  readonly startLine: number | null;
  readonly position: number;
  readonly diffHunk: string;
}

interface DiffLine {
  readonly position: number;
  readonly hunk: number;
  readonly text: string;
  readonly old: number | null;
  readonly new: number | null;
}

/** Comments are possible on lines that the diff shows, and nowhere else. */
export function locateLines(files: readonly DiffFile[], wanted: WantedLines): LocatedLines {
  const file = files.find(({ path }) => path === wanted.path);
  if (file === undefined) throw unprocessable("Unprocessable Entity", ["Path could not be resolved"]);
  const lines = diffLines(file.patch ?? "");
  const side = wanted.side ?? "RIGHT";
  const end =
    wanted.line === undefined
      ? lines.find(({ position }) => position === wanted.position)
      : find(lines, { line: wanted.line, side });
  if (end === undefined) {
    throw unprocessable("Unprocessable Entity", [
      wanted.line === undefined ? "Position could not be resolved" : "Line could not be resolved",
    ]);
  }
  const startSide = wanted.startSide ?? side;
  const start = wanted.startLine === undefined ? undefined : find(lines, { line: wanted.startLine, side: startSide });
  if (wanted.startLine !== undefined && (start === undefined || start.position > end.position)) {
    throw unprocessable("Unprocessable Entity", ["Start line could not be resolved"]);
  }
  if (start !== undefined && start.hunk !== end.hunk) {
    throw unprocessable("Unprocessable Entity", ["Start line must be part of the same hunk as the line."]);
  }
  const shown = wanted.line === undefined && end.new === null ? "LEFT" : side;
  return {
    path: wanted.path,
    side: shown,
    line: wanted.line ?? (shown === "LEFT" ? end.old : end.new) ?? 1,
    startSide: start === undefined ? null : startSide,
    startLine: wanted.startLine ?? null,
    position: end.position,
    diffHunk: hunkUpTo(lines, end),
  };
}

function find(lines: readonly DiffLine[], { line, side }: { line: number; side: Side }): DiffLine | undefined {
  return lines.find((candidate) => (side === "LEFT" ? candidate.old : candidate.new) === line);
}

/** Positions count from the line below the first `@@`, later headers included. */
export function diffLines(patch: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let hunk = -1;
  let old = 0;
  let current = 0;
  patch.split("\n").forEach((text, position) => {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (header !== null) {
      hunk += 1;
      old = Number(header[1]);
      current = Number(header[2]);
      lines.push({ position, hunk, text, old: null, new: null });
      return;
    }
    const sign = text[0];
    lines.push({
      position,
      hunk,
      text,
      old: sign === " " || sign === "-" ? old : null,
      new: sign === " " || sign === "+" ? current : null,
    });
    if (sign === " " || sign === "-") old += 1;
    if (sign === " " || sign === "+") current += 1;
  });
  return lines;
}

function hunkUpTo(lines: readonly DiffLine[], end: DiffLine): string {
  return lines
    .filter(({ hunk, position }) => hunk === end.hunk && position <= end.position)
    .map(({ text }) => text)
    .join("\n");
}
