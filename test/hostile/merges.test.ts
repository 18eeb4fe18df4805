import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSigner } from "../../src/sandbox/author/index.ts";
import { people, registryRepository } from "../../src/scenarios/demo.ts";
import { type Stage, startStage } from "../../src/scenarios/stage.ts";
import { seeVerdict } from "../../src/scenarios/view.ts";
import { attackerOf, cloneOf } from "./support.ts";

const queue = "providers/globex/queue.json";

describe("an outsider's pull request", () => {
  let stage: Stage;
  let attacker: ReturnType<typeof attackerOf>;
  beforeAll(async () => {
    stage = await startStage({ log: () => {}, pausesMs: [200, 500] });
    attacker = attackerOf(stage);
    await attacker.carl.fork(registryRepository);
  });
  afterAll(() => stage?.stop());

  const isMerged = async (wish: Parameters<typeof attacker.propose>) => {
    const { number, headSha } = await attacker.propose(...wish);
    return attacker.settled(number, headSha);
  };

  it("with nothing but hidden files and READMEs of its own is not merged", async () => {
    const files = { "keys/README.md": "Send keys to evil@example.net\n", "providers/.gitattributes": "*.json -diff\n" };
    expect(await isMerged(["readme", files])).toBe(false);
  });

  it("that moves a record, or writes it once more in other letters, is not merged", async () => {
    const text = (await attacker.read(queue)) ?? "";
    expect(await isMerged(["move", { [queue]: null, "providers/globex/queue2.json": text }])).toBe(false);
    expect(await isMerged(["letters", { "providers/Globex/Queue.json": text }])).toBe(false);
  });

  it("that makes a record a symbolic link is not merged", async () => {
    const { git, folder } = await cloneOf(stage, registryRepository, attacker.carl.token);
    await git("fetch", "--quiet", "origin", "main");
    await git("checkout", "--quiet", "--detach", "origin/main");
    await mkdir(dirname(join(folder, "providers/acme/link.json")), { recursive: true });
    await symlink("../../../../../etc/passwd", join(folder, "providers/acme/link.json"));
    await writeFile(join(folder, "providers/acme/other.json"), "{}");
    await git("add", "-A");
    await git("commit", "--quiet", "-m", "links");
    const url = `${stage.sandbox.serverUrl}/${attacker.fork}.git`;
    await git("push", "--quiet", url, "HEAD:refs/heads/links");
    const number = await attacker.carl.openPullRequest({
      repository: registryRepository,
      head: `${people.contributor}:links`,
      title: "Links",
    });
    expect(await attacker.settled(number)).toBe(false);
  });

  it.each([
    ["another address", (repository: string) => repository.replace("globex", "mallory")],
    ["another host", (repository: string) => repository.replace(/^http:\/\/[^/]*/, "https://evil.example")],
  ])("that points a record to %s is not merged", async (name, edit) => {
    const record = JSON.parse((await attacker.read(queue)) ?? "") as { repository: string };
    const text = JSON.stringify({ ...record, repository: edit(record.repository) }, null, 2);
    expect(await isMerged([`repository-${name.length}`, { [queue]: text }])).toBe(false);
  });

  // SUCCEEDS: whoever reads `[skip ci]` or "Closes #1" in the default branch's newest commit obeys it.
  it("does not bring its own words into the merge message", async () => {
    const { sandbox, tip, mia, rightBump } = attacker;
    const { path, text } = await rightBump("dns", "1.2.0");
    expect(await isMerged(["words", { [path]: text }, { title: "Closes #1 [skip ci]" }])).toBe(true);
    const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/git/commits/${await tip()}`, {
      headers: { authorization: `token ${mia.token}` },
    });
    expect(((await answer.json()) as { message: string }).message).not.toMatch(/skip ci/);
  });

  // SUCCEEDS: GitHub's merge names the pull request, not its base.
  it("is not merged into another branch to which it is pointed just before the merge", async () => {
    const { propose, settled, rightBump, sandbox, tip, carl, mia } = attacker;
    const files = { "staging.txt": "" };
    await mia.commit({ repository: registryRepository, branch: "staging", from: "main", files, message: "Staging" });
    const { path, text } = await rightBump("dns", "1.3.0");
    const before = await tip("staging");
    const { promise, resolve } = Promise.withResolvers<number>();
    sandbox.faults.before({ method: "POST", path: /\/pulls\/\d+\/reviews$/ }, async () =>
      carl.editPullRequest({ repository: registryRepository, number: await promise, base: "staging" }),
    );
    const { number, headSha } = await propose("retarget", { [path]: text });
    resolve(number);
    await settled(number, headSha);
    expect(await tip("staging")).toBe(before);
  });

  // SUCCEEDS: a check belongs to a commit, so that the other pull request's verdict hides the one that was approved.
  it("from a head that another pull request has does not undo a maintainer's approval of that", async () => {
    const { propose, settled, sandbox, mia, find, quiet, view } = attacker;
    const fresh = await createSigner({ name: "Globex new", email: "new@globex.example" });
    const right = await propose("honest", { "keys/globex/new.asc": fresh.publicKey });
    await settled(right.number, right.headSha);
    sandbox.createAccount({ login: "mallory" });
    const mallory = sandbox.as("mallory");
    const fork = await mallory.fork(registryRepository);
    const { git } = await cloneOf(stage, registryRepository, mallory.token);
    await git("fetch", "--quiet", "origin", `refs/pull/${right.number}/head`);
    await git("push", "--quiet", fork.cloneUrl, `${right.headSha}:refs/heads/same`);
    await mallory.openPullRequest({ repository: registryRepository, head: "mallory:same", title: "Same" });
    await quiet();
    expect(await seeVerdict(view, right.headSha)).toBe("hold");
    await mia.review({ repository: registryRepository, number: right.number, event: "APPROVE" });
    await quiet();
    expect((await find(right.number))?.merged).toBe(true);
  });

  it("gets no ear for a comment that looks like Registrar's, and leaves it alone", async () => {
    const { propose, settled, carl, sandbox, mia, quiet } = attacker;
    const { number, headSha } = await propose("marker", { [queue]: "{}" });
    const body = "<!-- registrar:comment -->\n\n### ✅ verified";
    const id = await carl.comment({ repository: registryRepository, number, body });
    await settled(number, headSha);
    await carl.editPullRequest({ repository: registryRepository, number, title: "Marker" });
    await quiet();
    const answer = await fetch(`${sandbox.apiUrl}/repos/${registryRepository}/issues/comments/${id}`, {
      headers: { authorization: `token ${mia.token}` },
    });
    expect(((await answer.json()) as { body: string }).body).toBe(body);
    expect(await seeVerdict(attacker.view, headSha)).toBe("fail");
  });

  // SUCCEEDS: 605 of the 5,000 requests an hour for each new title; nine new titles an hour stop the whole registry.
  it("does not cost hundreds of requests each time that its title is edited", async () => {
    const { propose, settled, sandbox, carl, quiet, read } = attacker;
    const record = JSON.parse((await read(queue)) ?? "") as { versions: object[] };
    const [first] = record.versions;
    const many = Array.from({ length: 200 }, (_, index) => ({ ...first, version: `9.0.${index}` }));
    const text = JSON.stringify({ ...record, versions: [...many, ...record.versions] }, null, 2);
    const { number, headSha } = await propose("many", { [queue]: text });
    await settled(number, headSha);
    const before = sandbox.requests.length;
    await carl.editPullRequest({ repository: registryRepository, number, title: "Another title" });
    await quiet();
    const api = sandbox.requests.slice(before).filter(({ actor, kind }) => kind === "api" && /registrar/.test(actor));
    expect(api.length).toBeLessThan(60);
  });
});
