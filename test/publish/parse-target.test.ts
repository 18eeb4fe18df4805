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
    ["git:#host", { kind: "own" }, "host"],
    ["git:/srv/registry.git", { kind: "folder", path: "/srv/registry.git" }, "host"],
    ["git:.#pages/live", { kind: "folder", path: "." }, "pages/live"],
    ["git:C:\\registry#x", { kind: "folder", path: "C:\\registry" }, "x"],
    ["git:a#b#c", { kind: "folder", path: "a#b" }, "c"],
    ["git:./odd:name", { kind: "folder", path: "./odd:name" }, "host"],
    ["git:https://github.com/acme/host.git#live", { kind: "url", url: "https://github.com/acme/host.git" }, "live"],
    ["git:ssh://git@git.test.example/acme/host", { kind: "url", url: "ssh://git@git.test.example/acme/host" }, "host"],
    ["git:git@github.com:acme/host.git", { kind: "url", url: "git@github.com:acme/host.git" }, "host"],
    ["git:file:///srv/registry.git", { kind: "url", url: "file:///srv/registry.git" }, "host"],
  ])("reads %s", (text, repository, branch) => {
    expect(parseTarget(text)).toEqual({ kind: "git-branch", repository, branch });
  });

  it.each([
    ["git:", /names no repository; write git:REPOSITORY#BRANCH/],
    ["git:#", /names no branch after #/],
    ["git:a#-x", /has "-x" for a branch/],
    ["git:#refs/heads/host", /whole ref for a branch; write git:#host, or git:REPOSITORY#host/],
    ["git:a#refs/tags/x", /whole ref for a branch/],
    ["git:a#HEAD", /has "HEAD" for a branch/],
    ["git:a#x..y", /for a branch/],
    ["git:a#x.lock", /for a branch/],
    ["git:a#x/", /for a branch/],
    ["git:a#x y", /for a branch/],
    ["git:a\0b#host", /character that no path can have/],
    ["git:ext::sh -c id", /names a helper program of git/],
    ["git:ftp://host/x", /has the protocol "ftp"; expected https, http, ssh or file/],
    ["git:-oProxy:x", /begins with a hyphen/],
    ["git:https://", /names no repository/],
    ["git:https://x-access-token:ghs_secret@github.com/acme/host", /has a user name or password in it/],
    ["git:https://ghs_secret@github.com/acme/host", /has a user name or password in it/],
  ])("refuses %j, and repeats no password", (text, message) => {
    expect(() => parseTarget(text)).toThrow(message);
    expect(() => parseTarget(text)).not.toThrow(/ghs_secret/);
  });

  it.each([
    ["s3://registry", "registry", ""],
    ["s3://registry/", "registry", ""],
    ["s3://my.registry-1/some/where", "my.registry-1", "some/where"],
    ["s3://registry/live/", "registry", "live"],
  ])("reads %s", (text, bucket, prefix) => {
    expect(parseTarget(text)).toEqual({ kind: "s3", bucket, prefix });
  });

  it.each([
    ["", /does not say what kind it is; expected dir:PATH, git:REPOSITORY#BRANCH or s3:/],
    ["/srv/registry", /does not say what kind it is/],
    ["C:\\registry", /does not say what kind it is/],
    ["dir:", /names no folder/],
    ["dir:a\0b", /character that no path can have/],
    ["s3:bucket", /names no bucket .* write s3:\/\/BUCKET/],
    ["s3://Bad_Bucket/x", /expected 3 to 63 small letters, digits, "\." and "-"/],
    ["s3://", /names no bucket/],
    ["s3://Bucket", /names no bucket/],
    ["s3://key:secret@bucket", /names no bucket/],
    ["s3://bucket/../x", /has "..\/x" for a prefix/],
    ["s3://bucket/a//b", /for a prefix/],
    ["ftp:bucket", /unknown kind "ftp"/],
    ["Dir:out", /unknown kind "Dir"/],
  ])("refuses %j", (text, message) => {
    expect(() => parseTarget(text)).toThrow(message);
  });
});
