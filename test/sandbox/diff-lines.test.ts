import { describe, expect, it } from "vitest";
import { diffLines, locateLines } from "../../src/sandbox/actions/diff-lines.ts";
import type { DiffFile } from "../../src/sandbox/git/diff.ts";

const PATCH = [
  "@@ -10,4 +10,5 @@ heading",
  " ten",
  "-eleven",
  "+ELEVEN",
  "+more",
  " twelve",
  "@@ -30 +31,2 @@",
  " thirty",
  "+end",
];

describe("diffLines", () => {
  it("counts old and new lines, and positions from below the first header", () => {
    const lines = diffLines(PATCH.join("\n")).map(({ position, old, new: current, hunk }) => [
      position,
      hunk,
      old,
      current,
    ]);
    expect(lines).toEqual([
      [0, 0, null, null],
      [1, 0, 10, 10],
      [2, 0, 11, null],
      [3, 0, null, 11],
      [4, 0, null, 12],
      [5, 0, 12, 13],
      [6, 1, null, null],
      [7, 1, 30, 31],
      [8, 1, null, 32],
    ]);
  });
});

describe("locateLines", () => {
  const file: DiffFile = {
    path: "a",
    previousPath: null,
    status: "modified",
    mode: "100644",
    sha: "",
    additions: 3,
    deletions: 1,
    patch: PATCH.join("\n"),
  };

  it("finds a line on either side, and shows the hunk up to it", () => {
    expect(locateLines([file], { path: "a", line: 12, side: "LEFT" })).toMatchObject({ position: 5, side: "LEFT" });
    expect(locateLines([file], { path: "a", line: 12 })).toMatchObject({
      position: 4,
      side: "RIGHT",
      diffHunk: PATCH.slice(0, 5).join("\n"),
    });
    expect(locateLines([file], { path: "a", position: 2 })).toMatchObject({ line: 11, side: "LEFT" });
  });

  it("finds nothing in a file without lines", () => {
    expect(() => locateLines([{ ...file, patch: null }], { path: "a", line: 1 })).toThrow();
  });
});
