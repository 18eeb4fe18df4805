import { describe, expect, it } from "vitest";
import { readBump } from "../../src/replay/bump.ts";

const file = { path: "providers/acme/dns.json", status: "M", had: 1, has: 2, added: [{ version: "1.0.0" }] };

describe("readBump", () => {
  it("reads a commit with what it did to each record", () => {
    const line = {
      commit: "c32888c6dde4",
      date: "2024-12-16T12:59:08+00:00",
      files: [{ ...file, removed: ["0.9.0"] }],
    };
    expect(readBump(JSON.stringify(line))).toEqual({
      kind: "bump",
      bump: { ...line, files: [{ ...file, repository: null, removed: ["0.9.0"], changed: [] }] },
    });
  });

  it.each([
    ["what is no moment", { date: "soon" }, { date: null }],
    ["counts that are none", { files: [{ ...file, had: -1, has: "2" }] }, { files: [{ had: null, has: null }] }],
  ])("takes %s for not said", (_what, change, expected) => {
    const read = readBump(JSON.stringify({ commit: "c", files: [file], ...change }));
    expect(read).toMatchObject({ kind: "bump", bump: expected });
  });

  it.each([
    ["{", "not JSON"],
    ["[]", "no object"],
    ['{"commit":"c","files":{}}', "no object"],
    [JSON.stringify({ commit: "c", files: [{ ...file, path: 1 }] }), "files[0]"],
    [JSON.stringify({ commit: "c", files: [file, { ...file, path: "p", added: ["1.0.0"] }] }), "files[1]"],
    [JSON.stringify({ commit: "c", files: [{ ...file, removed: [{}] }] }), "files[0]"],
    [JSON.stringify({ commit: "c", files: [{ ...file, changed: [{ before: {} }] }] }), "files[0]"],
    [JSON.stringify({ commit: "c", files: [file, file] }), "a path twice"],
  ])("says why %s is no bump", (text, problem) => {
    expect(readBump(text)).toMatchObject({ kind: "unreadable", problem: expect.stringContaining(problem) });
  });
});
