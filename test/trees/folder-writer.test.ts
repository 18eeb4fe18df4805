import { chmodSync, existsSync, lstatSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { folderWriter } from "../../src/trees/folder-writer.ts";
import { folderWith } from "../support/cli.ts";

function aFolder(files: Readonly<Record<string, string>>) {
  const folder = folderWith(files);
  onTestFinished(folder.remove);
  const at = (path: string) => join(folder.path, path);
  return { ...folderWriter(folder.path), at, text: (path: string) => readFileSync(at(path), "utf8") };
}

describe("folderWriter", () => {
  it("makes a file with the folders above it, once", async () => {
    const { create, text } = aFolder({});
    await create("providers/acme/dns.json", "{}\n");
    expect(text("providers/acme/dns.json")).toBe("{}\n");
    await expect(create("providers/acme/dns.json", "other")).rejects.toThrow(/is there already/);
    expect(text("providers/acme/dns.json")).toBe("{}\n");
  });

  it("replaces a file, keeps its mode and leaves nothing behind", async () => {
    const { replace, text, at } = aFolder({ "providers/acme/dns.json": "old" });
    chmodSync(at("providers/acme/dns.json"), 0o755);
    await replace("providers/acme/dns.json", "new");
    expect(text("providers/acme/dns.json")).toBe("new");
    expect(lstatSync(at("providers/acme/dns.json")).mode & 0o777).toBe(0o755);
    expect(existsSync(at("providers/acme/dns.json.new"))).toBe(false);
  });

  it("follows no link, to a file or to a folder", async () => {
    const { create, replace, at, text } = aFolder({ "elsewhere/dns.json": "mine", "providers/globex/x.json": "" });
    symlinkSync("../elsewhere", at("providers/acme"));
    symlinkSync("../../elsewhere/dns.json", at("providers/globex/dns.json"));
    await expect(create("providers/acme/new.json", "x")).rejects.toThrow(/symbolic link/);
    await expect(replace("providers/acme/dns.json", "x")).rejects.toThrow(/symbolic link/);
    await expect(replace("providers/globex/dns.json", "x")).rejects.toThrow(/symbolic link/);
    await expect(create("providers/globex/dns.json", "x")).rejects.toThrow(/is there already/);
    expect(text("elsewhere/dns.json")).toBe("mine");
    expect(existsSync(at("elsewhere/new.json"))).toBe(false);
  });
});
