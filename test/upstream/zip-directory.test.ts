import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endOfZip, readZipDirectory } from "../../src/upstream/zip-directory.ts";
import { endAt, entryAt, patched, program, renamed, u16, u32, zipOf } from "../support/zip.ts";

const readWhole = (zip: Buffer) => readZipDirectory(zip, zip.length);
const problemsOf = async (zip: Buffer): Promise<readonly string[]> => {
  const read = await readWhole(zip);
  if (read.kind === "more") return expect.unreachable();
  return read.kind === "broken" ? [read.reason] : read.contents.problems;
};
const fine = { files: [program, "LICENSE"], nested: null, problems: [] };

describe("readZipDirectory", () => {
  it("reads what a zip holds", async () => {
    expect(await readWhole(await zipOf())).toEqual({ kind: "read", contents: fine });
  });

  it.each([
    ["with sizes of 64 bits", { zip64: true }],
    ["with a comment", { comment: "built by us" }],
    ["with the longest comment", { comment: "x".repeat(65_535) }],
    ["with both", { zip64: true, comment: "built by us" }],
  ])("reads a zip %s", async (_what, options) => {
    expect(await readWhole(await zipOf(undefined, options))).toEqual({ kind: "read", contents: fine });
  });

  it("needs no more than the end", async () => {
    const text = Buffer.from(Array.from({ length: 300_000 }, (_unused, at) => (at * 2_654_435_761) >>> 24)).toString(
      "latin1",
    );
    const zip = await zipOf([{ name: program, text, stored: true }]);
    const read = await readZipDirectory(zip.subarray(-endOfZip), zip.length);
    expect(read).toEqual({ kind: "read", contents: { ...fine, files: [program] } });
    // Nothing of the file's own bytes plays a part.
    expect(await readZipDirectory(zip.subarray(-200), zip.length)).toMatchObject({ kind: "more" });
  });

  it("says from where it needs more of a long directory, and reads it then", async () => {
    const names = Array.from({ length: 900 }, (_unused, at) => ({ name: `docs/${"long-".repeat(20)}${at}.md` }));
    const zip = await zipOf([{ name: program }, ...names]);
    const first = await readZipDirectory(zip.subarray(-endOfZip), zip.length);
    if (first.kind !== "more") return expect.unreachable();
    expect(first.from).toBe(entryAt(zip, 0));
    const second = await readZipDirectory(zip.subarray(first.from), zip.length);
    expect(second).toMatchObject({ kind: "read", contents: { files: [program], problems: [] } });
  });

  it("refuses more entries than any provider has, and a directory that is too long, before it reads them", async () => {
    const many = await zipOf(Array.from({ length: 1_001 }, (_unused, at) => ({ name: `${at}`, text: "x" })));
    expect(await problemsOf(many)).toEqual(["it has 1001 entries; at most 1000 are allowed"]);
    const size = 1024 ** 3;
    const zip = await zipOf();
    const far = patched(zip, endAt(zip) + 16, u32(1_000));
    const tail = Buffer.concat([Buffer.alloc(endOfZip - far.length), far]);
    expect(await readZipDirectory(tail, size)).toEqual({ kind: "broken", reason: "its directory is too long" });
  });

  it.each<[string, (zip: Buffer) => Buffer, RegExp]>([
    ["nothing", () => Buffer.alloc(0), /cannot be read/],
    ["no zip", () => Buffer.from("<html>".repeat(1_000)), /cannot be read/],
    ["a zip that was cut", (zip) => zip.subarray(0, -1), /cannot be read/],
    ["a zip without its beginning", (zip) => zip.subarray(10), /cannot be read/],
    ["a prefix that moves every place", (zip) => Buffer.concat([Buffer.from("#!/bin/sh\n"), zip]), /cannot be read/],
    ["bytes behind it", (zip) => Buffer.concat([zip, Buffer.from("x")]), /cannot be read/],
    ["an entry that is none", (zip) => patched(zip, entryAt(zip, 1), [0]), /cannot be read/],
    ["fewer entries counted than there are", (zip) => patched(zip, endAt(zip) + 8, [1, 0, 1, 0]), /something between/],
    ["more entries counted than there are", (zip) => patched(zip, endAt(zip) + 8, [3, 0, 3, 0]), /cannot be read/],
    ["two counts", (zip) => patched(zip, endAt(zip) + 8, [1]), /contradict/],
    ["another size of its directory", (zip) => patched(zip, endAt(zip) + 12, [0]), /contradict/],
    ["a directory that begins later", (zip) => patched(zip, endAt(zip) + 16, u32(entryAt(zip, 1))), /cannot be read/],
    ["several disks", (zip) => patched(zip, endAt(zip) + 4, [1]), /cannot be read/],
    ["another length of its comment", (zip) => patched(zip, endAt(zip) + 20, [1]), /cannot be read/],
    [
      "a stored file of another length than packed",
      (zip) => patched(zip, entryAt(zip, 0) + 10, [0, 0]),
      /cannot be read/,
    ],
    ["an encrypted entry", (zip) => patched(zip, entryAt(zip, 1) + 8, [1]), /encrypted/],
    ["strong encryption", (zip) => patched(zip, entryAt(zip, 1) + 8, [0x40]), /cannot be read/],
    ["another method of packing", (zip) => patched(zip, entryAt(zip, 1) + 10, [14]), /method 14/],
    ["two entries on the same bytes", (zip) => patched(zip, entryAt(zip, 1) + 42, u32(0)), /shares its bytes/],
    [
      "an entry that is longer than the file",
      (zip) => patched(zip, entryAt(zip, 1) + 20, u32(100_000)),
      /shares its bytes/,
    ],
    ["an absurd ratio", (zip) => patched(zip, entryAt(zip, 1) + 24, u32(3_000_000_000)), /at most 200 times/],
    [
      "a huge file",
      (zip) => patched(patched(zip, entryAt(zip, 0) + 24, u32(4e9)), entryAt(zip, 1) + 24, u32(4e9)),
      /Unpacked it would take/,
    ],
    ["a path upwards", (zip) => renamed(zip, "LICENSE", "../../a"), /leads elsewhere/],
    ["a path upwards within", (zip) => renamed(zip, "LICENSE", "a/../.."), /leads elsewhere/],
    ["an absolute path", (zip) => renamed(zip, "LICENSE", "/LICENS"), /absolute/],
    ["a backslash", (zip) => renamed(zip, "LICENSE", "..\\\\abc"), /backslash/],
    ["a drive", (zip) => renamed(zip, "LICENSE", "C:a.txt"), /colon/],
    ["an empty step", (zip) => renamed(zip, "LICENSE", "a//bcde"), /leads elsewhere/],
    ["a step that stays", (zip) => renamed(zip, "LICENSE", "./a.txt"), /leads elsewhere/],
    ["a NUL byte", (zip) => renamed(zip, "LICENSE", "LIC\0NSE"), /control characters/],
    ["a line break", (zip) => renamed(zip, "LICENSE", "LIC\nNSE"), /control characters/],
    ["a symbolic link", (zip) => patched(zip, entryAt(zip, 1) + 40, u16(0o120_777)), /symbolic link/],
    ["a device", (zip) => patched(zip, entryAt(zip, 1) + 40, u16(0o060_644)), /no plain file/],
    ["a pipe", (zip) => patched(zip, entryAt(zip, 1) + 40, u16(0o010_644)), /no plain file/],
    ["a file that calls itself a folder", (zip) => patched(zip, entryAt(zip, 1) + 40, u16(0o040_755)), /no plain file/],
  ])("refuses %s", async (_what, change, says) => {
    const started = performance.now();
    const zip = change(await zipOf());
    expect(await problemsOf(zip)).toContainEqual(expect.stringMatching(says));
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it.each([
    ["one name twice", ["LICENSE", "LICENSE"], /there twice/],
    ["names that differ in capitals", ["LICENSE", "license"], /one name on many systems/],
    ["a file and a folder of one name", ["a", "a/"], /one name on many systems/],
    ["names that look alike", ["\u00e9", "e\u0301"], /one name on many systems/],
  ])("refuses %s", async (_what, names, says) => {
    const zip = await zipOf([{ name: program }, ...names.map((name) => ({ name }))]);
    expect(await problemsOf(zip)).toEqual([expect.stringMatching(says)]);
  });

  it("refuses bytes before the first entry that its places know of", async () => {
    const zip = await zipOf();
    const prefix = Buffer.from("#!/bin/sh\n");
    let moved: Buffer = Buffer.concat([prefix, zip]);
    for (const index of [0, 1]) {
      const at = entryAt(moved, index) + 42;
      moved = patched(moved, at, u32(moved.readUInt32LE(at) + prefix.length));
    }
    moved = patched(moved, endAt(moved) + 16, u32(entryAt(moved, 0)));
    expect(await problemsOf(moved)).toEqual(["The archive has other bytes before its first entry."]);
  });

  it("refuses a comment that holds another end", async () => {
    const [zip, other] = await Promise.all([zipOf(), zipOf([{ name: "other" }])]);
    const hidden = Buffer.concat([zip, other.subarray(endAt(other))]);
    const commented = patched(hidden, endAt(zip) + 20, u16(hidden.length - zip.length));
    expect(await problemsOf(commented)).not.toEqual([]);
  });

  it("refuses an end of 64 bits that says something else than the usual one", async () => {
    const zip = await zipOf(undefined, { zip64: true });
    expect(await problemsOf(zip)).toEqual([]);
    for (const [field, bytes] of [
      [8, u16(1)],
      [10, u16(1)],
      [12, u32(1)],
      [16, u32(0)],
    ] as const) {
      expect(await problemsOf(patched(zip, endAt(zip) + field, bytes))).toEqual([
        "the records at its end contradict each other",
      ]);
    }
  });

  it("has an answer to whatever is broken in a zip, quickly", async () => {
    const zips = await Promise.all([zipOf(), zipOf(undefined, { zip64: true, comment: "x" })]);
    const change = fc.tuple(fc.nat(600), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...zips),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        async (zip, changes) => {
          let broken = zip;
          // The directory is at the end.
          for (const [at, byte] of changes) broken = patched(broken, Math.max(0, zip.length - 1 - at), [byte]);
          const read = await readZipDirectory(broken, broken.length);
          expect(["read", "broken"]).toContain(read.kind);
          const part = await readZipDirectory(broken.subarray(-100), broken.length);
          expect(["read", "broken", "more"]).toContain(part.kind);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("shows names of a release safely", async () => {
    const zip = renamed(await zipOf(), "LICENSE", "../\u202ea");
    const [problem] = await problemsOf(zip);
    expect(problem).toContain("\\u202e");
    expect(problem).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it("reads what another program packs", async () => {
    const folder = await mkdtemp(join(tmpdir(), "registrar-zip-"));
    try {
      await writeFile(join(folder, program), "x".repeat(10_000));
      await writeFile(join(folder, "LICENSE"), "free\n");
      const archive = join(folder, "a.zip");
      const code = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    for name in sys.argv[2:]: z.write(name)`;
      const { status, error } = spawnSync("python3", ["-c", code, archive, "LICENSE", program], { cwd: folder });
      if (error !== undefined || status !== 0) {
        process.stderr.write("\n  !!  There is no python3 here: its zips are not tried.\n\n");
        return;
      }
      expect(await readWhole(await readFile(archive))).toEqual({ kind: "read", contents: fine });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
