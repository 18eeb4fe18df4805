/** Publishes two trees in turn until it is killed: `node publish-child.ts TARGET [DATA]`. Says "ready" when it begins. */
import { parseTarget } from "../../../src/publish/parse-target.ts";
import { publish } from "../../../src/publish/publish.ts";
import { directoryTarget } from "../../../src/publish/targets/directory.ts";
import { gitBranchTarget } from "../../../src/publish/targets/git-branch.ts";
import { interruptedTrees } from "./interrupted-trees.ts";

const [, , name = "", dataFolder = null] = process.argv;
const address = parseTarget(name);
const target =
  address.kind === "directory"
    ? directoryTarget(address.path)
    : gitBranchTarget({
        repository: address.repository.kind === "own" ? { kind: "folder", path: "." } : address.repository,
        branch: address.branch,
        isOwn: false,
        dataFolder,
        token: async () => null,
      });
process.stdout.write("ready\n");
for (let turn = 0; ; turn += 1) {
  const tree = interruptedTrees[turn % interruptedTrees.length];
  if (tree === undefined) break;
  await publish({ tree, target, settings: { layout: null }, readKeys: async () => [] });
  process.stdout.write("published\n");
}
