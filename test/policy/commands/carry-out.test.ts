import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { carryOut, carryOutElsewhere, type Rights, type Situation } from "../../../src/policy/commands/carry-out.ts";
import { parseCommands } from "../../../src/policy/commands/parse-commands.ts";
import type { PendingComment } from "../../../src/policy/commands/pending-comments.ts";
import { keepStop, keepWaivers, keptStop, keptWaivers, type Stop } from "../../../src/policy/kept.ts";
import { findWaived } from "../../../src/policy/waiver.ts";
import { finding } from "../../support/builders/findings.ts";

const headSha = "c0ffee1".padEnd(40, "0");
const postedAt = "2026-03-01T12:00:00Z";
const waivable = finding("fail", { code: "append-only", waivable: true });
const maintainer: Rights = { maintains: true, interested: false, owns: "none" };
const owner: Rights = { maintains: false, interested: true, owns: "all" };
const partOwner: Rights = { ...owner, owns: "some" };
const stranger: Rights = { maintains: false, interested: false, owns: "none" };

const situation = (more: Partial<Situation> = {}): Situation => ({
  headSha,
  verdict: { outcome: "fail", findings: [waivable, finding("pass")] },
  verdictPostedAt: postedAt,
  hasCheck: true,
  rights: new Map([
    [1, maintainer],
    [2, owner],
    [3, partOwner],
    [4, stranger],
    [5, { ...maintainer, interested: true }],
  ]),
  stop: null,
  waivers: [],
  pathOf: ({ namespace }) => (namespace === "acme" ? "providers/acme/dns.json" : null),
  ownRecords: [],
  ...more,
});

let lastId = 100;
const said = (by: number, body: string, more: { at?: string; id?: number } = {}): PendingComment => {
  const { at = "2026-03-01T12:00:01Z", id = ++lastId } = more;
  const author = { id: by, login: `user-${by}`, isBot: false };
  const comment = { id, number: 7, author, body, createdAt: at, updatedAt: at };
  return { comment, lines: parseCommands(body), tooMany: false };
};
const stopOf = (by: number, as: Stop["as"], comment = 50): Stop => ({
  stopped: true,
  by: { id: by, login: `user-${by}` },
  as,
  comment,
});
const reply = (pending: PendingComment, more: Partial<Situation> = {}) =>
  carryOut([pending], situation(more)).answers[0]?.lines[0]?.reply;

describe("stop and resume", () => {
  it.each([
    [1, "a maintainer", true],
    [2, "an owner", true],
    [3, "an owner of some of it", true],
    [4, "a stranger", false],
    [9, "somebody of whom nothing is known", false],
  ])("stop by %i, %s: %s", (by, _, stops) => {
    const { stop, answers } = carryOut([said(by, "/registrar stop")], situation());
    expect(stop?.stopped ?? false).toBe(stops);
    expect(answers[0]?.lines[0]?.reply.kind).toBe(stops ? "stopped" : "forbidden");
  });

  it.each([
    ["a maintainer's, by a maintainer", stopOf(1, "maintainer"), 1, true],
    ["a maintainer's, by an owner of it all", stopOf(1, "maintainer"), 2, false],
    ["an owner's, by a maintainer", stopOf(2, "owner"), 1, true],
    ["an owner's, by that owner", stopOf(3, "owner"), 3, true],
    ["an owner's, by an owner of it all", stopOf(3, "owner"), 2, true],
    ["an owner's, by an owner of other parts", stopOf(2, "owner"), 3, false],
    ["an owner's, by a stranger", stopOf(2, "owner"), 4, false],
    ["a maintainer's, by that person who maintains it no more", stopOf(4, "maintainer"), 4, false],
  ])("resume of %s", (_, stop, by, resumes) => {
    expect(carryOut([said(by, "/registrar resume")], situation({ stop })).stop?.stopped).toBe(!resumes);
  });

  it("follow each other in their order, and an older comment undoes no younger one", () => {
    const [stop, resume] = [said(1, "/registrar stop", { id: 60 }), said(1, "/registrar resume", { id: 61 })];
    expect(carryOut([stop, resume], situation()).stop?.stopped).toBe(false);
    const resumed = { ...stopOf(1, "maintainer", 61), stopped: false };
    expect(carryOut([stop], situation({ stop: resumed })).stop).toBe(resumed);
    const stopped = stopOf(1, "maintainer", 62);
    expect(carryOut([resume], situation({ stop: stopped })).stop).toBe(stopped);
  });

  it("a maintainer's stop takes the place of an owner's, and not the other way round", () => {
    const mine = stopOf(1, "maintainer");
    expect(carryOut([said(2, "/registrar stop")], situation({ stop: mine })).stop).toBe(mine);
    expect(carryOut([said(1, "/registrar stop")], situation({ stop: stopOf(2, "owner") })).stop?.as).toBe("maintainer");
  });
});

describe("waive", () => {
  const body = "/registrar waive append-only @c0ffee1 because it was malware";

  it("keeps the commit, what the rule said, who and why", () => {
    const { waivers, answers } = carryOut([said(1, body)], situation());
    expect(answers[0]?.lines[0]?.reply).toEqual({ kind: "waived", rule: "append-only" });
    expect(waivers).toMatchObject([{ rule: "append-only", headSha, by: { id: 1 }, because: "it was malware" }]);
    expect(findWaived(situation().verdict, { waivers, headSha }).map((one) => one.finding)).toEqual([waivable]);
  });

  it.each([
    ["a stranger", 4, {}, { kind: "forbidden", who: "maintainer" }],
    ["an owner", 2, {}, { kind: "forbidden", who: "maintainer" }],
    ["whoever has a hand in it", 5, {}, { kind: "forbidden", who: "uninvolved" }],
    ["before another commit", 1, { headSha: "d".repeat(40) }, { kind: "not-waived", why: "other-head" }],
    ["where no verdict is posted", 1, { verdictPostedAt: null }, { kind: "not-waived", why: "not-posted" }],
    ["in the second of the verdict", 1, { verdictPostedAt: "2026-03-01T12:00:01Z" }, { why: "not-posted" }],
    ["before the verdict", 1, { verdictPostedAt: "2026-03-01T12:00:09Z" }, { why: "not-posted" }],
    ["where another pull request has the check", 1, { hasCheck: false }, { why: "no-check" }],
    [
      "where the rule objects to nothing",
      1,
      { verdict: { outcome: "pass", findings: [] } },
      { why: "nothing-to-waive" },
    ],
    [
      "where the rule does not allow it",
      1,
      { verdict: { outcome: "fail", findings: [finding("fail", { code: "append-only" })] } },
      { why: "nothing-to-waive" },
    ],
  ] as const)("by or %s does nothing", (_, by, more, expected) => {
    expect(reply(said(by, body), more)).toMatchObject(expected);
    expect(carryOut([said(by, body)], situation(more)).waivers).toEqual([]);
  });
});

describe("elsewhere", () => {
  it("only releases can be looked for", () => {
    const body = "/registrar bump acme/dns\n/registrar waive append-only @c0ffee1 because x\n/registrar recheck";
    const { answers, bumps } = carryOutElsewhere([said(1, body)], situation().pathOf);
    expect(bumps).toEqual(["providers/acme/dns.json"]);
    expect(answers[0]?.lines.map(({ reply }) => reply.kind)).toEqual(["bumping", "nothing-open", "nothing-open"]);
  });
});

describe("whatever is said, in whatever order", () => {
  it("nobody without the right stops, resumes or waives anything", () => {
    const commands = ["stop", "resume", "recheck", "waive append-only @c0ffee1 because x", "bump acme/dns", "boo"];
    const line = fc.record({ by: fc.constantFrom(4, 9), command: fc.constantFrom(...commands) });
    const stops = fc.constantFrom(null, stopOf(1, "maintainer"), stopOf(2, "owner"));
    fc.assert(
      fc.property(fc.array(line), stops, (lines, stop) => {
        const before = situation({ stop });
        const after = carryOut(
          lines.map(({ by, command }) => said(by, `/registrar ${command}`)),
          before,
        );
        expect(after.stop).toBe(before.stop);
        expect(after.waivers).toEqual([]);
        expect(after.answers).toHaveLength(lines.length);
      }),
    );
  });
});

describe("what is kept", () => {
  it("is read as it was written, and is no Markdown", () => {
    const { waivers } = carryOut([said(1, "/registrar waive append-only @c0ffee1 because --> <b>x")], situation());
    expect(keptWaivers(keepWaivers(waivers))).toEqual(waivers);
    expect(keepWaivers(waivers)).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(keptStop(keepStop(stopOf(2, "owner")))).toEqual(stopOf(2, "owner"));
    expect(keepWaivers([])).toBe("");
  });

  it.each(["", "x", "e30", Buffer.from('{"waivers":[{"rule":1}],"stopped":"no"}').toString("base64url")])(
    "that cannot be read (%j) lifts nothing, and stops",
    (text) => {
      expect(keptWaivers(text)).toEqual([]);
      expect(keptStop(text)).toMatchObject({ stopped: true, as: "maintainer" });
    },
  );
});
