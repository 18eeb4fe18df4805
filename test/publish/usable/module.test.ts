import { describe, expect, it } from "vitest";
import { usableModule } from "../../../src/publish/usable/module.ts";
import { moduleRecord } from "../support/records.ts";

const commit = "c".repeat(40);

function look(versions: readonly unknown[], head = {}, settings = {}) {
  const { versions: usable, findings } = usableModule(moduleRecord(versions, head), { layout: null, ...settings });
  return {
    locations: usable.map((entry) => entry.location.replace("git::https://github.com/", "")),
    published: usable.map((entry) => entry.version),
    findings: findings.map(({ code, version, outcome }) => [code, version, outcome]),
  };
}

describe("usableModule", () => {
  it.each([
    ["the commit", { version: "v1.0.0", commit }, `?ref=${commit}`],
    ["else the tag as it is", { version: "v1.0.0" }, "?ref=v1.0.0"],
    ["else the tag, where the commit is empty", { version: "1.0.0", commit: "" }, "?ref=1.0.0"],
  ])("points to %s", (_, entry, expected) => {
    expect(look([entry]).locations).toEqual([`acme/terraform-aws-network${expected}`]);
  });

  it.each([
    ["https://github.com/other/place", "https://github.com/other/place"],
    ["http://github.com/other/place", "https://github.com/other/place"],
    ["https://github.com/other/place.git", "https://github.com/other/place"],
    ["https://github.com/other/place/", "https://github.com/other/place"],
    ["https://git.test.example:8443/other/place", "https://git.test.example:8443/other/place"],
  ])("takes the repository %s", (repository, expected) => {
    const { versions } = usableModule(moduleRecord([{ version: "1.0.0" }], { repository }), { layout: null });
    expect(versions[0]?.location).toBe(`git::${expected}?ref=1.0.0`);
  });

  it.each([
    [undefined, "http://127.0.0.1:4000", "http://127.0.0.1:4000/acme/terraform-aws-network"],
    ["", "https://git.test.example", "https://git.test.example/acme/terraform-aws-network"],
    ["http://127.0.0.1:4000/other/place", "http://127.0.0.1:4000", "http://127.0.0.1:4000/other/place"],
    ["http://127.0.0.1:4001/other/place", "http://127.0.0.1:4000", "https://127.0.0.1:4001/other/place"],
    ["https://127.0.0.1:4000/other/place", "http://127.0.0.1:4000", "https://127.0.0.1:4000/other/place"],
    ["http://git.test.example/other/place", "https://git.test.example", "https://git.test.example/other/place"],
    ["http://github.com/other/place", "http://127.0.0.1:4000", "https://github.com/other/place"],
  ])(
    "takes the repository %j to the server %s: plain http stays on that server alone",
    (repository, serverUrl, url) => {
      const head = repository === undefined ? {} : { repository };
      const { versions } = usableModule(moduleRecord([{ version: "1.0.0" }], head), { layout: null, serverUrl });
      expect(versions[0]?.location).toBe(`git::${url}?ref=1.0.0`);
    },
  );

  it.each([
    ["https://github.com/other/place?ref=evil"],
    ["https://github.com/other/place//sub"],
    ["https://user:password@github.com/other/place"],
    ["https://github.com/other"],
    ["git@github.com:other/place.git"],
    ["https://github.com/other/.."],
    ["https://github.com/other/..git"],
    [42],
    [["https://github.com/other/place"]],
  ])("publishes nothing where the repository is %j, rather than the default one", (repository) => {
    const { published, findings } = look([{ version: "1.0.0" }], { repository });
    expect(published).toEqual([]);
    expect(findings).toContainEqual(["record-shape", undefined, "fail"]);
  });

  it("takes the repositories of the owner that a namespace is mapped to", () => {
    expect(look([{ version: "1.0.0" }], {}, { namespaces: { ACME: { owner: "acme-corp" } } }).locations).toEqual([
      "acme-corp/terraform-aws-network?ref=1.0.0",
    ]);
  });

  it("publishes the first recorded of tag twins", () => {
    const twins = look([{ version: "v3.0.0", commit }, { version: "3.0.0" }]);
    expect(twins).toMatchObject({ published: ["3.0.0"], locations: [`acme/terraform-aws-network?ref=${commit}`] });
    expect(twins.findings).toEqual([["version-unique", "3.0.0", "fail"]]);
  });

  it.each(["vv1.0.0", "1.2", "release-1.0.0", "1.0.0+b1", "V1.0.0"])("leaves out the tag %j", (text) => {
    expect(look([{ version: text }, { version: "1.0.0" }])).toMatchObject({
      published: ["1.0.0"],
      findings: [["version-syntax", text, "fail"]],
    });
  });

  it("leaves out an entry that the schema refuses", () => {
    expect(look([{ version: "1.1.0", commit: "abc" }, { version: "1.0.0" }])).toMatchObject({
      published: ["1.0.0"],
      findings: [["record-shape", "1.1.0", "fail"]],
    });
  });

  it("leaves out what is withdrawn, however the tombstone writes it", () => {
    const head = { withdrawn: [{ version: "1.0.0", reason: "leaks" }] };
    expect(look([{ version: "v1.0.0" }, { version: "1.1.0" }], head)).toMatchObject({
      published: ["1.1.0"],
      findings: [],
    });
  });
});
