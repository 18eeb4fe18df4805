import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { directoryTarget } from "../../src/publish/targets/directory.ts";
import { branchTarget } from "./support/branch-target.ts";
import { published } from "./support/folders.ts";
import { bareRepository, commitTo, committed, git } from "./support/git.ts";
import { gitRegistry } from "./support/git-registry.ts";
import { memoryPlace } from "./support/memory-place.ts";
import { memoryRegistry } from "./support/memory-registry.ts";
import { cutOff, playHistory, run } from "./support/play-history.ts";
import { version } from "./support/records.ts";
import { historyOf } from "./support/registry-steps.ts";
import { s3Server } from "./support/s3-server.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

const places = {
  "a branch": async () => {
    const path = await bareRepository();
    return { target: branchTarget(path), read: () => committed(path, "host") };
  },
  // Nothing is kept between publications: each begins with what it fetches.
  "a branch elsewhere": async () => {
    const path = await bareRepository();
    git(path, "config", "uploadpack.allowFilter", "true");
    const repository = { kind: "url", url: `file://${path}` } as const;
    return { target: branchTarget(path, { repository }), read: () => committed(path, "host") };
  },
  "a folder": async () => {
    const root = join(await temporaryFolder(), "out");
    return { target: directoryTarget(root), read: () => published(root) };
  },
  "a bucket": async () => {
    const { target, read } = await s3Server();
    return { target: target(), read: () => read() };
  },
};

/** For each place; in memory many times as many. */
const histories = Number(process.env.HISTORIES ?? 2);

/** One after the other: what ties namespaces together, and what a difference between two commits does not tell by itself. */
const acme = { "providers/acme/dns.json": { versions: [version("1.0.0")] } };
const told: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly string[] | null])[] = [
  [
    "the first publication",
    {
      ...acme,
      "providers/globex/dns.json": { versions: [version("1.0.0")] },
      "modules/globex/net/aws.json": { versions: [{ version: "v1.0.0" }] },
    },
    null,
  ],
  ["a bump", { "providers/acme/dns.json": { versions: [version("1.1.0"), version("1.0.0")] } }, ["acme"]],
  ["nothing of the registry", { "README.md": "hello" }, []],
  ["a key", { "keys/acme/a.asc": "one" }, ["acme"]],
  [
    "the configuration",
    { ".github/registrar.yml": "aliases:\n  old/dns: acme/dns\nnamespaces:\n  globex:\n    owner: keyring\n" },
    null,
  ],
  [
    "a record that an alias stands for",
    { "providers/acme/dns.json": { versions: [version("1.2.0"), version("1.1.0")] } },
    ["acme", "old"],
  ],
  [
    "a record in the place of an alias",
    { "providers/old/dns.json": { versions: [version("9.0.0")] } },
    ["acme", "old"],
  ],
  ["the key of a mapped namespace", { "keys/keyring/k.asc": "two" }, ["globex", "keyring"]],
  [
    "a record in capitals, which sorts first",
    { "providers/GLOBEX/dns.json": { versions: [version("3.0.0")] } },
    ["globex", "keyring"],
  ],
  ["the end of the record in small letters", { "providers/globex/dns.json": null }, ["globex", "keyring"]],
  ["a file without a place", { "providers/a/acme/dns.json": { versions: [] } }, null],
  ["a change after that, in a registry that could turn around", { "keys/acme/a.asc": "two" }, null],
];

describe("publish, of a registry with a history", () => {
  it("looks at the namespaces that a change touches, and leaves what a full publication would", async () => {
    const registry = await gitRegistry();
    const place = await places["a branch"]();
    for (const [what, files, expected] of told) {
      const tree = await registry.commit(files);
      const report = await run(tree, place.target);
      expect(report.namespaces, what).toEqual(expected);
      const fresh = await places["a branch"]();
      await run(tree, fresh.target);
      expect(place.read(), what).toEqual(fresh.read());
    }
  }, 120_000);

  it("says again what it said of a file whose letter is not that of its namespace", async () => {
    const registry = await gitRegistry();
    const place = await places["a branch"]();
    const record = { versions: [version("1.0.0")] };
    const module = { versions: [{ version: "v1.0.0" }] };
    const steps = [
      { ".github/registrar.yml": "layout: lettered\n", "providers/a/acme/dns.json": record },
      { "providers/x/acme/foo.json": record, "providers/A/Acme/bar.json": record },
      { "modules/a/acme/net/aws.json": module },
    ];
    for (const files of steps) {
      const tree = await registry.commit(files);
      await run(tree, place.target);
      const fresh = await places["a branch"]();
      await run(tree, fresh.target);
      expect(place.read()).toEqual(fresh.read());
    }
    expect(place.read()["status/acme.json"]).toContain("providers/x/acme/foo.json");
  });

  it("looks at everything where it is asked to, or where the branch was changed by hand", async () => {
    const registry = await gitRegistry();
    const path = await bareRepository();
    const target = branchTarget(path);
    const tree = await registry.commit(acme);
    await run(tree, target);
    expect((await run(tree, target)).namespaces).toEqual([]);
    expect((await run(tree, target, { full: true })).namespaces).toBeNull();
    await commitTo(path, "host", { "v1/providers/acme/dns/versions": "mine" });
    expect(await run(tree, target)).toMatchObject({ namespaces: null, written: 1 });
    expect((await run(tree, target)).namespaces).toEqual([]);
  });

  it("completes what an interrupted publication began, also on the way back", async () => {
    const registry = await gitRegistry();
    const { target, read } = await places["a folder"]();
    const before = await registry.commit(acme);
    await run(before, target);
    const was = read();
    const after = await registry.commit({
      "providers/acme/dns.json": null,
      "providers/globex/dns.json": { versions: [version("1.0.0")] },
    });
    await expect(run(after, cutOff(target, Number.POSITIVE_INFINITY))).rejects.toThrow("killed");
    expect(read()).not.toEqual(was);
    expect(await run(before, target)).toMatchObject({ namespaces: ["acme", "globex"] });
    expect(read()).toEqual(was);
  });

  it.each(Object.keys(places) as (keyof typeof places)[])(
    "leaves %s as a full publication of the same commit would, whatever has happened",
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(historyOf({ minLength: 2, maxLength: 5 }), async (steps) =>
          playHistory(steps, { registry: await gitRegistry(), place: places[kind] }),
        ),
        { numRuns: histories },
      );
    },
    histories * 60_000,
  );

  it(
    "leaves what a full publication would after any of many histories",
    async () => {
      await fc.assert(
        fc.asyncProperty(historyOf({ minLength: 4, maxLength: 16 }), async (steps) =>
          playHistory(steps, { registry: memoryRegistry(), place: async () => memoryPlace() }),
        ),
        { numRuns: 150 * histories },
      );
    },
    histories * 60_000,
  );
});
