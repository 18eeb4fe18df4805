import { describe, expect, it } from "vitest";
import { readBaseAt } from "../../src/tasks/base.ts";
import { readerOfTree } from "../../src/tasks/open-registry.ts";
import { readSimilar } from "../../src/tasks/read-similar.ts";
import { recordText } from "../support/builders/records.ts";
import { pathOf } from "../support/builders/registry.ts";
import { address } from "../support/builders/release.ts";

/** A registry in memory; a text that is null cannot be read. */
function treeOf(texts: Readonly<Record<string, string | null>>) {
  const files = Object.entries(texts).map(([path, text]) => ({
    path,
    mode: "100644",
    size: text?.length ?? 1,
    id: path,
  }));
  return {
    commit: null,
    files,
    async *read(wanted: typeof files) {
      for (const file of wanted) {
        const text = texts[file.path];
        if (typeof text === "string") yield { file, bytes: Buffer.from(text) };
      }
    },
  };
}

const similarTo = async (of: string, texts: Readonly<Record<string, string | null>>) => {
  const host = readerOfTree(treeOf(texts));
  const base = await readBaseAt(host, "");
  const path = pathOf(of);
  return (await readSimilar(host, base, [{ path, address: address(of) }]))[path];
};

describe("readSimilar", () => {
  it("says whose the similar record is, and since when it has versions", async () => {
    const texts = {
      ".github/registrar.yml": "namespaces: {hashicorp: {owner: opentofu}}\n",
      [pathOf("hashicorp/aws")]: recordText("hashicorp/aws", ["1.1.0", "1.0.0"]),
      [pathOf("globex/aws")]: recordText("globex/aws", ["1.0.0"]),
    };
    expect(await similarTo("hashic0rp/aws", texts)).toEqual([
      {
        name: "hashicorp/aws",
        how: "the namespace looks the same",
        path: pathOf("hashicorp/aws"),
        owner: "opentofu",
        since: "2026-02-01",
      },
    ]);
  });

  it("shows one that cannot be read without its age", async () => {
    expect(await similarTo("hashic0rp/aws", { [pathOf("hashicorp/aws")]: null })).toMatchObject([
      { name: "hashicorp/aws", since: null },
    ]);
  });

  it("says nothing where nothing is similar", async () => {
    expect(await similarTo("acme/dns", { [pathOf("globex/aws")]: "{}" })).toBeUndefined();
  });
});
