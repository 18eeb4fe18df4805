import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scenarios } from "../../src/scenarios/index.ts";
import type { ScenarioReport } from "../../src/scenarios/report.ts";

const root = join(import.meta.dirname, "..", "..");

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where Node keeps what makes its next start quicker: one place for all runs of this file. */
const compiled = mkdtempSync(join(tmpdir(), "registrar-compiled-"));
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

/** `registrar sandbox` as a newcomer calls it, in a folder of its own. */
async function sandbox(args: readonly string[], path = process.env.PATH ?? ""): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), "registrar-cli-"));
  try {
    const temporary = join(folder, "tmp");
    await mkdir(temporary);
    const child = spawn(process.execPath, [join(root, "src/cli.ts"), "sandbox", ...args], {
      cwd: folder,
      env: { PATH: path, HOME: folder, TMPDIR: temporary, NODE_COMPILE_CACHE: compiled },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const out = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk) => {
      out.stdout += String(chunk);
    });
    child.stderr.on("data", (chunk) => {
      out.stderr += String(chunk);
    });
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    expect(await readdir(temporary), "what it leaves behind").toEqual([]);
    return { code, ...out };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(name: string, path?: string): Promise<ScenarioReport> {
  const { code, stdout, stderr } = await sandbox(["--once", "--json", "--scenario", name], path);
  expect(stderr).toBe("");
  const report = JSON.parse(stdout) as ScenarioReport;
  expect(code, report.error).toBe(report.ok ? 0 : 1);
  return report;
}

/** A folder with git and nothing else: no client. */
async function pathWithoutClient(): Promise<{ path: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "registrar-path-"));
  for (const place of (process.env.PATH ?? "").split(delimiter)) {
    const names: readonly string[] = await readdir(place).catch(() => []);
    if (!names.includes("git")) continue;
    await symlink(join(place, "git"), join(folder, "git"));
    return { path: folder, remove: () => rm(folder, { recursive: true }) };
  }
  throw new Error("There is no git on this machine.");
}

function sayLoudly(text: string): void {
  process.stderr.write(`\n  !!  ${text}\n\n`);
}

/** What each living comment has to tell: what is wrong, and what somebody has to do. */
const told: Readonly<Record<string, readonly RegExp[]>> = {
  good: [/is verified and merged/],
  "no-event": [/acme\/dns 1\.3\.0 is verified and merged/],
  module: [/acme\/network\/aws v1\.2\.0 is verified and merged/],
  outsider: [/acme\/dns 1\.2\.0 is verified and merged/],
  "new-provider-approved": [/acme\/mail 0\.1\.0 is verified and merged/, /mia.* approved it/],
  "new-module-approved": [/acme\/subnets\/aws v0\.1\.0 is verified and merged/, /mia.* approved it/],
  "keys-propose": [/signing key/, /Proposed by Registrar itself/, /mia.* approved it/],
  "key-with-version": [/changed together with records/, /Make two pull requests/],
  "bad-checksum": [/SHA256SUMS says/, /cut a new release/i],
  "ip-allow-list": [/acme\/dns 1\.2\.0 is verified and merged/],
  "bad-archive": [/clients look for a file terraform-provider-dns/, /Pack each archive anew/],
  "huge-number": [/above 2\^53-1/, /What to do/],
  "tag-twin": [/v1\.1\.0/, /What to do/],
  "warnings-added": [/Changes `warnings`/, /A maintainer checks why/],
  "repository-swapped": [/Changes `repository`/, /A maintainer checks why/],
  "alias-collision": [/publishes `globex\/queue` at `acme\/queue`/, /ask a maintainer to take the alias out/],
  symlink: [/is no regular file/, /Add it as a plain file/],
  "bad-signature": [/signature/i, /What to do/],
  "unknown-key": [/signed by|key/i, /keys\/acme\//],
  "not-semver": [/1\.2/, /What to do/],
  "rewritten-version": [/1\.1\.0/, /maintainer/i],
  "removed-version": [/Removes the published version 1\.0\.0/, /Add an entry to .{0,4}withdrawn/],
  "withdrawn-stays-away": [/has been withdrawn/, /Release under a new version/],
  "head-moved": [/record-matches-release|the release says/, /Push a correction/],
  "base-moved-same-version": [/already in the registry/, /nothing is left to add/],
  transferred: [/was transferred/, /whether the new owner may release/],
  recreated: [/made again, maybe by somebody else/, /finds out who owns it now/],
  "new-provider": [/is new to this registry/, /A maintainer decides whether/],
  "approval-by-reader": [/approving review of this commit/, /`rita` does not have the permission/],
  "approval-by-bot": [/approving review of this commit/, /`helper\[bot\]` is no person/],
  "approval-by-author": [/approving review of this commit/, /`mia` has committed its head/],
  "approved-then-changed-evidence": [/is new to this registry/, /`mia` has approved before this verdict was there/],
  "same-head-two-pulls": [/same commit as pull request \d+/],
  "config-moved": [/blocked/, /1\.2\.0/],
  "key-removed-meanwhile": [/keys\/acme\//],
  "evidence-moved": [/the release says/],
  retargeted: [/for the branch "?staging/],
  "waive-then-push": [/Removes the published version 1\.0\.0/, /\/registrar waive append-only @/],
  stopped: [/merging is stopped/, /Stopped.* by.*mia/, /\/registrar resume/],
  "outside-files": [/other files as well: README\.md/, /a pull request of their own/],
  "too-many-files": [/has 11 records; at most 10/, /Split it up/],
};

/** How many are played at the same time: nearly all of it is waiting for GitHub's pace, and each has its own of that. */
const lanes = 3;

/** Each is played once, the good one first and alone, since its time is measured; the others side by side. */
function playAll(): ReadonlyMap<string, Promise<ScenarioReport>> {
  const first = playWithinBudget();
  const reports = new Map([["good", first]]);
  const waiting = scenarios.map(({ name }) => name).filter((name) => name !== "good");
  const others = new Map(waiting.map((name) => [name, Promise.withResolvers<ScenarioReport>()]));
  for (const [name, { promise }] of others) {
    // Whoever asks for it sees that it failed; until then it is nobody's.
    promise.catch(() => undefined);
    reports.set(name, promise);
  }
  const playNext = async (): Promise<void> => {
    const name = waiting.shift();
    if (name === undefined) return;
    await play(name).then(others.get(name)?.resolve, others.get(name)?.reject);
    return playNext();
  };
  const begin = () => Promise.all(Array.from({ length: lanes }, playNext));
  first.then(begin, begin);
  return reports;
}

/** The time that it takes is measured; a machine that was busy with other tests gets a second try. */
async function playWithinBudget(): Promise<ScenarioReport> {
  const report = await play("good");
  return (report.releaseToInstallableMs ?? 0) < installableWithinMs ? report : play("good");
}

const installableWithinMs = 8_000;
/** For one of them on a machine that is busy with other tests. */
const longestMs = 180_000;

describe("registrar sandbox --once --json", () => {
  let reports: ReturnType<typeof playAll>;
  beforeAll(() => {
    reports = playAll();
  });

  it("every scenario has its expectations here", () => {
    expect(Object.keys(told).sort()).toEqual(scenarios.map(({ name }) => name).sort());
  });

  it.each(scenarios.map(({ name }) => name))(
    "%s ends as it should",
    async (name) => {
      const scenario = scenarios.find((candidate) => candidate.name === name);
      const report = (await reports.get(name)) ?? expect.unreachable();
      expect(report.error).toBeUndefined();
      expect(report).toMatchObject({ ok: true, scenario: name, expected: scenario?.expected, violations: [] });

      expect(report.steps.length).toBeGreaterThan(4);
      for (const step of report.steps) {
        expect(step).toEqual({ name: expect.stringMatching(/\w/), ok: true, ms: expect.any(Number) });
      }

      const { pullRequest, published, client } = report;
      const { findings = [] } = scenario?.expected ?? {};
      expect(pullRequest?.findings).toHaveLength(findings.length);
      expect(pullRequest?.findings).toEqual(expect.arrayContaining([...findings]));
      expect(pullRequest).toMatchObject({
        number: expect.any(Number),
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/example\/registry\/pull\/\d+$/),
        verdict: scenario?.expected.verdict,
        merged: scenario?.expected.merged,
        headSha: expect.stringMatching(/^[0-9a-f]{40}$/),
      });
      const comment = (pullRequest?.comment ?? "").replace(/\\([\p{P}\p{S}])/gu, "$1").replaceAll("\u200b", "");
      expect(comment).toContain("What I saw");
      expect(comment).toContain("Who is next");
      for (const expected of told[name] ?? []) expect(comment).toMatch(expected);

      expect(published).toEqual({
        to: expect.stringMatching(/^dir:/),
        commit: expect.stringMatching(/^[0-9a-f]{40}$/),
        documents: expect.any(Number),
      });
      // Of the namespaces that were looked at: the last publication may have been about one.
      expect(published?.documents).toBeGreaterThan(3);

      if (client !== null && "skipped" in client) {
        sayLoudly(`${name}: NO CLIENT WAS RUN: ${client.skipped}`);
      } else {
        expect(client).toEqual({
          program: expect.stringMatching(/^(?:terraform|tofu)$/),
          version: expect.stringMatching(/^\d+\.\d+\.\d+/),
          asked: scenario?.client.asks,
          installed: scenario?.client.installs === true ? scenario.client.asks : null,
        });
      }

      if (scenario?.expected.merged === true) {
        expect(report.releaseToInstallableMs).toBeGreaterThan(0);
        // With GitHub's second between writes, all of which are counted. The others are played side by side.
        if (name === "good") expect(report.releaseToInstallableMs).toBeLessThan(installableWithinMs);
      } else {
        expect(report.releaseToInstallableMs).toBeNull();
      }
    },
    longestMs,
  );

  it("says why no client was run, where there is none", async () => {
    const { path, remove } = await pathWithoutClient();
    try {
      const { ok, client, published } = await play("bad-signature", path);
      expect({ ok, client }).toEqual({
        ok: true,
        client: { skipped: "Neither terraform nor tofu is on this machine's PATH." },
      });
      expect(published?.commit).toMatch(/^[0-9a-f]{40}$/);
    } finally {
      await remove();
    }
  });
});

describe("registrar sandbox", () => {
  it("lists its scenarios, for people and as JSON", async () => {
    const [people, json] = await Promise.all([
      sandbox(["--scenario", "list"]),
      sandbox(["--scenario", "list", "--json"]),
    ]);
    const listed = JSON.parse(json.stdout) as { scenarios: { name: string; title: string; expected: object }[] };
    expect(listed.scenarios).toEqual(scenarios.map(({ name, title, expected }) => ({ name, title, expected })));
    expect([people.code, json.code]).toEqual([0, 0]);
    for (const { name, title } of scenarios) expect(people.stdout).toMatch(new RegExp(`^${name} +.*${title}`, "m"));
  });

  it.each([
    [["--once", "--json", "--scenario", "none"], /There is no scenario .*none.*; expected one of good,/],
    [["--json"], /needs --once as well/],
    [["--once", "--json", "--port", "http"], /The port must be a number/],
  ])("refuses %j with exit code 2, as JSON", async (args, said) => {
    const { code, stdout } = await sandbox(args);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      error: { code: "bad-argument", message: expect.stringMatching(said) },
    });
  });
});
