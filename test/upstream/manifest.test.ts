import { describe, expect, it } from "vitest";
import { defaultProtocols, parseManifest } from "../../src/upstream/manifest.ts";

const of = (protocol_versions: unknown) => JSON.stringify({ version: 1, metadata: { protocol_versions } });

describe("parseManifest", () => {
  it.each([[["5.0"]], [["6.0", "5.0"]], [["5"]], [["4.0"]]])("reads %j in its order", (protocols) => {
    expect(parseManifest(of(protocols))).toEqual(protocols);
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "protocol_versions: 5.0"],
    ["null", "null"],
    ["no metadata", "{}"],
    ["no protocols", '{"metadata": {}}'],
    ["an empty list", of([])],
    ["a text", of("5.0")],
    ["numbers", of([5.0])],
    ["no protocol", of(["latest"])],
    ["three numbers", of(["5.0.1"])],
    ["a new line", of(["5.0\n"])],
    ["a protocol without end", of(["5".repeat(17)])],
    ["too many", of(Array.from({ length: 21 }, () => "5.0"))],
    ["a byte order mark", `\ufeff${of(["5.0"])}`],
    ["lists in lists", "[".repeat(60_000)],
    ["a key that every object inherits", '{"__proto__": {"metadata": {"protocol_versions": ["5.0"]}}}'],
  ])("takes %s for no manifest", (_, text) => {
    expect(parseManifest(text)).toBeUndefined();
  });
});

describe("defaultProtocols", () => {
  it("are what all registries of this format say of a release without manifest", () => {
    expect(defaultProtocols).toEqual(["5.0"]);
  });
});
