import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { elfExecutable, pluginExecutable } from "../../../src/sandbox/author/index.ts";

const plugin = { type: "dns", version: "1.2.3" };
const says = "This is a provider plugin, not to be run by hand: dns 1.2.3\n";

function run(program: Uint8Array) {
  const folder = mkdtempSync(join(tmpdir(), "plugin-"));
  try {
    const path = join(folder, "plugin");
    writeFileSync(path, program, { mode: 0o755 });
    const { status, stderr, stdout } = spawnSync(path, []);
    return { status, stdout: `${stdout}`, stderr: `${stderr}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("pluginExecutable", () => {
  it.runIf(process.platform === "linux" && process.arch === "x64")("runs on Linux on x64", () => {
    expect(run(pluginExecutable("linux_amd64", plugin))).toEqual({ status: 1, stdout: "", stderr: says });
  });

  it.runIf(process.platform === "linux" && process.arch === "arm64")("runs on Linux on arm64", () => {
    expect(run(pluginExecutable("linux_arm64", plugin))).toEqual({ status: 1, stdout: "", stderr: says });
  });

  it.runIf(process.platform !== "win32")("is a script elsewhere, whatever it has to say", () => {
    expect(run(pluginExecutable("darwin_arm64", plugin))).toEqual({ status: 1, stdout: "", stderr: says });
    expect(run(pluginExecutable("darwin_arm64", { ...plugin, version: "'$(id)' %s" })).stderr).toContain(
      "dns '$(id)' %s\n",
    );
  });

  it.each(["linux_amd64", "linux_arm64"])("is a small file for %s", (platform) => {
    expect(pluginExecutable(platform, plugin).length).toBeLessThan(400);
  });
});

describe("elfExecutable", () => {
  // Section 4.2 of the ELF-64 specification; the machines are 62 and 183.
  it.each([
    ["amd64", 62],
    ["arm64", 183],
  ] as const)("maps the whole file for %s and enters behind the headers", (machine, number) => {
    const file = Buffer.from(elfExecutable(machine, "hello"));
    expect(file.subarray(0, 7)).toEqual(Buffer.from("\u007fELF\u0002\u0001\u0001"));
    expect(file.readUInt16LE(18)).toBe(number);
    expect(file.readBigUInt64LE(24)).toBe(0x400000n + 120n);
    expect(file.readBigUInt64LE(96)).toBe(BigInt(file.length));
    expect(file.subarray(-6)).toEqual(Buffer.from("hello\n"));
  });

  it("points arm64 at its text and length", () => {
    const file = Buffer.from(elfExecutable("arm64", "hello"));
    const word = (index: number): number => file.readUInt32LE(120 + index * 4);
    const adr = word(2);
    const offset = ((adr >>> 5) & 0x7ffff) * 4 + ((adr >>> 29) & 3);
    expect((adr & 0x9f000000) >>> 0).toBe(0x10000000);
    expect(120 + 8 + offset).toBe(file.length - 6);
    expect((word(3) >>> 5) & 0xffff).toBe(6);
    expect([0, 1, 3, 5, 6].map((index) => [word(index) & 31, (word(index) >>> 5) & 0xffff])).toEqual([
      [8, 64],
      [0, 2],
      [2, 6],
      [8, 93],
      [0, 1],
    ]);
    expect([word(4), word(7)]).toEqual([0xd4000001, 0xd4000001]);
  });
});
