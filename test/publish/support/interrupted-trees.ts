import { archive, memoryTree, version } from "./records.ts";

const platforms = ["linux_amd64", "linux_arm64", "darwin_arm64", "windows_amd64"];

/** Two trees that differ in everything that can differ: addresses, versions, platforms, contents. */
export const interruptedTrees = [tree(0), tree(1)] as const;

function tree(turn: 0 | 1) {
  const records: Record<string, unknown> = {};
  for (let index = 0; index < 8; index += 1) {
    if (index % 5 === 3 && turn === 1) continue;
    const first = index % 3 === 0 ? turn : 0;
    const versions = Array.from({ length: 4 }, (_, minor) =>
      version(`${first}.${minor + 1}.0`, {
        protocols: index % 4 === turn ? ["5.0"] : ["6.0"],
        targets: platforms.slice(0, index % 2 === turn ? 4 : 2).map((platform) => archive(platform)),
      }),
    );
    records[`providers/acme/p${index}.json`] = { versions };
    records[`modules/Acme/m${index}/aws.json`] = { versions: versions.map((entry) => ({ version: entry.version })) };
  }
  return memoryTree(records);
}
