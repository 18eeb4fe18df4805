import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import {
  findCycle,
  findWrongArrows,
  findWrongHomes,
  impureUses,
  readImports,
  type SourceFile,
} from "./support/architecture.ts";

const root = join(import.meta.dirname, "..");
const sources: readonly SourceFile[] = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => {
    const file = `src/${path.replaceAll("\\", "/")}`;
    return { path: file, text: readFileSync(join(root, file), "utf8") };
  });

describe("the structure of src/", () => {
  it("has imports that point inward only", () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(findWrongArrows(sources)).toEqual([]);
  });

  it("keeps each outside library in its home", () => {
    expect(findWrongHomes(sources)).toEqual([]);
  });

  it("has no cycles", () => {
    expect(findCycle(sources)).toBeNull();
  });

  it("keeps the pure folders pure", () => {
    expect(sources.flatMap(impureUses)).toEqual([]);
  });

  it("imports only files that exist", () => {
    const known = new Set(sources.map(({ path }) => path));
    const missing = sources.flatMap(({ path, text }) =>
      readImports(text)
        .filter((target) => target.startsWith(".") && target.endsWith(".ts"))
        .map((target) => normalize(join(dirname(path), target)))
        .filter((target) => !known.has(target)),
    );
    expect(missing).toEqual([]);
  });
});

describe("findWrongArrows", () => {
  const wrong = (path: string, text: string) => findWrongArrows([{ path, text }]);

  it.each([
    ["src/registry/address.ts", 'import { readFile } from "node:fs/promises";', "reads files"],
    ["src/rules/scope.ts", 'import { octokitReader } from "../github/octokit-reader.ts";', "src/github"],
    ["src/tasks/base.ts", 'import { createClient } from "../github/client.ts";', "src/github/client.ts"],
    ["src/registry/change.ts", 'import { rules } from "../rules/index.ts";', "src/rules"],
    [
      "src/sandbox/store.ts",
      'import { RegistrarError } from "../registry/errors.ts";',
      "the sandbox imports nothing of the product",
    ],
    ["src/policy/plan.ts", 'export { x } from "../tasks/base.ts";', "src/tasks"],
    ["src/github/client.ts", 'import { startRegistrar } from "../app/start.ts";', "src/app"],
  ])("names the arrow from %s", (path, text, named) => {
    const [sentence, ...others] = wrong(path, text);
    expect(others).toEqual([]);
    expect(sentence).toContain(path);
    expect(sentence).toContain(named);
  });

  it("says nothing of an arrow that points inward", () => {
    expect(wrong("src/rules/scope.ts", 'import type { Finding } from "../registry/finding.ts";')).toEqual([]);
  });
});

describe("findWrongHomes", () => {
  it("names a library that is used away from home", () => {
    const file = { path: "src/tasks/base.ts", text: 'import { Octokit } from "@octokit/rest";' };
    expect(findWrongHomes([file])).toEqual([expect.stringMatching(/@octokit\/rest.*src\/github/)]);
  });

  it("names a library that nobody has given a home", () => {
    const file = { path: "src/tasks/base.ts", text: 'import leftPad from "left-pad";' };
    expect(findWrongHomes([file])).toEqual([expect.stringContaining("left-pad")]);
  });
});

describe("findCycle", () => {
  it("names the files of a cycle", () => {
    const files = [
      { path: "src/registry/a.ts", text: 'import { b } from "./b.ts";' },
      { path: "src/registry/b.ts", text: 'import { a } from "./a.ts";' },
    ];
    expect(findCycle(files)).toEqual(["src/registry/a.ts", "src/registry/b.ts", "src/registry/a.ts"]);
  });
});

describe("impureUses", () => {
  it.each(["Date.now()", "new Date()", "Math.random()", "process.env.X", "console.log(1)", "fetch(url)"])(
    "finds %s in a rule",
    (code) => {
      expect(impureUses({ path: "src/rules/scope.ts", text: `export const x = ${code};` })).toHaveLength(1);
      expect(impureUses({ path: "src/github/client.ts", text: `export const x = ${code};` })).toEqual([]);
    },
  );
});
