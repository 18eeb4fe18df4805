import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readKeys } from "../../../src/compose/keys.ts";
import { validateRegistry } from "../../../src/tasks/validate-registry.ts";
import { readFolderTree } from "../../../src/trees/folder-tree.ts";
import { recordText } from "../../support/builders/records.ts";
import { folderWith } from "../../support/cli.ts";
import { cpuMsOf } from "../../support/cpu-time.ts";
import { odd } from "./support.ts";

const three = 3 * 1024 ** 3;
const sparse = (path: string, bytes = three) => {
  writeFileSync(path, "");
  truncateSync(path, bytes);
};

type Told = { readonly code: string; readonly path: string; readonly says: RegExp } | null;

// What may lie in a folder that somebody asks to be looked at; null where it is no file that git could hold.
const folders: readonly (readonly [string, (folder: string) => void, Told])[] = [
  [
    "a record of 3 GiB",
    (folder) => sparse(join(folder, "providers/acme/huge.json")),
    { code: "record-shape", path: "providers/acme/huge.json", says: /3221225472 bytes; at most/ },
  ],
  [
    "a record of 40 MiB of nothing",
    (folder) => sparse(join(folder, "providers/acme/huge.json"), 40 * 1024 ** 2),
    { code: "record-shape", path: "providers/acme/huge.json", says: /characters; at most/ },
  ],
  [
    "a key of 3 GiB",
    (folder) => sparse(join(folder, "keys/acme/huge.asc")),
    { code: "signature", path: "keys/acme/huge.asc", says: /3221225472 bytes/ },
  ],
  [
    "a configuration of 3 GiB",
    (folder) => sparse(join(folder, ".github/registrar.yml")),
    { code: "configuration", path: ".github/registrar.yml", says: /3221225472 bytes/ },
  ],
  [
    "a link to itself",
    (folder) => symlinkSync("loop.json", join(folder, "providers/acme/loop.json")),
    { code: "record-place", path: "providers/acme/loop.json", says: /no regular file/ },
  ],
  [
    "a link to a folder above",
    (folder) => symlinkSync("../..", join(folder, "providers/acme/up")),
    { code: "record-place", path: "providers/acme/up", says: /no regular file/ },
  ],
  [
    "a link to another file of the machine",
    (folder) => symlinkSync("/etc/passwd", join(folder, "providers/acme/passwd.json")),
    { code: "record-place", path: "providers/acme/passwd.json", says: /no regular file/ },
  ],
  [
    "a configuration that is a link",
    (folder) => symlinkSync("/etc/passwd", join(folder, ".github/registrar.yml")),
    { code: "record-place", path: ".github/registrar.yml", says: /no regular file/ },
  ],
  ["a pipe", (folder) => execFileSync("mkfifo", [join(folder, "providers/acme/pipe.json")]), null],
  ["a folder in a record's place", (folder) => mkdirSync(join(folder, "providers/acme/x.json")), null],
  [
    "a name with an escape sequence",
    (folder) => writeFileSync(join(folder, "providers/acme/\u001b[2J\u202e.json"), "{}"),
    { code: "record-place", path: "providers/acme/\u001b[2J\u202e.json", says: /\\u001b\[2J\\u202e/ },
  ],
  [
    "twenty levels of folders",
    (folder) => {
      const deep = join(folder, "providers", ...Array<string>(20).fill("d"));
      mkdirSync(deep, { recursive: true });
      writeFileSync(join(deep, "x.json"), "{}");
    },
    { code: "record-place", path: `providers/${"d/".repeat(20)}x.json`, says: /no place/ },
  ],
];

describe("a registry's folder with", () => {
  it.each(folders)("%s is looked at, and that is explained", async (_, make, told) => {
    const files = {
      "providers/acme/dns.json": recordText("acme/dns", ["1.0.0"]),
      "keys/acme/README.md": "",
      ".github/README.md": "",
    };
    const { path: folder, remove } = folderWith(files);
    onTestFinished(remove);
    make(folder);
    const before = process.memoryUsage().rss;
    let found: Awaited<ReturnType<typeof validateRegistry>>["findings"] = [];
    const ms = await cpuMsOf(async () => {
      const tree = await readFolderTree(folder);
      found = (await validateRegistry({ tree, readKeys, now: new Date("2026-03-01") })).findings;
    });
    expect(ms).toBeLessThan(1_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 ** 2);
    for (const { message } of found) expect(message).not.toMatch(odd);
    // The good record beside it has a signer of whom there is no key here.
    const fails = found.filter(({ outcome, path }) => outcome === "fail" && path !== "providers/acme/dns.json");
    if (told === null) expect(fails).toEqual([]);
    else {
      const { code, path, says } = told;
      expect(fails).toContainEqual(expect.objectContaining({ code, path, message: expect.stringMatching(says) }));
    }
  });
});
