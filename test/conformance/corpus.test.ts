import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { readFolderTree } from "../../src/trees/folder-tree.ts";
import { startRegistryServer } from "../../src/web/registry-server.ts";
import { temporaryFolder } from "../publish/support/temporary-folder.ts";

const corpus = fileURLToPath(new URL("../../../shared/corpus/registry.tar.xz", import.meta.url));

it("every provider whose record has capitals is served under the small letters that clients ask for", async (context) => {
  if (!existsSync(corpus)) context.skip("shared/corpus is not here");
  const folder = await temporaryFolder();
  const wanted = ["--wildcards", "providers/*[A-Z]*"];
  execFileSync("tar", ["xJf", corpus, "-C", folder, ...wanted], { env: { ...process.env, LC_ALL: "C" } });
  const tree = await readFolderTree(folder);
  const server = await startRegistryServer({
    readTree: async () => tree,
    readSettings: async () => ({ layout: null }),
    readKeys: async () => [],
    onProblem: (problem) => {
      throw problem;
    },
  });
  onTestFinished(() => server.stop());
  const addresses = tree.files
    .flatMap(({ path }) => /^providers\/([^/]+\/[^/]+)\.json$/.exec(path)?.[1] ?? [])
    .filter((address) => address !== address.toLowerCase());
  expect(addresses).toHaveLength(668);
  const unreachable: string[] = [];
  for (const address of addresses) {
    const top = `${server.url}/v1/providers/${address.toLowerCase()}`;
    const ask = async (path: string) => (await fetch(`${top}/${path}`)).json() as Promise<Answer>;
    const { versions } = await ask("versions");
    const [{ version, platforms: [platform] = [] } = {}] = versions ?? [];
    const { os, arch, shasum } = await ask(`${version}/download/${platform?.os}/${platform?.arch}`);
    const isRight =
      os !== undefined && os === platform?.os && arch === platform.arch && /^[0-9a-f]{64}$/.test(`${shasum}`);
    if (!isRight) unreachable.push(address);
  }
  expect(unreachable).toEqual([]);
}, 120_000);

interface Answer {
  readonly versions?: readonly { version: string; platforms: readonly { os: string; arch: string }[] }[];
  readonly os?: string;
  readonly arch?: string;
  readonly shasum?: string;
}
