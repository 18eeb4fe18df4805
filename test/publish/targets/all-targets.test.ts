import { readdirSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DocumentFolder } from "../../../src/publish/document.ts";
import { publish } from "../../../src/publish/publish.ts";
import type { PublishTarget } from "../../../src/publish/target.ts";
import { directoryTarget } from "../../../src/publish/targets/directory.ts";
import { s3Store } from "../../../src/publish/targets/s3-store.ts";
import { branchTarget } from "../support/branch-target.ts";
import { folderOf, published } from "../support/folders.ts";
import { bareRepository, commitTo, committed, git } from "../support/git.ts";
import { memoryTree, version } from "../support/records.ts";
import { s3Server } from "../support/s3-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** A place to publish to, and what somebody else does there. */
interface Place {
  readonly target: PublishTarget;
  /** Everything that clients can see. */
  read(): Record<string, string> | Promise<Record<string, string>>;
  /** Changes or removes files by hand. */
  change(files: Readonly<Record<string, string | null>>): Promise<unknown>;
  /** Changes with every write that there is. */
  stamp(): unknown;
}

async function directory(): Promise<Place> {
  const root = join(await temporaryFolder(), "out");
  return {
    target: directoryTarget(root),
    read: () => published(root),
    change: async (files) => {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(root, path)), { recursive: true });
        if (text === null) await rm(join(root, path));
        else await writeFile(join(root, path), text);
      }
    },
    stamp: () => (readdirSync(root, { recursive: true, encoding: "utf8" }) as string[]).sort(),
  };
}

const onBranch = (url: boolean) => async (): Promise<Place> => {
  const path = await bareRepository();
  const repository = { kind: "url", url: `file://${path}` } as const;
  return {
    target: branchTarget(path, url ? { repository, dataFolder: await temporaryFolder() } : {}),
    read: () => (git(path, "for-each-ref", "refs/heads/host") === "" ? {} : committed(path, "refs/heads/host")),
    change: (files) => commitTo(path, "host", files),
    stamp: () => git(path, "for-each-ref"),
  };
};

async function bucket(): Promise<Place> {
  const server = await s3Server();
  const prefix = "some/where";
  const all = () => server.read(prefix);
  return {
    target: server.target(prefix),
    read: all,
    change: async (files) => {
      const store = s3Store(server.options(prefix));
      for (const [key, text] of Object.entries(files))
        await (text === null ? store.remove(key) : store.write(key, text, ""));
      store.stop();
    },
    stamp: all,
  };
}

async function put(target: PublishTarget, folders: readonly DocumentFolder[], { dryRun = false } = {}) {
  const session = await target.open({ commit: null, dryRun });
  await session.begin(null);
  try {
    for (const folder of folders) await session.put(folder);
    return await session.finish(null);
  } finally {
    await session.close();
  }
}

const dns = folderOf("v1/providers/acme/dns", "dns 1", {
  "1.0.0/download/linux/amd64": "one",
  "1.0.0/download/linux/arm64": "two",
});
const net = folderOf("v1/modules/acme/net/aws", "net 1", { "1.0.0/download": "three" });
const discovery: DocumentFolder = {
  folder: ".well-known",
  names: new Set(["terraform.json"]),
  documents: [{ path: ".well-known/terraform.json", body: "{}", kind: "list" }],
};
const all = {
  ".well-known/terraform.json": "{}",
  "v1/modules/acme/net/aws/1.0.0/download": "three",
  "v1/modules/acme/net/aws/versions": "net 1",
  "v1/providers/acme/dns/1.0.0/download/linux/amd64": "one",
  "v1/providers/acme/dns/1.0.0/download/linux/arm64": "two",
  "v1/providers/acme/dns/versions": "dns 1",
};

describe.each([
  ["a folder", directory],
  ["a branch on this machine", onBranch(false)],
  ["a branch elsewhere", onBranch(true)],
  ["a bucket", bucket],
])("when a registry is published to %s", (_, makePlace) => {
  const publishedPlace = async () => {
    const place = await makePlace();
    await put(place.target, [dns, net, discovery]);
    return place;
  };

  it("every document is there, and the counts say so", async () => {
    const place = await makePlace();
    expect(await put(place.target, [dns, net, discovery])).toEqual({ written: 6, unchanged: 0, deleted: 0 });
    expect(await place.read()).toEqual(all);
  });

  it("nothing is written where nothing has changed", async () => {
    const place = await publishedPlace();
    const before = await place.stamp();
    expect(await put(place.target, [dns, net, discovery])).toEqual({ written: 0, unchanged: 6, deleted: 0 });
    expect(await place.stamp()).toEqual(before);
  });

  it("a change is written, and what it leaves out is removed: documents, versions, addresses", async () => {
    const place = await publishedPlace();
    const changed = folderOf("v1/providers/acme/dns", "dns 2", {
      "1.0.0/download/linux/amd64": "one",
      "2.0.0/download/linux/amd64": "new",
    });
    expect(await put(place.target, [changed, discovery])).toEqual({ written: 2, unchanged: 2, deleted: 3 });
    expect(await place.read()).toEqual({
      ".well-known/terraform.json": "{}",
      "v1/providers/acme/dns/1.0.0/download/linux/amd64": "one",
      "v1/providers/acme/dns/2.0.0/download/linux/amd64": "new",
      "v1/providers/acme/dns/versions": "dns 2",
    });
  });

  it("a state that was there before can come back", async () => {
    const place = await publishedPlace();
    await put(place.target, [net, discovery]);
    expect(await put(place.target, [dns, net, discovery])).toEqual({ written: 3, unchanged: 3, deleted: 0 });
    expect(await place.read()).toEqual(all);
    await put(place.target, [net, discovery]);
    expect(Object.keys(await place.read())).toHaveLength(3);
  });

  it.each<[string, Record<string, string | null>]>([
    ["changed", { "v1/providers/acme/dns/versions": "mine" }],
    ["removed", { "v1/providers/acme/dns/1.0.0/download/linux/amd64": null }],
    ["removed, all of them", Object.fromEntries(dns.documents.map(({ path }) => [path, null]))],
  ])("documents that somebody %s by hand are repaired", async (_how, files) => {
    const place = await publishedPlace();
    await place.change(files);
    const count = Object.keys(files).length;
    expect(await put(place.target, [dns, net, discovery])).toEqual({
      written: count,
      unchanged: 6 - count,
      deleted: 0,
    });
    expect(await place.read()).toEqual(all);
  });

  it("files of others beside the published ones are left alone", async () => {
    const place = await publishedPlace();
    const others = { CNAME: "registry.example", ".well-known/security.txt": "mine", "v1/own.txt": "mine" };
    await place.change(others);
    await put(place.target, [net, discovery]);
    expect(await place.read()).toMatchObject(others);
    expect(Object.keys(await place.read())).toHaveLength(6);
  });

  it.each([
    ["the first publication", false],
    ["a change", true],
  ])("a dry run of %s counts as the real one, and changes nothing", async (_which, isPublished) => {
    const place = isPublished ? await publishedPlace() : await makePlace();
    const before = isPublished ? await place.stamp() : undefined;
    const folders = [folderOf("v1/providers/acme/dns", "dns 2", { "1.0.0/download/linux/amd64": "one" }), discovery];
    const foretold = await put(place.target, folders, { dryRun: true });
    if (isPublished) expect(await place.stamp()).toEqual(before);
    expect(await put(place.target, folders)).toEqual(foretold);
  });

  it("a session that ends early leaves what it has not put", async () => {
    const place = await publishedPlace();
    const session = await place.target.open({ commit: null, dryRun: false });
    await session.begin(null);
    await session.put(net);
    await session.close();
    expect(await place.read()).toEqual(all);
  });

  it("a second publisher waits for its turn, and gets it", async () => {
    const place = await publishedPlace();
    const session = await place.target.open({ commit: null, dryRun: false });
    await session.begin(null);
    await expect(place.target.open({ commit: null, dryRun: false })).rejects.toMatchObject({
      code: "publish-failed",
      message: expect.stringMatching(/Another publisher is writing to .* publish again/),
    });
    await session.close();
    expect(await put(place.target, [net, discovery])).toMatchObject({ deleted: 3 });
  });

  it("withdrawn versions of providers and modules are not published, and go when they are withdrawn later", async () => {
    const place = await makePlace();
    const run = (withdrawn: readonly unknown[]) =>
      publish({
        tree: memoryTree(
          {
            "providers/acme/dns.json": { withdrawn, versions: [version("1.1.0"), version("1.0.0")] },
            "modules/acme/net/aws.json": { withdrawn, versions: [{ version: "v1.1.0" }, { version: "1.0.0" }] },
          },
          String(withdrawn.length).repeat(40),
        ),
        target: place.target,
        settings: { layout: null },
        readKeys: async () => [],
      });
    const mentions = async () =>
      Object.entries(await place.read()).filter(([path, text]) => path.includes("1.1.0") || text.includes('"1.1.0"'));
    await run([]);
    // A document and a list of each, and the index, which names the newest.
    expect(await mentions()).toHaveLength(5);
    expect(await run([{ version: "1.1.0", reason: "leaks" }])).toMatchObject({ written: 4, deleted: 2, documents: 8 });
    expect((await mentions()).map(([path]) => path)).toEqual(["status/acme.json"]);
    const fresh = await makePlace();
    await publish({
      tree: memoryTree({
        "modules/acme/net/aws.json": {
          withdrawn: [{ version: "v1.1.0", reason: "leaks" }],
          versions: [{ version: "v1.1.0" }, { version: "1.0.0" }],
        },
      }),
      target: fresh.target,
      settings: { layout: null },
      readKeys: async () => [],
    });
    expect(Object.keys(await fresh.read())).toEqual([
      ".well-known/terraform.json",
      "index/_namespaces.json",
      "index/acme.json",
      "status/acme.json",
      "v1/modules/acme/net/aws/1.0.0/download",
      "v1/modules/acme/net/aws/versions",
    ]);
  });

  it("it is refused where the place holds something else", async () => {
    const place = await makePlace();
    await place.change({ "index.html": "mine" });
    for (const dryRun of [true, false]) {
      await expect(put(place.target, [dns], { dryRun })).rejects.toMatchObject({
        code: "publish-failed",
        message: expect.stringMatching(/holds files that Registrar did not write \("index\.html"\)/),
      });
    }
    expect(await place.read()).toEqual({ "index.html": "mine" });
  });
});
