import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { pushToMain } from "../support/stage/by-hand.ts";
import { checkOut } from "../support/stage/checkout.ts";
import { aStage, people, pollUntil, registryRepository, type TestStage } from "../support/stage/stage.ts";

interface Adopt {
  readonly ok: boolean;
  readonly adopted: readonly {
    readonly path: string;
    readonly ids: Record<string, number>;
    readonly equal: readonly string[];
  }[];
  readonly left: readonly { readonly path: string; readonly reason: string }[];
  readonly complete: number;
  readonly remaining: number;
  readonly stopped: { readonly reason: string } | null;
}

const dns = "providers/acme/dns.json";
const queue = "providers/globex/queue.json";

interface EditableRecord extends Record<string, unknown> {
  versions: Record<string, unknown>[];
}

/** A registry from before ids were recorded, as its owner has pushed it. */
async function oldRegistry(edit: (record: EditableRecord, path: string) => void = () => {}): Promise<TestStage> {
  const stage = await aStage({ ownerBypasses: true });
  const files: Record<string, string> = {};
  for (const path of [dns, queue]) {
    const { content } = await stage.get<{ content: string }>(`contents/${path}`);
    const { repository_id: _, owner_id: __, ...record } = JSON.parse(Buffer.from(content, "base64").toString());
    edit(record, path);
    // One tab, to see that the form is kept.
    files[path] = `${JSON.stringify(record, null, "\t")}\n`;
  }
  await pushToMain(stage, files);
  await stage.rest();
  return stage;
}

describe("registrar adopt", () => {
  it("records ids with what speaks for them, in a pull request that a maintainer lifts", async () => {
    const stage = await oldRegistry();
    const checkout = await checkOut(stage);
    const before = await checkout.read(dns);
    const report = `${checkout.path}/.git/report.md`;

    const dry = await checkout.ask<Adopt>("adopt", "--dry-run");
    expect(await checkout.status()).toEqual([]);
    const first = await checkout.ask<Adopt>("adopt", "--report", report);
    expect(dry.adopted).toEqual(first.adopted);
    // One namespace at a time, since that is what a pull request by hand may touch.
    expect(first).toMatchObject({ exit: 0, ok: true, left: [], remaining: 1, stopped: null });
    expect(first.adopted).toMatchObject([{ path: dns, equal: ["1.1.0", "1.0.0"] }]);
    expect(await checkout.status()).toEqual([` M ${dns}`]);
    const text = await checkout.read(dns);
    const ids = first.adopted[0]?.ids;
    expect(text).toBe(
      before.replace(
        /^(\t"repository": .*)\n/m,
        `$1\n\t"repository_id": ${ids?.repository_id},\n\t"owner_id": ${ids?.owner_id},\n`,
      ),
    );
    expect(await checkout.read(".git/report.md")).toContain(
      `| ${ids?.repository_id} | ${ids?.owner_id} | 2024\\-02-01 |`,
    );

    const carl = stage.sandbox.as(people.contributor);
    const fork = await carl.fork(registryRepository);
    await carl.commit({
      repository: fork.fullName,
      branch: "ids",
      from: "main",
      files: { [dns]: text },
      message: "Ids",
    });
    const head = `${people.contributor}:ids`;
    const number = await carl.openPullRequest({ repository: registryRepository, head, title: "Ids" });
    const { headSha } = await stage.judged(number, "hold");
    const [run] = await stage.checkRuns(headSha);
    const held = [...(run?.output.summary ?? "").matchAll(/^\| (❌|⏳|✋) \| `([\w-]+)`/gmu)].map(([, , code]) => code);
    expect(held).toEqual(["record-head", "record-head"]);
    await pollUntil("its comment", async () => /registrar adopt on the base/.test(await stage.comment(number)));
    // A review is dated in whole seconds, and counts only after the verdict that it answers.
    await sleep(1_100);
    await stage.sandbox.as(people.maintainer).review({ repository: registryRepository, number, event: "APPROVE" });
    await stage.merged(number);

    // The next run goes on where this one ended.
    const second = await (await checkOut(stage)).ask<Adopt>("adopt");
    expect(second).toMatchObject({ exit: 0, adopted: [{ path: queue }], complete: 2, remaining: 0 });
    expect(stage.sandbox.violations).toEqual([]);
  });

  it("leaves alone what does not agree, and says why", async () => {
    const stage = await oldRegistry((record, path) => {
      const [newest] = record.versions;
      // Only the hashes are left to tell by, as in old data.
      for (const version of record.versions) for (const field of ["release_id", "commit"]) delete version[field];
      const targets = (newest?.targets ?? []) as { shasum: string }[];
      if (path === dns && targets[0] !== undefined) targets[0].shasum = "ab".repeat(32);
    });
    const checkout = await checkOut(stage);
    stage.sandbox.deleteRepository("globex/terraform-provider-queue");
    const all = await checkout.ask<Adopt>("adopt", "--limit", "100");
    expect(all).toMatchObject({ exit: 1, ok: false, adopted: [], remaining: 0 });
    expect(all.left).toEqual([
      {
        path: dns,
        reason: expect.stringMatching(
          /^1\.1\.0 is not what it was: .*is recorded with abab.*; SHA256SUMS of today says/,
        ),
      },
      { path: queue, reason: expect.stringContaining("does not exist or is not public") },
    ]);
    expect(await checkout.status()).toEqual([]);
    const one = await checkout.ask<Adopt>("adopt", "globex/queue");
    expect(one.left).toHaveLength(1);
  });

  it("leaves alone a repository that was made again under the old name", async () => {
    const stage = await oldRegistry((record) => {
      for (const version of record.versions) for (const field of ["release_id", "commit"]) delete version[field];
    });
    const { sandbox, queue: author } = stage;
    const checkout = await checkOut(stage);
    sandbox.deleteRepository(author.repository);
    await sandbox.createRepository({ owner: "globex", name: "terraform-provider-queue" });
    const { left, exit } = await checkout.ask<Adopt>("adopt", "globex/queue");
    expect(left).toEqual([
      {
        path: queue,
        reason: expect.stringMatching(/was created on .*, after the version .* was recorded: it is another one/),
      },
    ]);
    expect(exit).toBe(1);
  });

  it("stops when GitHub limits it, keeps what it has done, and says how to go on", async () => {
    const stage = await oldRegistry();
    const checkout = await checkOut(stage);
    const end = Math.ceil(Date.now() / 1000) + 1800;
    const limited = {
      status: 403,
      message: "API rate limit exceeded",
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(end) },
      times: 1000,
    };
    stage.sandbox.faults.add({ method: "GET", path: /globex/, ...limited });
    const some = await checkout.run("adopt", "--limit", "100");
    expect(some.stdout).toContain(`adopted ${dns}`);
    expect(some.stdout).toMatch(/stopped: GitHub answered 403 .*Run the command again after 20/);
    expect(some.stdout).toContain("1 remain for another run");
    expect(some.exit).toBe(3);
    expect(await checkout.status()).toEqual([` M ${dns}`]);
    const anonymous = await checkOut(stage, { GITHUB_TOKEN: "" });
    expect((await anonymous.run("adopt", "globex/queue")).stdout).toContain("set GITHUB_TOKEN");
  });
});
