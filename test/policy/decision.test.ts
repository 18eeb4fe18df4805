import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Circumstances, decide, mayBeLifted } from "../../src/policy/decision.ts";
import { type Finding, outcomes, worstOutcome } from "../../src/registry/finding.ts";
import { finding } from "../support/builders/findings.ts";

const plain: Circumstances = {
  notOurs: null,
  configurationProblems: [],
  byRegistrar: false,
  draft: false,
  paused: false,
  haltedBy: null,
  outdated: null,
  duplicateOf: null,
  approvedBy: null,
  stoppedBy: null,
};
const verdictOf = (...findings: readonly Finding[]) => ({ outcome: worstOutcome(findings), findings });
const [fail, retry, hold, pass] = outcomes.map((outcome) => finding(outcome));
const stuck = finding("hold", { liftable: false });
const of = (...findings: readonly (Finding | undefined)[]) => verdictOf(...findings.filter((one) => one !== undefined));

describe("decide", () => {
  it.each([
    ["all pass", of(pass, pass), {}, { kind: "merge", approve: true, liftedBy: null }],
    ["all pass, by Registrar", of(pass), { byRegistrar: true }, { kind: "merge", approve: false, liftedBy: null }],
    ["all pass, and somebody stopped it", of(pass), { stoppedBy: "mia" }, { kind: "stopped", by: "mia" }],
    [
      "a hold that is lifted, and somebody stopped it",
      of(hold),
      { approvedBy: "dora", stoppedBy: "mia", outdated: "history" },
      { kind: "stopped", by: "mia" },
    ],
    ["a failure that somebody stopped", of(fail), { stoppedBy: "mia" }, { kind: "blocked" }],
    [
      "all pass, and somebody approved",
      of(pass),
      { approvedBy: "mia" },
      { kind: "merge", approve: true, liftedBy: null },
    ],
    ["a notice", of(finding("pass", { notice: true })), {}, { kind: "merge", approve: true, liftedBy: null }],
    ["no finding at all", of(), {}, { kind: "wait", until: null }],
    ["no finding at all, approved", of(), { approvedBy: "mia" }, { kind: "wait", until: null }],
    ["a failure", of(fail, pass), {}, { kind: "blocked" }],
    ["a failure, approved", of(fail), { approvedBy: "mia" }, { kind: "blocked" }],
    ["everything", of(fail, retry, hold, pass), { approvedBy: "mia" }, { kind: "blocked" }],
    ["a retry", of(retry, pass), {}, { kind: "wait", until: null }],
    ["a retry beside a hold", of(retry, hold), { approvedBy: "mia" }, { kind: "wait", until: null }],
    ["a hold", of(hold, pass), {}, { kind: "ask-maintainers", liftable: true }],
    ["a hold, approved", of(hold, pass), { approvedBy: "mia" }, { kind: "merge", approve: true, liftedBy: "mia" }],
    [
      "a hold of Registrar's, approved",
      of(hold),
      { approvedBy: "mia", byRegistrar: true },
      { kind: "merge", approve: false, liftedBy: "mia" },
    ],
    ["a hold that nothing lifts", of(stuck), { approvedBy: "mia" }, { kind: "ask-maintainers", liftable: false }],
    [
      "one of two that nothing lifts",
      of(hold, stuck),
      { approvedBy: "mia" },
      { kind: "ask-maintainers", liftable: false },
    ],
    [
      "a hold that does not say",
      of(finding("hold", { liftable: undefined as unknown as boolean })),
      { approvedBy: "mia" },
      { kind: "ask-maintainers", liftable: false },
    ],
    ["a draft", of(pass), { draft: true }, { kind: "ready", because: "draft" }],
    ["a pause", of(pass), { paused: true }, { kind: "ready", because: "paused" }],
    [
      "an approved hold in a pause",
      of(hold),
      { paused: true, approvedBy: "mia" },
      { kind: "ready", because: "paused" },
    ],
    ["a failing draft", of(fail), { draft: true }, { kind: "blocked" }],
    [
      "an old branch",
      of(pass),
      { outdated: "base-moved" },
      { kind: "outdated", because: "base-moved", rebuild: false },
    ],
    [
      "an old branch of Registrar's",
      of(pass),
      { outdated: "base-moved", byRegistrar: true },
      { kind: "outdated", because: "base-moved", rebuild: true },
    ],
    [
      "a branch that conflicts",
      of(pass),
      { outdated: "conflict" },
      { kind: "outdated", because: "conflict", rebuild: false },
    ],
    [
      "a branch of Registrar's that conflicts",
      of(pass),
      { outdated: "conflict", byRegistrar: true },
      { kind: "outdated", because: "conflict", rebuild: true },
    ],
    [
      "a crooked history, approved",
      of(hold),
      { outdated: "history", approvedBy: "mia" },
      { kind: "outdated", because: "history", rebuild: false },
    ],
    [
      "an old draft",
      of(pass),
      { outdated: "base-moved", draft: true },
      { kind: "outdated", because: "base-moved", rebuild: false },
    ],
    [
      "another base",
      of(pass),
      { notOurs: { reason: "x", harmless: false } },
      { kind: "not-ours", reason: "x", harmless: false },
    ],
    [
      "nothing of the registry, and a failure",
      of(fail),
      { notOurs: { reason: "x", harmless: true } },
      { kind: "not-ours", reason: "x", harmless: true },
    ],
    [
      "a broken configuration",
      of(pass),
      { configurationProblems: ["x"], approvedBy: "mia" },
      { kind: "misconfigured", problems: ["x"] },
    ],
    ["the head of another pull request", of(pass), { duplicateOf: 7 }, { kind: "duplicate", of: 7 }],
  ] as const)("of %s", (_, verdict, circumstances, decision) => {
    expect(decide(verdict, { ...plain, ...circumstances })).toEqual(decision);
  });

  it("waits until the last of the times that are known", () => {
    const at = (retryAt: string) => finding("retry", { retryAt });
    const [early, late] = [at("2026-03-01T12:00:00.000Z"), at("2026-03-01T13:00:00.000Z")];
    expect(decide(of(late, early), plain)).toEqual({ kind: "wait", until: late.retryAt });
    expect(decide(of(early, retry), plain)).toEqual({ kind: "wait", until: early.retryAt });
  });

  it("believes the findings, whatever the verdict makes of them", () => {
    for (const [one, kind] of [
      [fail, "blocked"],
      [retry, "wait"],
      [stuck, "ask-maintainers"],
    ] as const) {
      const verdict = { outcome: "pass", findings: of(pass, one).findings } as const;
      expect(decide(verdict, { ...plain, approvedBy: "mia" }).kind).toBe(kind);
    }
    expect(decide({ outcome: "fail", findings: of(pass).findings }, plain).kind).toBe("blocked");
    expect(decide({ outcome: "hold", findings: [] }, { ...plain, approvedBy: "mia" }).kind).not.toBe("merge");
    const odd = finding("weird" as Finding["outcome"]);
    expect(decide({ outcome: "pass", findings: [odd] }, { ...plain, approvedBy: "mia" }).kind).not.toBe("merge");
    expect(decide({ outcome: "weird" as Finding["outcome"], findings: [finding("pass")] }, plain).kind).not.toBe(
      "merge",
    );
  });

  const anyFinding = fc.record(
    {
      outcome: fc.constantFrom(...outcomes),
      liftable: fc.boolean(),
      notice: fc.constant(true as const),
      retryAt: fc.constant("2026-03-01T12:00:00.000Z"),
    },
    { requiredKeys: ["outcome"] },
  );
  const anyCircumstances: fc.Arbitrary<Circumstances> = fc.record({
    notOurs: fc.option(fc.record({ reason: fc.string(), harmless: fc.boolean() })),
    configurationProblems: fc.array(fc.string(), { maxLength: 1 }),
    byRegistrar: fc.boolean(),
    draft: fc.boolean(),
    paused: fc.boolean(),
    stoppedBy: fc.constantFrom(null, "mia"),
    haltedBy: fc.option(fc.constant("c".repeat(40))),
    outdated: fc.constantFrom(null, "base-moved", "conflict", "history"),
    duplicateOf: fc.option(fc.nat()),
    approvedBy: fc.constantFrom(null, "mia"),
  });
  const fair: fc.Arbitrary<Circumstances> = fc.record({
    ...Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, fc.constant(value)])),
    byRegistrar: fc.boolean(),
    approvedBy: fc.constantFrom(null, "mia"),
  } as { [Key in keyof Circumstances]: fc.Arbitrary<Circumstances[Key]> });

  it("merges only what is ours, current, ready and right in all findings, of which there is at least one", () => {
    const findings = fc
      .array(anyFinding, { maxLength: 4 })
      .map((list) => list.map((one) => ({ ...finding(one.outcome), liftable: false, ...one })));
    let merges = 0;
    fc.assert(
      fc.property(
        findings,
        fc.constantFrom(...outcomes),
        fc.oneof(fair, anyCircumstances),
        (list, claimed, circumstances) => {
          const decision = decide({ outcome: claimed, findings: list }, circumstances);
          expect(decision.kind).toBeTypeOf("string");
          if (decision.kind !== "merge") return;
          merges += 1;
          expect(list.length).toBeGreaterThan(0);
          const right = list.every(
            ({ outcome, liftable }) =>
              outcome === "pass" || (outcome === "hold" && liftable === true && circumstances.approvedBy !== null),
          );
          expect(right).toBe(true);
          expect(decision.approve).toBe(!circumstances.byRegistrar);
          const { approvedBy: _, byRegistrar: __, ...rest } = circumstances;
          const { approvedBy: ___, byRegistrar: ____, ...wanted } = plain;
          expect(rest).toEqual(wanted);
        },
      ),
      { numRuns: 5000 },
    );
    expect(merges).toBeGreaterThan(10);
  });
});

describe("mayBeLifted", () => {
  it.each([
    ["liftable holds", of(hold, hold, pass), true],
    ["a hold beside what nothing lifts", of(hold, stuck), false],
    ["a hold beside a retry", of(hold, retry), false],
    ["a hold beside a failure", of(hold, fail), false],
    ["no hold", of(pass), false],
    ["nothing", of(), false],
    ["a claim without findings", { outcome: "hold", findings: [] } as const, false],
    ["a claim beside a failure", { outcome: "hold", findings: of(fail, hold).findings } as const, false],
  ])("of %s", (_, verdict, expected) => {
    expect(mayBeLifted(verdict)).toBe(expected);
  });
});
