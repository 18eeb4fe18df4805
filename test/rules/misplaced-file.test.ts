import { describe, expect, it } from "vitest";
import { mayBeLifted } from "../../src/policy/decision.ts";
import { rulesFor } from "../../src/rules/index.ts";
import { misplacedFile } from "../../src/rules/misplaced-file.ts";
import { judge } from "../../src/rules/verdict.ts";
import { findingsOf, outcomesOf } from "../support/builders/findings.ts";
import { registry } from "../support/builders/registry.ts";

describe("misplacedFile", () => {
  it.each([
    ["plain", "providers/a/acme/dns.json"],
    ["plain", "providers/acme/dns.yaml"],
    ["plain", "modules/acme/network.json"],
    ["plain", "keys/acme.asc"],
    ["plain", "keys/acme/a.gpg"],
    ["lettered", "providers/acme/dns.json"],
    ["lettered", "providers/b/acme/dns.json"],
    ["lettered", "keys/b/acme/a.asc"],
  ] as const)("fails, in the layout %s, %s, and says what is right there", (layout, path) => {
    const [finding, ...others] = findingsOf(misplacedFile, registry().with({ layout }).writing(path, "{}"));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ code: "record-place", outcome: "fail", path });
    expect(finding?.message).toContain(layout);
    expect(finding?.next).toContain(layout === "plain" ? "providers/NAMESPACE/" : "providers/C/NAMESPACE/");
  });

  it("passes keys and files of other folders", () => {
    const world = registry().writing("keys/acme/a.asc", "key").writing("README.md", "x");
    expect(outcomesOf(misplacedFile, world)).toEqual(["pass", "pass"]);
  });

  it("leaves it to a maintainer as well where what was pushed is taken back", () => {
    const { input } = registry().withFile("providers/a/acme/dns.json", "{}").writing("providers/a/acme/dns.json", null);
    const restoring = { ...input, evidenceRead: false, restores: "a".repeat(40) };
    expect(mayBeLifted(judge(restoring, rulesFor(restoring)))).toBe(true);
  });

  it("leaves the removal of a stray file to a maintainer", () => {
    const path = "providers/a/acme/dns.json";
    expect(outcomesOf(misplacedFile, registry().withFile(path, "{}").writing(path, null))).toEqual(["hold liftable"]);
  });
});
