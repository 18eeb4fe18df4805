import { describe, expect, it } from "vitest";
import type { Decision } from "../../src/policy/decision.ts";
import { turnLabels } from "../../src/policy/messages.ts";
import { type Operation, planReview } from "../../src/policy/plan.ts";
import { finding } from "../support/builders/findings.ts";
import { recordText, version } from "../support/builders/records.ts";
import { pathOf, registry } from "../support/builders/registry.ts";
import { type Json, release } from "../support/builders/release.ts";
import { decisions, type ReviewStory, story } from "../support/builders/story.ts";

const path = pathOf("acme/dns");
const base = registry().withProvider("acme/dns", ["1.0.0"]);
const bump = base.adding(release("1.1.0"));
const plan = (decision: Decision, more: Parameters<typeof story>[2] = {}, world = bump) =>
  planReview(story(world, decision, more));
const only = <Kind extends Operation["kind"]>(operations: readonly Operation[], kind: Kind) =>
  operations.filter((one): one is Operation & { kind: Kind } => one.kind === kind);
const checkOf = (operations: readonly Operation[]) => only(operations, "check-run")[0]?.run;

describe("planReview", () => {
  it.each([
    ["not-ours", ["check-run", "label"]],
    ["misconfigured", ["check-run", "comment", "label"]],
    ["merge", ["check-run", "review", "merge", "announce"]],
    ["ready", ["check-run", "comment", "label"]],
    ["outdated", ["check-run", "comment", "label"]],
    ["duplicate", ["comment", "label"]],
    ["blocked", ["check-run", "comment", "label"]],
    ["wait", ["check-run", "comment", "label", "look-again"]],
    ["ask-maintainers", ["check-run", "comment", "label"]],
  ] as const)("of %s writes %j, in this order", (kind, expected) => {
    const operations = plan(decisions[kind], { findings: [finding("pass")] });
    expect(operations.map((operation) => operation.kind)).toEqual(expected);
  });

  it.each([
    [decisions.blocked, "registrar: author"],
    [decisions.duplicate, "registrar: author"],
    [decisions.outdated, "registrar: author"],
    [{ kind: "outdated", because: "conflict", rebuild: false }, "registrar: author"],
    [{ ...decisions.outdated, rebuild: true }, "registrar: waiting"],
    [decisions.wait, "registrar: waiting"],
    [decisions["ask-maintainers"], "registrar: maintainer"],
    [{ kind: "ask-maintainers", liftable: false }, "registrar: maintainer"],
    [decisions.misconfigured, "registrar: maintainer"],
    [decisions.ready, null],
    [{ kind: "ready", because: "paused" }, null],
    [decisions["not-ours"], null],
  ] as const)("of %j says whose turn it is: %s", (decision, label) => {
    expect(only(plan(decision), "label")).toEqual([{ kind: "label", number: 7, label }]);
  });

  it("spends no write on a label before a merge", () => {
    expect(only(plan(decisions.merge), "label")).toEqual([]);
    expect(only(plan({ ...decisions.merge, approve: false }, {}, bump.byRegistrar()), "label")).toEqual([]);
  });

  it("has labels that GitHub takes", () => {
    for (const { name, color, description } of Object.values(turnLabels)) {
      expect(name).toMatch(/^registrar: [a-z]+$/);
      expect(color).toMatch(/^[0-9a-f]{6}$/);
      expect(description.length).toBeLessThanOrEqual(100);
    }
  });

  it.each([
    [decisions.merge, "completed", "success"],
    [decisions.ready, "completed", "success"],
    [{ kind: "ready", because: "paused" }, "completed", "success"],
    [decisions["not-ours"], "completed", "success"],
    [{ ...decisions["not-ours"], harmless: false }, "completed", "action_required"],
    [decisions.blocked, "completed", "failure"],
    [decisions["ask-maintainers"], "completed", "action_required"],
    [{ kind: "ask-maintainers", liftable: false }, "completed", "action_required"],
    [decisions.misconfigured, "completed", "action_required"],
    [decisions.outdated, "completed", "action_required"],
    [decisions.wait, "in_progress", null],
  ] as const)("of %j leaves a check that is %s, %s", (decision, status, conclusion) => {
    expect(checkOf(plan(decision))).toMatchObject({ status, conclusion, headSha: "c0ffee".padEnd(40, "0") });
  });

  it("never leaves a check that is neutral or skipped, which would satisfy a required one", () => {
    for (const decision of Object.values(decisions)) {
      expect(["success", "failure", "action_required", null, undefined]).toContain(checkOf(plan(decision))?.conclusion);
    }
  });

  it("posts nothing but success where it merges, and no success where it does not", () => {
    for (const decision of Object.values(decisions)) {
      const operations = plan(decision);
      const merges = only(operations, "merge").length > 0;
      expect(merges).toBe(decision.kind === "merge");
      if (merges) expect(checkOf(operations)?.conclusion).toBe("success");
      if (!["merge", "ready", "not-ours"].includes(decision.kind)) {
        expect(checkOf(operations)?.conclusion).not.toBe("success");
      }
    }
  });

  describe("of a grouped bump of ours", () => {
    const group = registry()
      .withProvider("acme/dns", ["1.0.0"])
      .withProvider("globex/queue", ["1.0.0"])
      .adding(release("1.1.0"))
      .adding(release("1.1.0", { of: "globex/queue" }))
      .byRegistrar();
    const ownBranch = "registrar/bump/group/0123456789abcdef";
    const grouped = (decision: Decision, findings = [finding("pass")]) =>
      plan(decision, { grouped: true, ownBranch, findings }, group);

    it.each([
      [decisions.blocked],
      [decisions["ask-maintainers"]],
      [{ kind: "ask-maintainers", liftable: false }],
      [{ ...decisions.outdated, rebuild: true }],
    ] as const)("%j closes it, says why, and has each record looked at by itself", (decision) => {
      const operations = grouped(decision);
      expect(operations.map(({ kind }) => kind)).toEqual(["check-run", "comment", "ungroup"]);
      expect(only(operations, "ungroup")).toEqual([
        { kind: "ungroup", number: 7, branch: ownBranch, addresses: [path, pathOf("globex/queue")] },
      ]);
      const [comment] = only(operations, "comment");
      expect(comment?.body).toContain("it closes this pull request and makes one for each record");
      // Nobody is asked to decide on, or to mend, what is closed.
      expect(comment?.body).not.toMatch(/approving review|author of the release|branch anew/i);
      expect(checkOf(operations)?.conclusion).not.toBe("success");
    });

    it.each([
      [decisions.wait, ["check-run", "comment", "label", "look-again"]],
      [{ ...decisions.merge, approve: false }, ["check-run", "merge", "announce"]],
      [{ kind: "ready", because: "paused" }, ["check-run", "comment", "label"]],
      [decisions.misconfigured, ["check-run", "comment", "label"]],
    ] as const)("%j leaves it as it is", (decision, expected) => {
      expect(grouped(decision).map(({ kind }) => kind)).toEqual(expected);
    });

    it("is nothing of the kind where it is a bump of one record, or somebody else's", () => {
      for (const decision of Object.values(decisions)) {
        expect(only(plan(decision, { ownBranch }, group), "ungroup")).toEqual([]);
      }
    });
  });

  describe("when it merges", () => {
    it("pins the merge to the judged head and base, with the configured method", () => {
      const settings = { ...bump.input.settings, mergeMethod: "squash" } as const;
      const told = story(bump, decisions.merge);
      const [merge] = only(planReview({ ...told, input: { ...told.input, settings } }), "merge");
      expect(merge).toMatchObject({
        number: 7,
        headSha: "c0ffee".padEnd(40, "0"),
        baseSha: "ba5e".padEnd(40, "0"),
        method: "squash",
        title: "acme/dns 1.1.0 (#7)",
      });
    });

    it("approves others' pull requests at the judged head, and never its own", () => {
      expect(only(plan(decisions.merge), "review")).toEqual([
        expect.objectContaining({ event: "APPROVE", headSha: "c0ffee".padEnd(40, "0"), comments: [] }),
      ]);
      const own = plan({ ...decisions.merge, approve: false }, {}, bump.byRegistrar());
      expect(own.map((operation) => operation.kind)).toEqual(["check-run", "merge", "announce"]);
    });

    it("announces it afterwards, and names the branch only when it is its own", () => {
      expect(only(plan(decisions.merge), "announce")).toEqual([
        expect.objectContaining({ branch: null, body: expect.stringContaining("verified and merged") }),
      ]);
      const ownBranch = "registrar/bump/provider/acme/dns";
      expect(only(plan(decisions.merge, { ownBranch }), "announce")[0]?.branch).toBe(ownBranch);
    });

    it.each([
      ["versions", bump.adding(release("1.2.0"), version("@evil\nfixes #1 <b>\u202e"))],
      ["one version", base.adding(release("1.1.0"), version("1.1.0\n\nCo-authored-by: x <x@example.com>"))],
      ["paths", registry().writing("providers/@evil\n#1/<b>\u202e.json", recordText("acme/dns", ["1.0.0"]))],
      ["many records", bump.writing("providers/acme/\n@x.json", "{}")],
      ["keys", registry().writing("keys/@evil\n#1/a.asc", "x")],
    ])("lets nothing of hostile %s into the merge's title", (_, world) => {
      const title = only(plan(decisions.merge, {}, world), "merge")[0]?.title ?? "";
      expect(title).toMatch(/^[\w ./()…+?-]+ \(#7\)$/);
      expect(title.length).toBeLessThan(250);
    });
  });

  it("never approves or merges anything else, and never requests changes", () => {
    for (const decision of Object.values(decisions).filter((one) => one.kind !== "merge")) {
      const operations = plan(decision);
      expect(only(operations, "merge")).toEqual([]);
      for (const review of only(operations, "review")) expect(review.event).toBe("COMMENT");
    }
  });

  it("makes a bump of its own anew where the base has moved", () => {
    const operations = plan({ ...decisions.outdated, rebuild: true } as Decision);
    expect(only(operations, "rebuild")).toEqual([{ kind: "rebuild", address: path }]);
  });

  it("looks again when the decision says so", () => {
    expect(only(plan(decisions.wait), "look-again")).toEqual([{ kind: "look-again", at: "2026-03-01T12:05:00.000Z" }]);
    expect(only(plan({ kind: "wait", until: null }), "look-again")).toEqual([{ kind: "look-again", at: null }]);
  });

  it("prints as JSON", () => {
    for (const decision of Object.values(decisions)) {
      const operations = plan(decision);
      expect(JSON.parse(JSON.stringify(operations))).toEqual(operations);
    }
  });

  describe("line comments", () => {
    const wrong = base.adding(release("1.1.0"), { ...release("1.1.0").entry, commit: "ee".repeat(20) });
    const commentsOf = (told: ReviewStory) => only(planReview(told), "review").flatMap((review) => review.comments);
    const lineAt = (world: typeof bump, line: number) =>
      (world.input.change.records[0]?.after?.text ?? "").split("\n")[line - 1];

    it("stand on the line that is wrong", () => {
      const [comment, ...others] = commentsOf(story(wrong, decisions.blocked));
      expect(others).toEqual([]);
      expect(comment?.path).toBe(path);
      expect(lineAt(wrong, comment?.line ?? 0)).toContain("eeee");
      expect(comment?.body).toContain("its tag names");
    });

    it("stand only on lines that the pull request adds", () => {
      const at = (pointer: string) => finding("fail", { pointer, message: pointer });
      const pointers = ["/versions/0/version", "/versions/1/version", "/repository_id", "/versions/0", "/nowhere", ""];
      const comments = commentsOf(story(wrong, decisions.blocked, { findings: pointers.map(at) }));
      const old = new Set((wrong.input.change.records[0]?.before?.text ?? "").split("\n"));
      expect(comments.length).toBeGreaterThan(0);
      for (const { line } of comments) expect(old.has(lineAt(wrong, line) ?? "")).toBe(false);
      expect(comments.map(({ body }) => body).join()).not.toContain("/repository_id");
    });

    it("share a line, and are no more than people read", () => {
      const at = (pointer: string, message: string) => finding("fail", { pointer, message });
      const same = [at("/versions/0/commit", "First."), at("/versions/0/commit", "Second.")];
      const [comment, ...others] = commentsOf(story(wrong, decisions.blocked, { findings: same }));
      expect(others).toEqual([]);
      expect(comment?.body).toMatch(/First\..*Second\./s);
      const targets = Array.from({ length: 200 }, (_, index) => ({ os: `os${index}`, arch: "x" }));
      const world = base.adding(release("1.1.0"), { ...release("1.1.0").entry, targets });
      const many = targets.map((_, index) => at(`/versions/0/targets/${index}`, "Wrong."));
      expect(commentsOf(story(world, decisions.blocked, { findings: many }))).toHaveLength(20);
    });

    it("are left out where nothing has a place, and of passes", () => {
      expect(only(plan(decisions.blocked, { findings: [finding("fail")] }), "review")).toEqual([]);
      const passes = [finding("pass", { pointer: "/versions/0" }), finding("retry", { pointer: "/versions/0" })];
      expect(commentsOf(story(wrong, decisions.blocked, { findings: passes }))).toEqual([]);
    });

    it("do not stumble over a file that nobody can read", () => {
      const broken = base.writing(path, `${"[".repeat(100_000)}\n{"versions`);
      expect(() => plan(decisions.blocked, {}, broken)).not.toThrow();
    });
  });

  describe("annotations", () => {
    it("say in plain text what is wrong and what to do, where it is", () => {
      const world = base.adding(release("1.1.0"), { ...release("1.1.0").entry, tag: "\u202e**evil**" });
      const [annotation, ...others] = checkOf(plan(decisions.blocked, {}, world))?.annotations ?? [];
      expect(others).toEqual([]);
      expect(annotation).toMatchObject({ path, level: "failure", title: "record-matches-release" });
      expect(annotation?.message).toContain("Set tag to");
      expect(annotation?.message).not.toContain("\u202e");
    });

    it("are warnings for holds, and no more than a few requests take", () => {
      const holds = Array.from({ length: 250 }, () => finding("hold", { pointer: "/versions/0" }));
      const annotations = checkOf(plan(decisions["ask-maintainers"], { findings: holds }))?.annotations ?? [];
      expect(annotations).toHaveLength(200);
      for (const { level } of annotations) expect(level).toBe("warning");
    });
  });

  it("gives the check a title that fits", () => {
    const long = registry().writing(`providers/${"a".repeat(300)}/${"b".repeat(300)}.json`, "{}");
    const title = checkOf(plan(decisions.blocked, {}, long))?.title ?? "";
    expect(title.length).toBeLessThanOrEqual(255);
    expect(title).not.toBe("");
  });

  it("finds all that is wrong with an entry of odd types without stumbling", () => {
    for (const targets of [null, "x", 5, [null, 5, "x", []], { a: 1 }] as const) {
      const world = base.adding(release("1.1.0"), { ...release("1.1.0").entry, targets } as Json);
      expect(plan(decisions.blocked, {}, world).map((operation) => operation.kind)).toContain("comment");
    }
  });
});
