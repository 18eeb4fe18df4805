import { renameSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { followTree } from "../../src/trees/follow-tree.ts";
import { startRegistryServer } from "../../src/web/registry-server.ts";
import { bareRepository, commitTo, git } from "../publish/support/git.ts";
import { version } from "../publish/support/records.ts";
import { ask } from "./support.ts";

const record = (...versions: string[]) => JSON.stringify({ versions: versions.map((text) => version(text)) });

it("serve follows a branch wherever it is moved, and has what it had while there is none", async () => {
  const path = await bareRepository();
  await commitTo(path, "main", { "providers/acme/dns.json": record("1.0.0") });
  const followed = await followTree({ folder: path, commit: "main", everyMs: 0 });
  const problems: unknown[] = [];
  const site = await startRegistryServer({
    readTree: () => followed.read(),
    readSettings: async () => ({ layout: null }),
    readKeys: async () => [],
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(async () => {
    await site.stop();
    await followed.stop();
  });
  const listed = async () => {
    const { status, body } = await ask(site.url, "/v1/providers/acme/dns/versions");
    return status === 200 ? JSON.parse(body).versions.map((one: { version: string }) => one.version) : status;
  };
  expect(await listed()).toEqual(["1.0.0"]);
  await commitTo(path, "main", { "providers/acme/dns.json": record("1.1.0", "1.0.0") });
  expect(await listed()).toEqual(["1.1.0", "1.0.0"]);

  // Pushed by force to a commit of another history, and what was there before is thrown away.
  const other = await commitTo(path, "other", { "providers/acme/dns.json": record("2.0.0") });
  git(path, "update-ref", "refs/heads/main", other);
  git(path, "gc", "-q", "--prune=now");
  expect(await listed()).toEqual(["2.0.0"]);
  expect(problems).toEqual([]);

  git(path, "update-ref", "-d", "refs/heads/main");
  expect([await listed(), await listed()]).toEqual([["2.0.0"], ["2.0.0"]]);
  expect(problems.length).toBeGreaterThan(0);
  git(
    path,
    "update-ref",
    "refs/heads/main",
    await commitTo(path, "next", { "providers/acme/dns.json": record("3.0.0") }),
  );
  expect(await listed()).toEqual(["3.0.0"]);

  problems.length = 0;
  renameSync(path, `${path}.away`);
  expect(await listed()).toEqual(["3.0.0"]);
  renameSync(`${path}.away`, path);
  await commitTo(path, "main", { "providers/acme/dns.json": record("4.0.0") });
  await expect.poll(listed, { timeout: 10_000, interval: 50 }).toEqual(["4.0.0"]);
});
