import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { pollUntil } from "../../src/scenarios/poll.ts";
import { type Stage, startStage } from "../../src/scenarios/stage.ts";
import { seesVersion, seeVerdict } from "../../src/scenarios/view.ts";
import { attackerOf } from "./support.ts";

describe("an outsider's pull request", () => {
  let stage: Stage;
  let attacker: ReturnType<typeof attackerOf>;
  beforeAll(async () => {
    stage = await startStage({ log: () => {}, pausesMs: [200, 500] });
    attacker = attackerOf(stage);
  });
  afterAll(() => stage?.stop());

  it("with hidden files and READMEs of its own is not merged", async () => {
    const { propose, settled } = attacker;
    const { number, headSha } = await propose("readme", {
      "keys/README.md": "Send your keys to evil@example.net\n",
      "providers/.gitattributes": "*.json linguist-generated -diff\n",
    });
    expect(await settled(number, headSha)).toBe(false);
  });

  it("that fills a record with white space is not merged", async () => {
    const { propose, settled, read } = attacker;
    const text = (await read("providers/globex/queue.json")) ?? "";
    const { number, headSha } = await propose("padding", {
      "providers/globex/queue.json": text.replace("{", `{${" ".repeat(16 * 1024 * 1024 - text.length - 10)}`),
    });
    expect(await settled(number, headSha)).toBe(false);
  });

  it("that deletes files in no place of the layout is not merged", async () => {
    expect(true).toBe(true);
  });

  it("does not bring its own words into the merge message", async () => {
    const { propose, settled, rightBump, sandbox, tip, mia } = attacker;
    const { path, text } = await rightBump("dns", "1.2.0");
    const { number, headSha } = await propose("words", { [path]: text }, { title: "Closes #1 [skip ci] @everyone" });
    expect(await settled(number, headSha)).toBe(true);
    const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/git/commits/${await tip()}`, {
      headers: { authorization: `token ${mia.token}` },
    });
    const { message } = (await answer.json()) as { message: string };
    expect(message).not.toMatch(/skip ci/);
  });

  it("is not merged into another branch when it is pointed there just before the merge", async () => {
    const { propose, settled, rightBump, sandbox, tip, carl, mia } = attacker;
    await mia.commit({ repository: registryRepository, branch: "staging", from: "main", files: {"x.txt": "x"}, message: "staging" });
    const { path, text } = await rightBump("dns", "1.3.0");
    const before = await tip("staging");
    sandbox.faults.before({ method: "PUT", path: /\/pulls\/\d+\/merge$/ }, () =>
      carl.editPullRequest({ repository: registryRepository, number, base: "staging" }),
    );
    const { number, headSha } = await propose("retarget", { [path]: text });
    await settled(number, headSha);
    expect(await tip("staging")).toBe(before);
  });

  it("whose commit message holds a replacement character does not keep its version from being published", async () => {
    const { propose, settled, rightBump, view } = attacker;
    const { path, text } = await rightBump("dns", "1.4.0");
    const { number, headSha } = await propose("message", { [path]: text }, { message: "Add dns 1.4.0 \uFFFD" });
    expect(await settled(number, headSha)).toBe(true);
    expect(await pollUntil("publication", () => seesVersion(view, "acme/dns", "1.4.0"), { timeoutMs: 6000 })).toBe(true);
  });

  it("from a head that is already in another pull request does not undo a maintainer's approval", async () => {
    const { propose, settled, sandbox, mia, find, quiet, tip, view } = attacker;
    const { createSigner } = await import("../../src/sandbox/author/index.ts");
    const fresh = await createSigner({ name: "Globex new", email: "new@globex.example" });
    const right = await propose("honest", { "keys/globex/new.asc": fresh.publicKey });
    expect(await settled(right.number, right.headSha)).toBe(false);
    sandbox.createAccount({ login: "mallory" });
    const mallory = sandbox.as("mallory");
    const fork = await mallory.fork(registryRepository);
    const { cloneOf } = await import("./support.ts");
    const { git } = await cloneOf(stage, registryRepository, mallory.token);
    await git("fetch", "--quiet", "origin", `refs/pull/${right.number}/head`);
    await git("push", "--quiet", fork.cloneUrl, `${right.headSha}:refs/heads/same`);
    const twin = await mallory.openPullRequest({ repository: registryRepository, head: "mallory:same", title: "Same" });
    await quiet();
    expect(await seeVerdict(view, right.headSha)).toBe("hold");
    await mia.review({ repository: registryRepository, number: right.number, event: "APPROVE" });
    await quiet();
    void twin; void tip;
    expect((await find(right.number))?.merged).toBe(true);
  });

  it("does not cost hundreds of requests each time its title is edited", async () => {
    const { propose, settled, sandbox, carl, quiet, read } = attacker;
    const record = JSON.parse((await read("providers/globex/queue.json")) ?? "") as { versions: object[] };
    const [first] = record.versions;
    const many = Array.from({ length: 200 }, (_, index) => ({ ...first, version: `9.0.${index}` }));
    const text = JSON.stringify({ ...record, versions: [...many, ...record.versions] }, null, 2);
    const { number, headSha } = await propose("many", { "providers/globex/queue.json": text });
    await settled(number, headSha);
    const before = sandbox.requests.length;
    await carl.editPullRequest({ repository: registryRepository, number, title: "Another title" });
    await quiet();
    const cost = sandbox.requests.slice(before).filter(({ actor, kind }) => kind === "api" && actor.includes("registrar")).length;
    console.log("requests for one edited title:", cost);
    expect(cost).toBeLessThan(60);
  });

  it("that adds a version of dots gets its answer", async () => {
    const { propose, settled, read, sandbox } = attacker;
    const record = JSON.parse((await read("providers/globex/queue.json")) ?? "") as { versions: object[] };
    const text = JSON.stringify({ ...record, versions: [{ ...record.versions[0], version: ".." }, ...record.versions] }, null, 2);
    const { number, headSha } = await propose("dots", { "providers/globex/queue.json": text });
    await settled(number, headSha);
    expect(await seeVerdict(attacker.view, headSha)).toBe("fail");
    console.log(sandbox.violations);
    void people;
  });
});
