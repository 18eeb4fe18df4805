import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { symlink, writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Stage, startStage } from "../../src/scenarios/stage.ts";
import { registryRepository } from "../../src/scenarios/demo.ts";
import { seeComment, seeVerdict, seesVersion, seePullRequests } from "../../src/scenarios/view.ts";
import { attackerOf, cloneOf } from "./support.ts";
import { pollUntil } from "../../src/scenarios/poll.ts";
describe("x", () => {
  let stage: Stage;
  beforeAll(async () => { stage = await startStage({ log: (m, f) => console.log(m, JSON.stringify(f).slice(0, 400)), pausesMs: [200, 500] }); });
  afterAll(() => stage?.stop());
  it("padding then release", async () => {
    const { propose, settled, read, author, quiet, view } = attackerOf(stage);
    const path = "providers/globex/queue.json";
    const text = (await read(path)) ?? "";
    const { number, headSha } = await propose("padding", { [path]: text.replace("{", `{${" ".repeat(16 * 1024 * 1024 - text.length - 10)}`) });
    console.log("padded", await settled(number, headSha)); console.log(await seeComment(view, number)); return;
    await author("queue").cutRelease({ version: "8.0.0" });
    await new Promise((r) => setTimeout(r, 12000));
    console.log("pending", stage.registrar.pending(), await seesVersion(view, "globex/queue", "8.0.0"), (await seePullRequests(view)).map((p) => p.title + p.merged));
  });
  it("unknown repo event cost", async () => {
    const { sandbox, quiet } = attackerOf(stage);
    sandbox.createAccount({ login: "mallory" });
    await sandbox.createRepository({ owner: "mallory", name: "terraform-provider-x" });
    sandbox.installApp(stage.authorApp, { account: "mallory", repositories: ["mallory/terraform-provider-x"] });
    const before = sandbox.requests.length;
    for (let i = 0; i < 5; i += 1) await sandbox.as("mallory").release({ repository: "mallory/terraform-provider-x", tag: `v1.0.${i}`, name: "x", assets: [] });
    await sandbox.idle(); await new Promise((r) => setTimeout(r, 500));
    console.log("unknown repository, 5 events:", sandbox.requests.slice(before).filter((r) => r.actor.includes("registrar")).map((r) => r.method + r.path));
  });
  it("known repo event cost", async () => {
    const { sandbox, quiet } = attackerOf(stage);
    for (let i = 0; i < 20; i += 1) await sandbox.as("acme").release({ repository: "acme/terraform-provider-dns", tag: `v0.0.${i + 1}`, name: "x", assets: [], publishedAt: "2024-03-01T00:00:00Z", silent: true } as never);
    const before = sandbox.requests.length;
    await sandbox.as("acme").release({ repository: "acme/terraform-provider-dns", tag: `v0.1.0`, name: "x", assets: [], publishedAt: "2024-03-01T00:00:00Z" } as never);
    await sandbox.idle(); await new Promise((r) => setTimeout(r, 3000));
    console.log("known repository, 1 event:", sandbox.requests.slice(before).filter((r) => r.actor.includes("registrar")).length, stage.registrar.pending());
  });
});
