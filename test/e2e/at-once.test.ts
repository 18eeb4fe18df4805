import { describe, expect, it } from "vitest";
import { propose } from "../support/stage/by-hand.ts";
import { aStage, people, registryRepository, type TestStage } from "../support/stage/stage.ts";

const path = "providers/acme/dns.json";

/** Adds a released version to the default branch behind Registrar's back, as a maintainer's merge would. */
async function mergeBehindItsBack(
  stage: TestStage,
  edit: (versions: Record<string, unknown>[]) => void,
): Promise<void> {
  const { content } = await stage.get<{ content: string }>(`contents/${path}`);
  const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: Record<string, unknown>[] };
  edit(record.versions);
  await stage.sandbox.as(people.owner).commit({
    repository: registryRepository,
    branch: "main",
    files: { [path]: `${JSON.stringify(record, null, 2)}\n` },
    message: "Merged by somebody else",
  });
}

const counts = (versions: readonly string[], wanted: string) => versions.filter((one) => one === wanted).length;

describe("two releases of one provider at once", () => {
  it("both end up in the record, each once, and published", async () => {
    const stage = await aStage();
    await Promise.all([
      stage.dns.cutRelease({ version: "1.2.0" }),
      stage.dns.cutRelease({ version: "1.3.0" }),
      stage.dns.cutRelease({ version: "1.1.1" }),
    ]);
    await stage.rest();
    const versions = await stage.versions(stage.dns);
    for (const version of ["1.1.1", "1.2.0", "1.3.0"]) {
      expect(counts(versions, version), version).toBe(1);
      expect(await stage.isPublished("acme/dns", version), version).toBe(true);
    }
    // Newest first, as everywhere in the record.
    expect(versions.slice(0, 3)).toEqual(["1.3.0", "1.2.0", "1.1.1"]);
    expect((await stage.pullRequests()).every(({ merged }) => merged)).toBe(true);
    expect(await stage.branches()).toEqual(["main"]);
    expect(stage.sandbox.violations).toEqual([]);
  });

  it("a right one is not held up by a wrong one", async () => {
    const stage = await aStage();
    await Promise.all([
      stage.dns.cutRelease({ version: "1.2.0", tamper: "signature" }),
      stage.dns.cutRelease({ version: "1.3.0" }),
    ]);
    await stage.rest();
    expect(await stage.isPublished("acme/dns", "1.3.0")).toBe(true);
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(false);
    const open = (await stage.pullRequests()).filter(({ merged }) => !merged);
    expect(open.map(({ title }) => title)).toEqual(["acme/dns 1.2.0"]);
    expect(await stage.ownComments(open[0]?.number ?? 0)).toHaveLength(1);
  });

  it("one that comes while the first is being merged gets its turn, though both share a branch", async () => {
    const stage = await aStage({
      environment: async ({ sandbox }) => {
        sandbox.setSettings(registryRepository, { deleteBranchOnMerge: false });
        return {};
      },
    });
    const second = new Promise<unknown>((resolve) => {
      stage.sandbox.faults.before({ method: "PUT", path: /\/merge$/ }, async () =>
        resolve(await stage.dns.cutRelease({ version: "1.3.0" })),
      );
    });
    await stage.dns.cutRelease({ version: "1.2.0" });
    await second;
    await stage.rest();
    const versions = await stage.versions(stage.dns);
    expect([counts(versions, "1.2.0"), counts(versions, "1.3.0")]).toEqual([1, 1]);
    expect(await stage.isPublished("acme/dns", "1.3.0")).toBe(true);
    expect(await stage.branches()).toEqual(["main"]);
  });
});

describe("two providers at once", () => {
  it("are both merged and published", async () => {
    const stage = await aStage();
    await Promise.all([stage.dns.cutRelease({ version: "1.2.0" }), stage.queue.cutRelease({ version: "9.9.9" })]);
    await stage.rest();
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(true);
    expect(await stage.isPublished("globex/queue", "9.9.9")).toBe(true);
    expect((await stage.pullRequests()).map(({ merged }) => merged)).toEqual([true, true]);
    expect(stage.sandbox.violations).toEqual([]);
  });
});

describe("when the base moves between verdict and merge", () => {
  it("because another version of the provider was merged: judged again, and both are there once", async () => {
    const stage = await aStage({ ownerBypasses: true });
    const published = new Date(Date.now() - 60_000).toISOString();
    const other = stage.dns.cutRelease({ version: "1.1.5", published });
    stage.sandbox.faults.before({ method: "POST", path: /\/check-runs$/ }, async () => {
      const { entry } = await other;
      await mergeBehindItsBack(stage, (versions) => versions.unshift(entry));
    });
    await other;
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    const versions = await stage.versions(stage.dns);
    expect([counts(versions, "1.2.0"), counts(versions, "1.1.5")]).toEqual([1, 1]);
    expect(stage.log.some(({ message }) => message === "judging again")).toBe(true);
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(true);
    expect(stage.sandbox.violations).toEqual([]);
  });

  it("because the very same version was merged: it is there once, and the bump is not merged on top", async () => {
    const stage = await aStage({ ownerBypasses: true });
    const published = new Date(Date.now() - 60_000).toISOString();
    const { entry } = await stage.dns.cutRelease({ version: "1.2.0", published });
    // At the other end of the list, so that a text merge of both would be clean.
    stage.sandbox.faults.before({ method: "POST", path: /\/check-runs$/ }, () =>
      mergeBehindItsBack(stage, (versions) => versions.push(entry)),
    );
    const { content } = await stage.get<{ content: string }>(`contents/${path}`);
    const record = JSON.parse(Buffer.from(content, "base64").toString()) as { versions: unknown[] };
    record.versions.unshift(entry);
    const { number } = await propose(stage, {
      branch: "by-hand",
      files: { [path]: `${JSON.stringify(record, null, 2)}\n` },
    });
    await stage.rest();
    expect(counts(await stage.versions(stage.dns), "1.2.0")).toBe(1);
    expect((await stage.pullRequest(number)).merged).toBe(false);
    expect(await stage.comment(number)).toMatch(/1\.2\.0/);
  });

  it("because its keys were taken away: not merged", async () => {
    const stage = await aStage({ ownerBypasses: true });
    stage.sandbox.faults.before({ method: "POST", path: /\/check-runs$/ }, () =>
      stage.sandbox.as(people.owner).commit({
        repository: registryRepository,
        branch: "main",
        files: { "keys/acme/releases.asc": null },
        message: "Revoked",
      }),
    );
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    const { number, merged, headSha } = await stage.pullRequestOf("1.2.0");
    expect(merged).toBe(false);
    expect(await stage.verdict(headSha)).not.toBe("pass");
    expect(await stage.comment(number)).toContain("signature");
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(false);
  });

  it("because merging was paused: not merged until it goes on", async () => {
    const stage = await aStage({ ownerBypasses: true });
    const configure = (text: string) =>
      stage.sandbox.as(people.owner).commit({
        repository: registryRepository,
        branch: "main",
        files: { ".github/registrar.yml": text },
        message: "Configure",
      });
    stage.sandbox.faults.before({ method: "POST", path: /\/check-runs$/ }, () =>
      configure("paused: true\npolicy:\n  settle: 0s\n"),
    );
    await stage.dns.cutRelease({ version: "1.2.0" });
    await stage.rest();
    expect((await stage.pullRequestOf("1.2.0")).merged).toBe(false);
    await configure("policy:\n  settle: 0s\n");
    await stage.rest();
    expect((await stage.pullRequestOf("1.2.0")).merged).toBe(true);
    expect(await stage.isPublished("acme/dns", "1.2.0")).toBe(true);
  });
});

describe("branches of our own", () => {
  it("nobody else can change, delete or make: the ruleset refuses it, and the bump is merged as it was made", async () => {
    const stage = await aStage();
    const branch = "registrar/bump/provider/acme/dns";
    const mia = stage.sandbox.as(people.maintainer);
    const refused: string[] = [];
    const attempt = (work: Promise<unknown>) =>
      work.then(
        () => expect.unreachable("It was to be refused."),
        (error) => refused.push(String(error)),
      );
    const where = { repository: registryRepository, branch };
    const tampered = new Promise<void>((resolve, reject) => {
      stage.sandbox.faults.before({ method: "POST", path: /\/check-runs$/ }, async () => {
        const tampering = (async () => {
          await attempt(mia.commit({ ...where, files: { [path]: "{}" }, message: "Tamper" }));
          await attempt(
            mia.commit({ ...where, from: "main", files: { [path]: "{}" }, message: "Tamper", force: true }),
          );
          await attempt(mia.deleteBranch(where));
          const other = { repository: registryRepository, branch: "registrar/bump/provider/acme/other" };
          await attempt(mia.commit({ ...other, from: "main", files: { x: "x" }, message: "Make" }));
        })();
        await tampering.then(resolve, reject);
      });
    });
    await stage.dns.cutRelease({ version: "1.2.0" });
    await tampered;
    await stage.rest();
    expect(refused).toHaveLength(4);
    for (const said of refused) expect(said).toMatch(/Cannot (?:create|update|delete)/);
    expect((await stage.pullRequestOf("1.2.0")).merged).toBe(true);
  });
});
