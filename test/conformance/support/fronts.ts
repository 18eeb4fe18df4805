import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { publish } from "../../../src/publish/publish.ts";
import { directoryTarget } from "../../../src/publish/targets/directory.ts";
import { readKeys } from "../../../src/upstream/openpgp.ts";
import { startRegistryServer } from "../../../src/web/registry-server.ts";
import { startStaticServer } from "../../../src/web/static-server.ts";
import { branchTarget } from "../../publish/support/branch-target.ts";
import { git } from "../../publish/support/git.ts";
import { memoryTree } from "../../publish/support/records.ts";
import { s3Server } from "../../publish/support/s3-server.ts";
import { startPagesServer } from "./pages-server.ts";
import type { World } from "./world.ts";

/** Where a client installs from. */
export interface Front {
  readonly url: string;
  stop(): void | Promise<void>;
}

const settingsOf = ({ serverUrl }: World) => ({
  layout: null,
  serverUrl,
  aliases: { "former/good": "Acme/Good" },
});

/** The ways in which a registry reaches its clients. */
export const fronts = {
  "a published folder": async (world) => {
    const folder = join(world.folder, "published");
    await publish({ tree: treeOf(world), target: directoryTarget(folder), settings: settingsOf(world), readKeys });
    return startStaticServer({ folder });
  },
  "a branch on a host like GitHub Pages": async (world) => {
    const path = join(world.folder, "host.git");
    await mkdir(path);
    git(path, "init", "-q", "--bare", "-b", "main");
    await publish({ tree: treeOf(world), target: branchTarget(path), settings: settingsOf(world), readKeys });
    git(world.folder, "clone", "-q", "--branch", "host", path, "pages");
    return startPagesServer(join(world.folder, "pages"));
  },
  "a bucket": async (world) => {
    const folder = join(world.folder, "bucket");
    await mkdir(folder);
    const stops: (() => Promise<void>)[] = [];
    const server = await s3Server({ folder, atEnd: (stop) => stops.unshift(stop) });
    await publish({ tree: treeOf(world), target: server.target(), settings: settingsOf(world), readKeys });
    return {
      url: `${server.endpoint}/registry`,
      stop: async () => {
        for (const stop of stops) await stop();
      },
    };
  },
  "registrar serve": async (world) => {
    const tree = treeOf(world);
    return startRegistryServer({
      readTree: async () => tree,
      readSettings: async () => settingsOf(world),
      readKeys,
      onProblem: (problem) => {
        throw problem;
      },
    });
  },
} satisfies Readonly<Record<string, (world: World) => Promise<Front>>>;

const treeOf = ({ files }: World) => memoryTree({ ...files });
