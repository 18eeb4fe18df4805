import { describe, expect, it } from "vitest";
import { documentAnswer } from "../../src/web/answer.ts";
import { KeptAnswers } from "../../src/web/kept-answers.ts";

describe("KeptAnswers", () => {
  const answer = (bytes: number) => documentAnswer(["index", "a.json"], Buffer.alloc(bytes, "1"));

  it.each([
    ["bodies", 100_000, 1, 5],
    ["empty ones, under long paths", 0, 5000, 100],
    ["empty ones, under short paths", 0, 1, 500],
  ])("keeps to its size with %s: the first that came go first", (_, bytes, pathLength, most) => {
    const kept = new KeptAnswers(1_000_000);
    const paths = Array.from({ length: 2000 }, (__, index) => `/${"a".repeat(pathLength)}/${index}`);
    for (const path of paths) kept.add(path, answer(bytes));
    const left = paths.filter((path) => kept.get(path) !== undefined);
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThanOrEqual(most);
    expect(left).toEqual(paths.slice(-left.length));
  });

  it("gives what it was given first, and does not count it twice", () => {
    const kept = new KeptAnswers(1_000_000);
    const first = answer(1);
    kept.add("/a", first);
    for (let turn = 0; turn < 1000; turn += 1) kept.add("/a", answer(1));
    kept.add("/b", answer(1));
    expect(kept.get("/a")).toBe(first);
  });
});
