import { describe, expect, it } from "vitest";
import { providerVersions } from "../../../src/publish/documents/provider-versions.ts";
import { usableProvider } from "../../../src/publish/usable/provider.ts";
import { archive, providerRecord, version } from "../support/records.ts";

const render = (versions: readonly unknown[], head = {}) =>
  providerVersions("v1/providers/acme/dns", usableProvider(providerRecord(versions, head), []));

describe("providerVersions", () => {
  it("lists every version, newest first, with protocols and platforms", () => {
    const [list, ...more] = render([
      version("1.0.0"),
      version("1.10.0", { protocols: ["5.0", "6.0"], targets: [archive("linux_arm64"), archive("darwin_amd64")] }),
      version("1.2.0"),
    ]);
    expect(more).toEqual([]);
    expect(list).toMatchObject({ path: "v1/providers/acme/dns/versions", kind: "list" });
    expect(JSON.parse(list?.body ?? "")).toEqual({
      versions: [
        {
          version: "1.10.0",
          protocols: ["5.0", "6.0"],
          platforms: [
            { os: "linux", arch: "arm64" },
            { os: "darwin", arch: "amd64" },
          ],
        },
        { version: "1.2.0", protocols: ["5.0"], platforms: [{ os: "linux", arch: "amd64" }] },
        { version: "1.0.0", protocols: ["5.0"], platforms: [{ os: "linux", arch: "amd64" }] },
      ],
    });
  });

  it("keeps the case of pre-releases", () => {
    expect(render([version("1.0.0-RC1")])[0]?.body).toContain('"version":"1.0.0-RC1"');
  });

  it.each([
    ["a list", { warnings: ["Moved to acme/names.", "Second."] }, ["Moved to acme/names.", "Second."]],
    ["an empty list", { warnings: [] }, undefined],
    ["nothing to read", { warnings: ["", " "] }, undefined],
    ["two lines", { warnings: ["Moved.\r\nUse acme/names."] }, ["Moved.\nUse acme/names."]],
    ["what a terminal obeys", { warnings: ["\u001b[2J\u202eMoved."] }, ["\\u001b[2J\\u202eMoved."]],
    ["numbers", { warnings: ["Moved.", 1] }, undefined],
    ["null", { warnings: null }, undefined],
    ["a text, which clients refuse", { warnings: "Moved." }, undefined],
    ["nothing", {}, undefined],
  ])("carries the warnings of a head with %s", (_, head, expected) => {
    expect(JSON.parse(render([version("1.0.0")], head)[0]?.body ?? "").warnings).toEqual(expected);
  });

  it("is not there when no version is usable: an empty list and no list mean the same to clients", () => {
    expect(render([])).toEqual([]);
  });
});
