/** Publishes two trees in turn until it is killed: `node publish-child.ts FOLDER`. Says "ready" when it begins. */
import { publish } from "../../../src/publish/publish.ts";
import { directoryTarget } from "../../../src/publish/targets/directory.ts";
import { interruptedTrees } from "./interrupted-trees.ts";

const target = directoryTarget(process.argv[2] ?? "");
process.stdout.write("ready\n");
for (let turn = 0; ; turn += 1) {
  const tree = interruptedTrees[turn % interruptedTrees.length];
  if (tree === undefined) break;
  await publish({ tree, target, settings: { layout: null }, readKeys: async () => [] });
  process.stdout.write("published\n");
}
