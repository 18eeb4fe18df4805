import { describe, expect, it } from "vitest";
import { decide } from "../../src/policy/decision.ts";
import { planReview } from "../../src/policy/plan.ts";
import { parseSettings } from "../../src/registry/settings.ts";
import { judge } from "../../src/rules/verdict.ts";
import { type ReviewContext, readReview } from "../../src/tasks/read-review.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { release } from "../support/builders/release.ts";
import { cpuMsOf } from "../support/cpu-time.ts";

// Everything here runs in the one process that also answers webhooks: while it computes, nothing else happens.

const dns = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", [release("1.0.0").entry]);

const hostileEntries = (count: number) =>
  base.editing(dns, (record) => {
    record.versions.push(...Array.from({ length: count }, (_, index) => ({ version: `a${index}` })));
  }).input;

function planOf(input: typeof base.input) {
  const verdict = judge(input);
  const decision = decide(verdict, {
    notOurs: null,
    configurationProblems: [],
    byRegistrar: false,
    draft: false,
    paused: false,
    haltedBy: null,
    outdated: null,
    duplicateOf: null,
    stoppedBy: null,
    approvedBy: null,
  });
  const about = { headSha: "a".repeat(40), merged: false, serverUrl: "https://github.com", docsUrl: null, number: 1 };
  const more = { baseSha: "b".repeat(40), checkIdentity: "1:x", ownBranch: null, grouped: false };
  return planReview({ input, verdict, decision, ...about, ...more });
}

describe("a hostile pull request costs little work", () => {
  it("to judge, when a record of 150 KB holds 4,000 broken versions", async () => {
    const many = hostileEntries(4_000);
    // Quadratic work took ten times as long.
    expect(await cpuMsOf(() => judge(many))).toBeLessThan(2_000);
  });

  it("to answer, when a record of 38 KB holds 1,000 broken versions", async () => {
    expect(await cpuMsOf(() => planOf(hostileEntries(1_000)))).toBeLessThan(1_500);
  });

  it("to answer, when a record of 4 MB holds ten broken versions", async () => {
    const input = base.editing(dns, (record) => {
      record.versions.push(...Array.from({ length: 10 }, (_, index) => ({ version: `a${index}` })));
      return JSON.stringify(record, null, 2).replace("{", `{\n${"  \n".repeat(1_300_000)}`);
    }).input;
    expect(await cpuMsOf(() => planOf(input))).toBeLessThan(1_000);
  });

  it("to judge, when 50 archives meet a SHA256SUMS of 3 MB", async () => {
    const lines = Array.from({ length: 40_000 }, (_, index) => `${"a".repeat(64)}  file-number-${index}\n`).join("");
    const huge = release("1.1.0").withSums((sums) => sums + lines);
    const { targets, ...rest } = huge.entry as { targets: object[] };
    const many = Array.from({ length: 50 }, (_, index) => ({ ...targets[0], os: `os${index}` }));
    const { input } = base.adding(huge, { ...rest, version: "1.1.0", targets: many });
    expect(await cpuMsOf(() => judge(input))).toBeLessThan(200);
  });

  it("to read its configuration of 100 KB", async () => {
    expect(await cpuMsOf(() => parseSettings("&a ".repeat(34_000)))).toBeLessThan(600);
  });

  it("to read, when it has many large files: more than a pull request may have is never fetched", async () => {
    const size = 8 * 1024 * 1024;
    const files = Array.from({ length: 12 }, (_, index) => ({
      path: `providers/evil/p${index}.json`,
      mode: "100644",
      size,
      id: `${index}`,
    }));
    let fetched = 0;
    const host = {
      readIdentity: async () => ({ defaultBranch: "main", botId: 1 }),
      readPullRequest: async () => ({
        number: 1,
        headSha: "head",
        baseBranch: "main",
        author: { id: 2, login: "mallory" },
        changedFiles: files.length,
      }),
      readTip: async () => "tip",
      listCheckRuns: async () => [],
      compare: async () => ({
        base: "tip",
        mergeBase: "tip",
        complete: true,
        linear: true,
        commits: 1,
        files: files.map(({ path }) => ({ path, previousPath: null })),
      }),
      listFiles: async (commit: string) => (commit === "head" ? files : []),
      readBlob: async () => {
        fetched += size;
        return new Uint8Array();
      },
    };
    const context = { host, readKeys: async () => [], now: () => new Date(), serverUrl: "https://github.com" };
    await readReview(context as unknown as ReviewContext, 1);
    expect(fetched).toBeLessThanOrEqual(25 * 1024 * 1024);
  });
});
