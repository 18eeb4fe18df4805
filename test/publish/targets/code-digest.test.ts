import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { codeDigest } from "../../../src/publish/targets/code-digest.ts";
import { readImports } from "../../support/architecture.ts";

describe("codeDigest", () => {
  it("is the same each time", () => {
    expect(codeDigest()).toMatch(/^[0-9a-f]{64}$/);
    expect(codeDigest()).toBe(codeDigest());
  });

  it("covers everything that rendering imports", async () => {
    const { readFileSync } = await import("node:fs");
    const root = join(import.meta.dirname, "..", "..", "..");
    const inside = readdirSync(join(root, "src", "publish"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.startsWith("targets"))
      .map((name) => `src/publish/${name}`);
    const seen = new Set<string>();
    const visit = (path: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      for (const target of readImports(readFileSync(join(root, path), "utf8"))) {
        if (target.startsWith(".")) visit(join(path, "..", target));
      }
    };
    for (const path of [...inside, "src/upstream/openpgp.ts"]) visit(path);
    expect([...seen].filter((path) => !/^src\/(?:publish|registry|upstream)\//.test(path))).toEqual([]);
  });
});
