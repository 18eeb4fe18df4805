import { describe, expect, it } from "vitest";
import { parseTarget } from "../../src/publish/parse-target.ts";

describe("parseTarget", () => {
  it.each([
    ["dir:/srv/registry", "/srv/registry"],
    ["dir:out", "out"],
    ["dir:C:\\registry", "C:\\registry"],
    ["dir:a:b", "a:b"],
  ])("reads %s", (text, path) => {
    expect(parseTarget(text)).toEqual({ kind: "directory", path });
  });

  it.each([
    ["", /does not say what kind it is; expected dir:PATH/],
    ["/srv/registry", /does not say what kind it is/],
    ["C:\\registry", /does not say what kind it is/],
    ["dir:", /names no folder/],
    ["dir:a\0b", /character that no path can have/],
    ["s3:bucket", /unknown kind "s3"/],
    ["Dir:out", /unknown kind "Dir"/],
  ])("refuses %j", (text, message) => {
    expect(() => parseTarget(text)).toThrow(message);
  });
});
