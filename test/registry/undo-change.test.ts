import { describe, expect, it } from "vitest";
import { undoChange } from "../../src/registry/undo-change.ts";

const entry = (version: string, hash = "a") => ({ version, hash });
const text = (versions: readonly object[], head: object = {}) => `${JSON.stringify({ ...head, versions }, null, 2)}\n`;
const undo = (before: string | null, after: string | null, tip: string | null) =>
  undoChange({ before, after, tip }, { isRecord: true });

const [one, two, three, wrong] = [entry("1.0.0"), entry("2.0.0"), entry("3.0.0"), entry("2.0.0", "b")];

describe("undoChange", () => {
  it("gives what was there before, where nothing came later", () => {
    expect(undo(text([one]), text([wrong, one]), text([wrong, one]))).toEqual({ kind: "before" });
    expect(undo(null, text([wrong]), text([wrong]))).toEqual({ kind: "before" });
  });

  it.each([
    ["an added version, not one that came later", [one], [wrong, one], [three, wrong, one], [three, one]],
    ["a rewritten version", [two, one], [wrong, one], [three, wrong, one], [three, one, two]],
    ["a removed version", [two, one], [one], [three, one], [three, one, two]],
    ["one of two of a version", [one], [wrong, one], [two, wrong, one], [two, one]],
  ])("takes back %s", (_what, before, after, tip, left) => {
    expect(undo(text(before), text(after), text(tip))).toEqual({ kind: "text", text: text(left) });
  });

  it("leaves what was mended since", () => {
    expect(undo(text([one]), text([wrong, one]), text([two, one]))).toEqual({ kind: "tip" });
    expect(undo(text([one]), "{", text([one, two]))).toEqual({ kind: "tip" });
  });

  it("takes back fields of the head, and a new record as a whole", () => {
    const head = (repository: string) => text([one], { repository });
    const later = text([three, one], { repository: "b" });
    expect(undo(head("a"), head("b"), later)).toEqual({ kind: "text", text: text([three, one], { repository: "a" }) });
    expect(undo(null, text([wrong]), text([three, wrong]))).toEqual({ kind: "before" });
  });

  it("takes back what nobody can read, and files other than records, only as a whole", () => {
    expect(undo(text([one]), text([two]), "{")).toEqual({ kind: "before" });
    expect(undoChange({ before: "a", after: "b", tip: "c" }, { isRecord: false })).toEqual({ kind: "tip" });
    expect(undoChange({ before: "a", after: "b", tip: "b" }, { isRecord: false })).toEqual({ kind: "before" });
  });
});
