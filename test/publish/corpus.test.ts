import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { publish } from "../../src/publish/publish.ts";
import { directoryTarget } from "../../src/publish/targets/directory.ts";
import { namespaceOfPath } from "../../src/registry/tree.ts";
import { readFolderTree } from "../../src/trees/folder-tree.ts";
import { branchTarget } from "./support/branch-target.ts";
import { differences, publishedBranch, publishedFolder } from "./support/compare-published.ts";
import { expectedDocuments } from "./support/corpus-oracle.ts";
import { bareRepository } from "./support/git.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const corpus = fileURLToPath(new URL("../../../shared/corpus/registry.tar.xz", import.meta.url));
let registry = "";

describe("publish, with real registry data", () => {
  beforeAll(async () => {
    if (!existsSync(corpus)) return;
    registry = await mkdtemp(join(tmpdir(), "registrar-corpus-"));
    execFileSync("tar", ["xJf", corpus, "-C", registry]);
  });
  afterAll(() => rm(registry, { recursive: true, force: true }));
  const needCorpus = (context: TestContext) => {
    if (registry === "") context.skip("shared/corpus is not here");
  };
  const request = { settings: { layout: null }, readKeys: async () => [] };

  it("publishes everything that is usable into a branch, field for field, nothing else, and says what is not", async (context) => {
    needCorpus(context);
    const path = await bareRepository();
    const { findings, ...report } = await publish({
      ...request,
      tree: await readFolderTree(registry),
      target: branchTarget(path),
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
    expect(differences(expectedDocuments(registry), publishedBranch(path, "host")).slice(0, 20)).toEqual([]);
  }, 180_000);

  it("publishes the same into a folder: every sixtieth namespace of it", async (context) => {
    needCorpus(context);
    const tree = await readFolderTree(registry);
    const namespaceOf = (path: string) => namespaceOfPath(path, "plain") ?? "";
    const all = [...new Set(tree.files.map(({ path }) => namespaceOf(path)))].sort();
    const wanted = new Set(all.filter((_, index) => index % 60 === 7));
    const part = { ...tree, files: tree.files.filter(({ path }) => wanted.has(namespaceOf(path))) };
    const folder = join(await temporaryFolder(), "out");
    await publish({ ...request, tree: part, target: directoryTarget(folder) });
    const expected = expectedDocuments(registry, (namespace) => wanted.has(namespace));
    expect(differences(expected, publishedFolder(folder)).slice(0, 20)).toEqual([]);
  }, 60_000);
});
