import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { aFolder, aRegistry } from "./support.ts";

describe("when the source of a tag is downloaded", () => {
  it("is one folder, named after repository and version", async () => {
    const { sandbox } = await aRegistry();
    await sandbox.as("mona").createTag({ repository: "acme/registry", tag: "v1.2.3" });
    const answer = await fetch(`${sandbox.serverUrl}/acme/registry/archive/refs/tags/v1.2.3.tar.gz`);
    expect(answer.status).toBe(200);
    const folder = await aFolder();
    await writeFile(join(folder, "x.tar.gz"), Buffer.from(await answer.arrayBuffer()));
    const { stdout } = await promisify(execFile)("tar", ["-tzf", "x.tar.gz"], { cwd: folder });
    expect(stdout.split("\n")).toContain("registry-1.2.3/README.md");
  });

  it("is a zip too, and reached over the API", async () => {
    const { sandbox, asApp } = await aRegistry();
    const lead = await asApp("GET /repos/acme/registry/zipball/main");
    expect(lead.status).toBe(302);
    const answer = await fetch(lead.headers.get("location") ?? "");
    expect(Buffer.from(await answer.arrayBuffer()).toString("latin1", 0, 2)).toBe("PK");
    expect((await asApp("GET /repos/acme/registry/tarball/none")).status).toBe(404);
    expect((await fetch(`${sandbox.serverUrl}/acme/registry/archive/none.zip`)).status).toBe(404);
    expect(sandbox.violations).toEqual([]);
  });
});
