import { describe, expect, it } from "vitest";
import { findKeyBlocks, keyFileProblem, keysFor } from "../../src/registry/keys.ts";

const body = "\n\nmDMEZAAA\nAAAA\n=abcd\n";
const block = (label: string, inner = body): string => `-----BEGIN ${label}-----${inner}-----END ${label}-----\n`;
const publicBlock = block("PGP PUBLIC KEY BLOCK");

describe("findKeyBlocks", () => {
  it("gives kind, line and base64 text without checksum", () => {
    const text = `my key\n\n${publicBlock}${block("PGP PRIVATE KEY BLOCK")}${block("PGP SIGNATURE")}`;
    expect(findKeyBlocks(text)).toEqual([
      { kind: "public", label: "PGP PUBLIC KEY BLOCK", line: 3, base64: "mDMEZAAAAAAA", problem: null },
      { kind: "private", label: "PGP PRIVATE KEY BLOCK", line: 9, base64: "mDMEZAAAAAAA", problem: null },
      { kind: "other", label: "PGP SIGNATURE", line: 15, base64: "mDMEZAAAAAAA", problem: null },
    ]);
  });

  it.each([
    ["CRLF", publicBlock.replaceAll("\n", "\r\n")],
    ["old Mac line ends", publicBlock.replaceAll("\n", "\r")],
    ["indented lines", publicBlock.replace(/^/gm, "    ")],
    ["no checksum", publicBlock.replace("=abcd\n", "")],
    ["headers", publicBlock.replace("-----\n\n", "-----\nVersion: GnuPG v2\nComment: a\n\n")],
    ["no line end at the end", publicBlock.trimEnd()],
    ["empty lines inside", publicBlock.replace("AAAA\n", "AAAA\n\n")],
  ])("reads a block with %s", (_, text) => {
    expect(findKeyBlocks(text)).toMatchObject([{ kind: "public", base64: "mDMEZAAAAAAA", problem: null }]);
  });

  it.each([
    ["cut off", publicBlock.slice(0, 46), /no END line/],
    ["cut off before another", `${publicBlock.slice(0, 46)}\n${publicBlock}`, /no END line/],
    ["without the empty line", block("PGP PUBLIC KEY BLOCK", "\nmDMEZAAA\n"), /no empty line/],
    ["without anything inside", block("PGP PUBLIC KEY BLOCK", "\n\n"), /empty/],
    ["with other characters", block("PGP PUBLIC KEY BLOCK", "\n\nmDME*AAA\n"), /not base64/],
    ["with a missing character", block("PGP PUBLIC KEY BLOCK", "\n\nmDMEAAA\n"), /not base64/],
  ])("says what is wrong with a block %s", (_, text, problem) => {
    expect(findKeyBlocks(text)[0]).toMatchObject({
      kind: "public",
      base64: "",
      problem: expect.stringMatching(problem),
    });
  });

  it("is not slowed down by hostile text", () => {
    const start = performance.now();
    for (const piece of ["-----BEGIN ", "-----BEGIN A-----\n", "=", "A", "BEGIN PRIVATE ", "-----"]) {
      const text = piece.repeat(Math.ceil(262_144 / piece.length));
      findKeyBlocks(`${text}\n${publicBlock}`);
      keyFileProblem(text);
    }
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe("keyFileProblem", () => {
  it.each([
    [null, publicBlock],
    [null, `Signing key of acme\n${publicBlock}`],
    ["no-block", ""],
    ["no-block", "mDMEZAAAAAAA"],
    ["not-a-key", block("PGP SIGNATURE")],
    ["not-a-key", block("PGP PUBLIC KEY")],
    ["broken", publicBlock.slice(0, 46)],
    ["second-block", publicBlock + publicBlock],
    ["second-block", publicBlock + block("PGP SIGNATURE")],
    ["private-key", block("PGP PRIVATE KEY BLOCK")],
    ["private-key", publicBlock + block("PGP PRIVATE KEY BLOCK")],
    ["private-key", block("OPENSSH PRIVATE KEY")],
    ["private-key", block("PGP SECRET KEY BLOCK")],
    ["private-key", `${publicBlock}> -----BEGIN PGP PRIVATE KEY BLOCK----- (cut)`],
    ["private-key", "-----BEGIN PGP PRIVATE KEY BLOCK-----"],
  ])("is %s", (problem, text) => {
    expect(keyFileProblem(text)).toBe(problem);
  });
});

describe("keysFor", () => {
  const named = (...paths: readonly string[]) => paths.map((path) => ({ path }));

  it("gives the namespace's keys, then the provider's, each by path", () => {
    const files = named("keys/acme/dns/b.asc", "keys/acme/b.asc", "keys/acme/a.asc", "keys/acme/dns/a.asc");
    expect(keysFor(files, { namespace: "acme", type: "dns", layout: "plain" })).toEqual(
      named("keys/acme/a.asc", "keys/acme/b.asc", "keys/acme/dns/a.asc", "keys/acme/dns/b.asc"),
    );
  });

  it("passes over other namespaces, providers and files", () => {
    const files = named(
      "keys/acme2/a.asc",
      "keys/acme/dns2/a.asc",
      "keys/acme/a.txt",
      "keys/acme/dns/x/a.asc",
      "keys/a.asc",
      "providers/acme/dns.json",
      "elsewhere/keys/acme/a.asc",
    );
    expect(keysFor(files, { namespace: "acme", type: "dns", layout: "plain" })).toEqual([]);
  });

  it("knows the lettered layout, in which a path may mean another namespace", () => {
    const files = named("keys/a/acme/k.asc", "keys/a/acme/dns/k.asc", "keys/b/acme/k.asc");
    const acme = { namespace: "acme", type: "dns" };
    expect(keysFor(files, { ...acme, layout: "lettered" })).toEqual(
      named("keys/a/acme/k.asc", "keys/a/acme/dns/k.asc"),
    );
    expect(keysFor(files, { ...acme, layout: "plain" })).toEqual([]);
    expect(keysFor(files, { namespace: "a", type: "acme", layout: "plain" })).toEqual(named("keys/a/acme/k.asc"));
  });

  it("compares names without regard to ASCII case, and to that alone", () => {
    const files = named("keys/Koyeb/a.asc", "keys/KOYEB/Koyeb/a.asc", "keys/\u212aoyeb/a.asc");
    expect(keysFor(files, { namespace: "koyeb", type: "koyeb", layout: "plain" })).toEqual(
      named("keys/Koyeb/a.asc", "keys/KOYEB/Koyeb/a.asc"),
    );
    expect(keysFor(named("keys/k/Koyeb/a.asc"), { namespace: "koyeb", type: "x", layout: "lettered" })).toHaveLength(1);
  });
});
