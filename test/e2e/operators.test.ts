import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aStage, people, pollUntil, registryRepository, type TestStage } from "../support/stage/stage.ts";

const configuration = ".github/registrar.yml";
const right = "policy:\n  settle: 0s\n";

const configure = (stage: TestStage, text: string): Promise<string> =>
  stage.sandbox.as(people.owner).commit({
    repository: registryRepository,
    branch: "main",
    files: { [configuration]: text },
    message: "Configure",
  });

describe("when somebody breaks the configuration", () => {
  it("the commit that brought it is marked, nothing is merged, and all goes on when it is mended", async () => {
    const stage = await aStage({ ownerBypasses: true });
    // One pull request is open when it happens, and a release comes while it is broken.
    await configure(stage, `paused: true\n${right}`);
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    const { number } = await stage.pullRequestOf("1.2.0");
    const commit = await configure(stage, "polcy: {}\n");
    const run = await pollUntil("the check", async () => (await stage.checkRuns(commit))[0]);
    expect(run).toMatchObject({ conclusion: "failure", output: { title: "The configuration has 1 problem(s)" } });
    await stage.judged(number, "hold");
    await pollUntil("what the comment says of it", async () =>
      /configuration has to be mended first[\s\S]*polcy/.test(await stage.comment(number)),
    );
    await stage.queue.cutRelease({ version: "9.9.9" });
    await pollUntil("a look at the release", () =>
      stage.log.some(({ fields }) => String(fields.skipped).includes("polcy")),
    );
    expect(await stage.pullRequests()).toHaveLength(1);
    // What is published stays as it was: nobody knows what the registry wants.
    expect(await stage.isPublished("acme/dns", "1.1.0")).toBe(true);

    const mended = await configure(stage, right);
    await stage.merged(number);
    await pollUntil("the release that came meanwhile", () => stage.isPublished("globex/queue", "9.9.9"), {
      timeoutMs: 45_000,
    });
    await stage.rest();
    // It came without a pull request, so it is judged afterwards.
    expect(await stage.checkRuns(mended)).toMatchObject([
      { conclusion: "success", output: { title: expect.stringMatching(/was pushed and is right/) } },
    ]);
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(true);
    expect(stage.sandbox.violations).toEqual([]);
  });
});

describe("while the configuration switches publishing off", () => {
  it("versions are merged, and published when it is on again", async () => {
    const stage = await aStage({ ownerBypasses: true });
    await configure(stage, `${right}publish:\n  enabled: false\n`);
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    expect(await stage.versions(stage.dns)).toContain("1.2.0");
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(false);
    expect(await stage.isPublished("acme/dns", "1.1.0")).toBe(true);
    expect(stage.log.some(({ message }) => message.startsWith("publishing is switched off"))).toBe(true);
    await configure(stage, right);
    await stage.rest();
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(true);
  });
});

describe("when the publish folder is broken", () => {
  it("the job is repeated until it is mended, and what was published stays", async () => {
    const stage = await aStage();
    const versions = join(stage.folder, "published", "v1", "providers", "acme", "dns");
    // A file stands where a folder has to be made: for root no right to write is ever missing.
    const blocked = join(versions, "1.2.0");
    await writeFile(blocked, "in the way\n");
    await stage.dns.cutRelease({ version: "1.2.0" });
    const failed = () =>
      stage.log.filter(({ message, fields }) => message.startsWith("job failed") && fields.job === "publish");
    await pollUntil("two failed tries", () => failed().length >= 2);
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(false);
    expect(await stage.isPublished("acme/dns", "1.1.0")).toBe(true);
    for (const { fields } of failed()) expect(String(fields.error).length).toBeGreaterThan(20);
    await rm(blocked);
    await stage.rest();
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(true);
    expect(stage.sandbox.violations).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === "win32")("also when it cannot be written to", async () => {
    const stage = await aStage();
    const folder = join(stage.folder, "published", "v1", "providers", "acme", "dns");
    await chmod(folder, 0o500);
    await stage.dns.cutRelease({ version: "1.2.0" });
    await pollUntil("a failed try", () => stage.log.some(({ fields }) => String(fields.error).includes("EACCES")));
    await chmod(folder, 0o700);
    await stage.rest();
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(true);
  });

  it("git that cannot fetch is tried again as well", async () => {
    const stage = await aStage();
    stage.sandbox.faults.add({ path: /registry\.git\/info\/refs/, status: 503, times: 2 });
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    // The first to need the copy of the registry is whoever looks up which record a release belongs to.
    const failed = stage.log.filter(({ message }) => message.startsWith("job failed"));
    expect(failed.map(({ fields }) => fields.job)).toEqual(["notice-release", "notice-release"]);
    expect(failed.map(({ fields }) => fields.error).join()).toMatch(/could not be fetched/);
    for (const { fields } of failed) expect(JSON.stringify(fields)).not.toMatch(/ghs_|Basic|x-access-token/);
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(true);
  });
});

describe("when reading GitHub fails", () => {
  it("at each kind of read of a good bump, the end is the same", async () => {
    const stage = await aStage({ pausesMs: Array.from({ length: 60 }, () => 10) });
    const since = stage.sandbox.requests.length;
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    const templates = stage.sandbox.requests
      .slice(since)
      .filter(({ kind, write, actor }) => kind === "api" && !write && actor === "registrar[bot]")
      .map(({ template }) => template ?? "");
    const kinds = [...new Set(templates)];
    expect(kinds.length).toBeGreaterThan(8);
    for (const template of kinds) {
      const path = new RegExp(`^/api/v3${template.replace(/\{[^}]+\}/g, "[^?]+")}(?:\\?|$)`);
      // Twice: the client tries once more by itself.
      stage.sandbox.faults.add({ method: "GET", path, status: 502, times: 2 });
    }
    const before = stage.sandbox.requests.length;
    await stage.dns.cutRelease({ version: "1.3.0" });
    await stage.rest();
    const failed = stage.sandbox.requests.slice(before).filter(({ status }) => status === 502);
    expect(failed.length).toBeGreaterThan(kinds.length);
    expect(await stage.isPublished("acme/dns", "1.3.0")).toBe(true);
    expect((await stage.pullRequests()).map(({ merged }) => merged)).toEqual([true, true]);
    const { number, headSha } = await stage.pullRequestOf("1.3.0");
    expect(await stage.ownComments(number)).toHaveLength(1);
    expect(await stage.checkRuns(headSha)).toHaveLength(1);
    expect(stage.sandbox.violations).toEqual([]);
  });

  it("a token that cannot be minted at the start is minted later", async () => {
    const stage = await aStage({
      environment: async ({ sandbox }) => {
        sandbox.faults.add({ method: "POST", path: /access_tokens$/, status: 500, times: 2 });
        return {};
      },
    });
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(true);
  });
});
