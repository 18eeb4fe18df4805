import { describe, expect, it } from "vitest";
import { moduleDownloads } from "../../../src/publish/documents/module-download.ts";
import { moduleVersions } from "../../../src/publish/documents/module-versions.ts";
import { usableModule } from "../../../src/publish/usable/module.ts";
import { moduleRecord } from "../support/records.ts";

const folder = "v1/modules/acme/network/aws";
const usable = (versions: readonly unknown[], head = {}) =>
  usableModule(moduleRecord(versions, head), { layout: null });

describe("moduleVersions", () => {
  it("lists the versions without their v, newest first, in one module", () => {
    const [list, ...more] = moduleVersions(folder, usable([{ version: "v1.2.0" }, { version: "1.10.0" }]));
    expect(more).toEqual([]);
    expect(list).toMatchObject({ path: `${folder}/versions`, kind: "list" });
    expect(JSON.parse(list?.body ?? "")).toEqual({
      modules: [{ versions: [{ version: "1.10.0" }, { version: "1.2.0" }] }],
    });
  });

  it("carries the head's warnings", () => {
    const [list] = moduleVersions(folder, usable([{ version: "1.0.0" }], { warnings: ["Moved."] }));
    expect(JSON.parse(list?.body ?? "").warnings).toEqual(["Moved."]);
  });

  it("is not there when no version is usable", () => {
    expect(moduleVersions(folder, usable([{ version: "latest" }]))).toEqual([]);
  });
});

describe("moduleDownloads", () => {
  it("says where the code of each version is, in the folder that clients ask for", () => {
    expect(moduleDownloads(folder, usable([{ version: "v1.2.0", commit: "c".repeat(40) }]))).toEqual([
      {
        path: `${folder}/1.2.0/download`,
        body: `{"location":"git::https://github.com/acme/terraform-aws-network?ref=${"c".repeat(40)}"}`,
        kind: "document",
      },
    ]);
  });
});
