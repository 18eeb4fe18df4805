import { describe, expect, it } from "vitest";
import { parseWithheld, withheldText } from "../../src/tasks/withheld-text.ts";

const commit = "a".repeat(40);
const path = "providers/acme/dns.json";

describe("withheldText", () => {
  it("comes back as it was, without what is never undone", () => {
    const text = withheldText([
      { commit, paths: [path, ".github/registrar.yml", "keys/acme/a.asc"] },
      { commit: "b".repeat(40), paths: [".github/registrar.yml"] },
      { commit: "c".repeat(40), paths: [path] },
    ]);
    expect(parseWithheld(text)).toEqual([
      { commit, paths: [path, "keys/acme/a.asc"] },
      { commit: "c".repeat(40), paths: [path] },
    ]);
    expect(withheldText([])).toBe("[]");
    expect(parseWithheld("[]")).toEqual([]);
  });
});

describe("parseWithheld", () => {
  it.each([
    ["nothing", "", "no JSON"],
    ["half of it", `[{"commit":"${commit}","paths":["${path}"`, "no JSON"],
    ["one commit without a list", JSON.stringify({ commit, paths: [path] }), "no list"],
    ["null", "null", "no list"],
    ["a text", `["${commit}"]`, "entry 1 has other keys"],
    ["a key more", JSON.stringify([{ commit, paths: [path], all: true }]), "other keys than commit and paths"],
    ["a branch", JSON.stringify([{ commit: "main", paths: [path] }]), "names no commit"],
    ["no paths", JSON.stringify([{ commit, paths: [] }]), "names no paths"],
    [
      "a file elsewhere",
      JSON.stringify([{ commit, paths: ["README.md"] }]),
      '"README.md", which is no record and no key',
    ],
  ])("refuses %s", (_, text, problem) => {
    expect(() => parseWithheld(text)).toThrow(problem);
    expect(() => parseWithheld(text)).toThrow("Nothing is published");
  });
});
