import { describe, expect, it } from "vitest";
import {
  afterGlance,
  afterLook,
  dueRecords,
  planLooks,
  type RecordMemory,
  type SweptRecord,
} from "../../src/bump/sweep.ts";
import type { Reading } from "../../src/upstream/evidence.ts";
import type { Glance } from "../../src/upstream/glance.ts";

const now = new Date("2026-03-10T12:00:00Z");
const hours = (count: number): string => new Date(now.getTime() - count * 3_600_000).toISOString();

const record = (more: Partial<SweptRecord> = {}): SweptRecord => ({
  path: "providers/acme/dns.json",
  kind: "provider",
  repository: "acme/terraform-provider-dns",
  repositoryId: 7,
  known: new Set(["1.0.0", "1.1.0"]),
  newestAt: now.getTime() - 3_600_000,
  ...more,
});

const seen = (tags: readonly string[], total = tags.length): Reading<Glance> => ({
  kind: "found",
  repositoryId: 7,
  fullName: "acme/terraform-provider-dns",
  total,
  newest: tags.map((tag) => ({ tag, at: null })),
});

const remembered = (more: Partial<RecordMemory> = {}): RecordMemory => ({
  glancedAt: hours(1),
  total: 2,
  comparedAt: hours(1),
  tried: {},
  ...more,
});

const looksOf = (glance: Reading<Glance>, memory?: RecordMemory, of: SweptRecord = record()) =>
  planLooks([{ record: of, glance }], {
    memory: memory === undefined ? {} : { [of.path]: memory },
    now,
    mostWeekly: 1,
  });

describe("dueRecords", () => {
  const due = (of: SweptRecord, memory?: RecordMemory) =>
    dueRecords([of], { memory: memory === undefined ? {} : { [of.path]: memory }, now }).length === 1;
  const quietFor = (days: number) => record({ newestAt: now.getTime() - days * 86_400_000 });

  it.each([
    ["never seen before", quietFor(900), undefined, true],
    ["released an hour ago, glanced at two minutes ago", record(), remembered({ glancedAt: hours(2 / 60) }), true],
    ["quiet for 50 days, glanced at 23 hours ago", quietFor(50), remembered({ glancedAt: hours(23) }), false],
    ["quiet for 50 days, glanced at 24 hours ago", quietFor(50), remembered({ glancedAt: hours(24) }), true],
    ["quiet for ten years, glanced at a day ago", quietFor(3650), remembered({ glancedAt: hours(24) }), true],
    ["without a date", record({ newestAt: null }), remembered({ glancedAt: hours(0.01) }), true],
    ["remembered with a date that is none", record(), remembered({ glancedAt: "soon" }), true],
    ["from elsewhere", record({ repository: null }), undefined, false],
    ["unreadable", record({ known: null }), undefined, false],
  ] as const)("%s", (_name, of, memory, expected) => {
    expect(due(of, memory)).toBe(expected);
  });
});

describe("planLooks", () => {
  it.each([
    ["a new tag", seen(["v1.2.0", "v1.1.0", "v1.0.0"]), remembered(), "new"],
    ["a new tag that keeps the count, since an old one went", seen(["v1.2.0", "v1.1.0"]), remembered(), "new"],
    ["nothing new", seen(["v1.1.0", "v1.0.0"]), remembered(), null],
    ["nothing new at the first sight of all", seen(["v1.1.0", "1.0.0"]), undefined, null],
    ["more than is recorded at the first sight", seen(["v1.1.0", "v1.0.0"], 3), undefined, "count"],
    ["a backport that is not among the newest", seen(["v1.1.0"], 3), remembered(), "count"],
    ["fewer than before", seen(["v1.1.0"], 1), remembered(), "count"],
    ["tags that are no versions", seen(["nightly", "v1.1.0", "v1.0.0"]), remembered({ total: 3 }), null],
    ["a week since all were compared", seen(["v1.1.0", "v1.0.0"]), remembered({ comparedAt: hours(169) }), "weekly"],
    ["six days since all were compared", seen(["v1.1.0", "v1.0.0"]), remembered({ comparedAt: hours(144) }), null],
  ] as const)("%s", (_name, glance, memory, reason) => {
    const { looks, unknown } = looksOf(glance, memory);
    expect(looks).toEqual(reason === null ? [] : [{ path: record().path, reason }]);
    expect(unknown).toEqual([]);
  });

  it("a version that was refused is looked at again when its pause is over, and rests in the end", () => {
    const glance = seen(["v1.2.0", "v1.1.0", "v1.0.0"]);
    const tried = (next: string | null) => remembered({ total: 3, tried: { "1.2.0": { times: 1, next } } });
    expect(looksOf(glance, tried(hours(-1))).looks).toEqual([]);
    expect(looksOf(glance, tried(hours(1))).looks).toHaveLength(1);
    expect(looksOf(glance, tried(null)).looks).toEqual([]);
  });

  it("a module's tags count with and without v, in whatever case", () => {
    const module = record({ kind: "module", known: new Set(["1.0.0", "1.1.0-rc1"]) });
    expect(looksOf(seen(["v1.1.0-RC1", "1.0.0"]), undefined, module).looks).toEqual([]);
  });

  it("unknown is never taken for nothing new", () => {
    const gone = { kind: "missing", reason: "It is gone." } as const;
    const silent = { kind: "unavailable", reason: "502", retryAt: null } as const;
    for (const glance of [gone, silent]) {
      expect(looksOf(glance)).toEqual({ looks: [], unknown: [{ path: record().path, reason: glance.reason }] });
    }
  });

  it("puts what is new first, and bounds only the weekly turns", () => {
    const at = (path: string) => record({ path });
    const old = remembered({ comparedAt: hours(200) });
    const glances = [
      { record: at("a"), glance: seen(["v1.1.0", "v1.0.0"]) },
      { record: at("b"), glance: seen(["v1.1.0", "v1.0.0"]) },
      { record: at("c"), glance: seen(["v1.1.0"], 9) },
      { record: at("d"), glance: seen(["v2.0.0"], 3) },
    ];
    const { looks } = planLooks(glances, { memory: { a: old, b: old, c: old, d: old }, now, mostWeekly: 1 });
    expect(looks).toEqual([
      { path: "d", reason: "new" },
      { path: "c", reason: "count" },
      { path: "a", reason: "weekly" },
    ]);
  });
});

describe("what is remembered", () => {
  const look = { now, total: 3, refused: [], kind: "provider", pending: false } as const;

  it("of a glance is its time alone", () => {
    expect(afterGlance(remembered({ total: 5 }), now)).toEqual(remembered({ total: 5, glancedAt: now.toISOString() }));
    expect(afterGlance(undefined, now)).toMatchObject({ total: null, comparedAt: null, tried: {} });
  });

  it("of a look is how many there were, so that the same count means nothing new", () => {
    const memory = afterLook(undefined, look);
    expect(memory).toMatchObject({ total: 3, comparedAt: now.toISOString() });
    expect(looksOf(seen(["v1.1.0", "v1.0.0"], 3), memory).looks).toEqual([]);
  });

  it("of a look at something that still settles is not the count, so that it is looked at again", () => {
    const memory = afterLook(remembered(), { ...look, pending: true });
    expect(looksOf(seen(["v1.1.0", "v1.0.0"], 3), memory).looks).toHaveLength(1);
  });

  it("the pauses of a refused version grow until it rests", () => {
    let memory: RecordMemory | undefined;
    const pauses: (number | null)[] = [];
    for (let times = 0; times < 6; times += 1) {
      memory = afterLook(memory, { ...look, refused: ["1.2.0"] });
      const next = memory.tried["1.2.0"]?.next ?? null;
      pauses.push(next === null ? null : (Date.parse(next) - now.getTime()) / 3_600_000);
    }
    expect(pauses).toEqual([1, 6, 24, 72, 168, null]);
  });

  it("a version that got in is forgotten", () => {
    const memory = remembered({ tried: { "1.2.0": { times: 3, next: null } } });
    expect(afterLook(memory, look).tried).toEqual({});
  });
});
