import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { publish } from "../../src/publish/publish.ts";
import { directoryTarget } from "../../src/publish/targets/directory.ts";
import { readFolderTree } from "../../src/trees/folder-tree.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const corpus = fileURLToPath(new URL("../../../shared/corpus/registry.tar.xz", import.meta.url));

describe("publish, with real registry data", () => {
  it("publishes everything that is usable and says what is not", async (context) => {
    if (!existsSync(corpus)) context.skip("shared/corpus is not here");
    const folder = await temporaryFolder();
    execFileSync("tar", ["xJf", corpus, "-C", folder]);
    const { findings, ...report } = await publish({
      tree: await readFolderTree(folder),
      target: directoryTarget(`${folder}/out`),
      settings: { layout: null },
      readKeys: async () => [],
      dryRun: true,
    });
    // Counted apart, from the files: 471,899 archives of 3,199 providers, 14,783 versions of modules in 474 places, and discovery;
    // the index of 2,528 namespaces, their list, and the status of 2,490.
    expect(report).toMatchObject({ documents: 495_375, written: 495_375, unchanged: 0, deleted: 0 });
    const counts: Record<string, number> = {};
    for (const { code, outcome } of findings) counts[`${code} ${outcome}`] = (counts[`${code} ${outcome}`] ?? 0) + 1;
    expect(counts).toEqual({
      // 91 of providers, 211 of modules.
      "version-syntax fail": 302,
      // 244 archives that repeat a platform, 71 tag twins.
      "version-unique fail": 315,
      // 487 archives without a hash; 26 of them are all that their 3 versions have. And a record without versions.
      "record-shape fail": 465,
      "record-shape pass": 2,
      "signature pass": 3199,
    });
  }, 120_000);
});
