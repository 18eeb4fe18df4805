import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderRecord } from "../../src/publish/render.ts";
import { key, moduleRecord, providerRecord, version } from "./support/records.ts";

const settings = { layout: null };

describe("renderRecord", () => {
  it("renders a provider in lower case", () => {
    const { folders } = renderRecord({
      record: providerRecord([version("1.0.0")], {}, "Acme/DNS"),
      keys: [key("one")],
      settings,
    });
    expect(folders.map(({ folder, documents }) => [folder, ...documents.map(({ path }) => path)])).toEqual([
      ["v1/providers/acme/dns", "v1/providers/acme/dns/1.0.0/download/linux/amd64", "v1/providers/acme/dns/versions"],
    ]);
  });

  it("renders a module as written and in lower case, with the same content", () => {
    const { folders } = renderRecord({
      record: moduleRecord([{ version: "v1.0.0" }], {}, "Acme/Net/aws"),
      keys: [],
      settings,
    });
    expect(folders.map(({ folder, documents }) => [folder, ...documents.map(({ path }) => path)])).toEqual([
      ["v1/modules/Acme/Net/aws", "v1/modules/Acme/Net/aws/1.0.0/download", "v1/modules/Acme/Net/aws/versions"],
      ["v1/modules/acme/net/aws", "v1/modules/acme/net/aws/1.0.0/download", "v1/modules/acme/net/aws/versions"],
    ]);
    const bodies = folders.map(({ documents }) => documents.map(({ body }) => body));
    expect(bodies[0]).toEqual(bodies[1]);
  });

  it("renders only the folders that are the record's own", () => {
    const record = moduleRecord([{ version: "1.0.0" }], {}, "Acme/Net/aws");
    const { folders } = renderRecord({ record, keys: [], settings, folders: ["v1/modules/Acme/Net/aws"] });
    expect(folders.map(({ folder }) => folder)).toEqual(["v1/modules/Acme/Net/aws"]);
  });

  it("renders no folder where nothing can be installed", () => {
    const { folders, findings } = renderRecord({ record: providerRecord([version("latest")]), keys: [], settings });
    expect(folders).toEqual([]);
    expect(findings).toHaveLength(1);
  });
});

describe("the lists of documents", () => {
  it("name every file of documents/", () => {
    const folder = new URL("../../src/publish/", import.meta.url);
    const lists = ["render.ts", "namespaces.ts"].map((name) => readFileSync(new URL(name, folder), "utf8")).join("\n");
    const files = readdirSync(new URL("documents", folder));
    expect(files.filter((name) => !lists.includes(`from "./documents/${name}"`))).toEqual([]);
    expect(files.length).toBeGreaterThan(5);
  });
});
