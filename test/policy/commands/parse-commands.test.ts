import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCommands } from "../../../src/policy/commands/parse-commands.ts";

const read = (body: string) => parseCommands(body).map((line) => line.read);
const problem = (body: string): string => {
  const [first] = read(body);
  return first === undefined || first.ok ? "" : first.problem;
};

describe("parseCommands", () => {
  it.each(["recheck", "explain", "stop", "resume", "help"] as const)("reads %s", (kind) => {
    expect(read(`/registrar ${kind}`)).toEqual([{ ok: true, command: { kind } }]);
    expect(read(`/registrar\t ${kind.toUpperCase()}  `)).toEqual([{ ok: true, command: { kind } }]);
  });

  it.each([
    ["/registrar waive append-only @C0FFEE1 because it was malware", "c0ffee1", "it was malware"],
    ["/registrar waive append-only c0ffee1 BECAUSE ok", "c0ffee1", "ok"],
    [`/registrar waive append-only @${"a".repeat(40)} because  of   this`, "a".repeat(40), "of this"],
  ])("reads %s", (body, sha, because) => {
    expect(read(body)).toEqual([{ ok: true, command: { kind: "waive", rule: "append-only", sha, because } }]);
  });

  it.each([
    ["/registrar bump acme/dns", { kind: "provider", namespace: "acme", type: "dns" }],
    ["/registrar bump acme/network/aws", { kind: "module", namespace: "acme", name: "network", system: "aws" }],
  ])("reads %s", (body, address) => {
    expect(read(body)).toEqual([{ ok: true, command: { kind: "bump", address } }]);
  });

  it.each([
    ["/registrar", /The command is missing[\s\S]*\/registrar recheck/],
    ["/registrar merge", /There is no command "merge"\. Right would be: "\/registrar recheck"/],
    ["/registrar stop it", /"stop" takes nothing behind it, got "it"/],
    ["/registrar waive", /A waiver names one rule, got ""/],
    ["/registrar waive Append_Only @c0ffee1 because x", /names one rule, got "Append_Only"/],
    ["/registrar waive append-only", /names the commit/],
    ["/registrar waive append-only @c0ffee because x", /7 to 40 hex digits, got "@c0ffee"/],
    ["/registrar waive append-only @nothex1 because x", /7 to 40 hex digits/],
    [`/registrar waive append-only @${"a".repeat(41)} because x`, /7 to 40 hex digits/],
    ["/registrar waive append-only @c0ffee1", /says why/],
    ["/registrar waive append-only @c0ffee1 because", /says why/],
    ["/registrar waive append-only @c0ffee1 because …", /says why, in words/],
    ["/registrar waive append-only @c0ffee1 since x", /says why/],
    [`/registrar waive append-only @c0ffee1 because ${"x".repeat(301)}`, /at most 300 characters, got 301/],
    ["/registrar bump", /one address, got ""/],
    ["/registrar bump acme", /one address, got "acme"/],
    ["/registrar bump acme/dns globex/queue", /one address/],
    ["/registrar bump ../../etc", /one address/],
    ["/registrar bump acme/dns@1.2.0", /one address/],
    ["/registrar \u202estop", /There is no command "\\u202estop"/],
    ["/registrar <img>", /There is no command "<img>"/],
  ])("says of %j what would be right", (body, expected) => {
    expect(problem(body)).toMatch(expected);
    expect(problem(body)).toContain("/registrar ");
  });

  it("reads three of a comment and answers the fourth", () => {
    const lines = read(Array.from({ length: 60 }, () => "/registrar stop").join("\n"));
    expect(lines.map(({ ok }) => ok)).toEqual([true, true, true, false]);
    expect(lines[3]).toMatchObject({ problem: expect.stringContaining("may hold 3 commands, and this one has 60") });
  });

  it("is total: every text has its answers, at most four, and none is long", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.boolean(), (text, command) => {
        const lines = read(`${command ? "/registrar " : ""}${text}`);
        expect(lines.length).toBeLessThanOrEqual(4);
        for (const line of lines) if (!line.ok) expect(line.problem.length).toBeLessThan(1_000);
      }),
    );
    expect(read(`/registrar stop\n${"x".repeat(70_000)}`)).toEqual([]);
  });
});
