import { describe, expect, it } from "vitest";
import { withdrawnVersions } from "../../src/registry/withdrawn.ts";
import { moduleRecord, parsed, providerRecord } from "../support/builders/records.ts";

const of = (withdrawn: unknown) => withdrawnVersions(providerRecord(["1.0.0"], { withdrawn }));

describe("withdrawnVersions", () => {
  it.each([
    [undefined, []],
    [null, []],
    [[], []],
    [[{ version: "1.0.0", reason: "broken" }], ["1.0.0"]],
    [[{ version: "1.0.0-RC1" }], ["1.0.0-rc1"]],
    [
      ["1.0.0", { version: "1.1.0", odd: true }],
      ["1.0.0", "1.1.0"],
    ],
    [[{ version: "v1.0.0" }], ["v1.0.0", "1.0.0"]],
    [[{ version: "__proto__" }], ["__proto__"]],
  ])("of %j are %j", (withdrawn, expected) => {
    expect(of(withdrawn)).toEqual(new Set(expected));
  });

  it.each(["1.0.0", { "1.0.0": "broken" }, 5, [null], [5], [{}], [{ version: 5 }], [["1.0.0"]], ["1.0.0", {}]])(
    "cannot be read from %j",
    (withdrawn) => {
      expect(of(withdrawn)).toBeNull();
    },
  );

  it("leaves out the tag's v of a module", () => {
    expect(withdrawnVersions(moduleRecord(["v1.0.0"], { withdrawn: [{ version: "v1.0.0" }] }))).toEqual(
      new Set(["1.0.0"]),
    );
  });

  it("cannot be read from a record that nobody can read", () => {
    expect(withdrawnVersions(parsed("{"))).toBeNull();
  });
});
