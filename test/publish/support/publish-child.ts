/** Publishes two trees in turn until it is killed: `node publish-child.ts TARGET [DATA]`. Says "ready" when it begins. */
import { parseTarget, type TargetAddress } from "../../../src/publish/parse-target.ts";
import { publish } from "../../../src/publish/publish.ts";
import type { PublishTarget } from "../../../src/publish/target.ts";
import { directoryTarget } from "../../../src/publish/targets/directory.ts";
import { gitBranchTarget } from "../../../src/publish/targets/git-branch.ts";
import { s3Target } from "../../../src/publish/targets/s3.ts";
import { interruptedTrees } from "./interrupted-trees.ts";

const [, , name = "", dataFolder = null, endpoint = null] = process.argv;

function targetOf(address: TargetAddress): PublishTarget {
  switch (address.kind) {
    case "directory":
      return directoryTarget(address.path);
    case "git-branch": {
      const repository =
        address.repository.kind === "own" ? ({ kind: "folder", path: "." } as const) : address.repository;
      return gitBranchTarget({ repository, branch: address.branch, isOwn: false, dataFolder, token: async () => null });
    }
    case "s3": {
      const credentials = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" };
      return s3Target({ ...address, endpoint, region: "us-east-1", credentials, dataFolder });
    }
  }
}

const target = targetOf(parseTarget(name));
process.stdout.write("ready\n");
for (let turn = 0; ; turn += 1) {
  const tree = interruptedTrees[turn % interruptedTrees.length];
  if (tree === undefined) break;
  await publish({ tree, target, settings: { layout: null }, readKeys: async () => [] });
  process.stdout.write("published\n");
}
