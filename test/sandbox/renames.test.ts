import { describe, expect, it } from "vitest";
import { aFolder, aRegistry, git } from "./support.ts";

describe("when a repository is renamed", () => {
  it("redirects to its id, which is not in the description and works", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { id } = (await asApp("GET /repos/acme/registry")).json;
    sandbox.renameRepository("acme/registry", "moved");
    const answer = await asApp("GET /repos/acme/registry/branches/main?x=1");
    expect(answer.status).toBe(301);
    expect(answer.headers.get("location")).toBe(`${sandbox.apiUrl}/repositories/${id}/branches/main?x=1`);
    expect((await asApp(`GET /repositories/${id}`)).json.full_name).toBe("acme/moved");
    expect((await asApp(`GET /repositories/${id}/branches/main`)).status).toBe(200);
    expect((await asApp("POST /repos/acme/registry/git/blobs", { body: { content: "x" } })).status).toBe(307);
    expect((await asApp("GET /repos/acme/moved")).json.id).toBe(id);
    expect((await asApp("GET /repositories/1")).status).toBe(404);
    expect(sandbox.violations.filter((text) => !text.includes("/repositories/1:"))).toEqual([]);
  });

  it("redirects git, pages and downloads", async () => {
    const { sandbox } = await aRegistry();
    await sandbox
      .as("mona")
      .release({ repository: "acme/registry", tag: "v1", assets: [{ name: "a", bytes: "bytes" }] });
    sandbox.renameRepository("acme/registry", "moved");
    const folder = await aFolder();
    expect((await git(folder, "clone", "-q", `${sandbox.serverUrl}/acme/registry.git`, "copy")).code).toBe(0);
    const page = await fetch(`${sandbox.serverUrl}/acme/registry/pulls`);
    expect([page.status, page.url]).toEqual([200, `${sandbox.serverUrl}/acme/moved/pulls`]);
    const bytes = await fetch(`${sandbox.serverUrl}/acme/registry/releases/download/v1/a`);
    expect(await bytes.text()).toBe("bytes");
  });

  it("stops redirecting when the old name is taken again, by another id", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { id } = (await asApp("GET /repos/acme/registry")).json;
    sandbox.renameRepository("acme/registry", "moved");
    await sandbox.createRepository({ owner: "acme", name: "registry" });
    const answer = await asApp("GET /repos/acme/registry");
    expect(answer.status).toBe(200);
    expect(answer.json.id).not.toBe(id);
  });

  it("keeps the ids of an account and its repositories when the account is renamed", async () => {
    const { sandbox, asApp } = await aRegistry();
    const before = (await asApp("GET /repos/acme/registry")).json;
    sandbox.renameAccount("acme", "zenith");
    expect((await asApp("GET /repos/acme/registry")).status).toBe(301);
    const after = (await asApp("GET /repos/zenith/registry")).json;
    expect([after.id, after.owner.id]).toEqual([before.id, before.owner.id]);
    expect((await asApp("GET /users/acme")).status).toBe(404);
  });

  it("has a new owner after a transfer, and the app is left behind", async () => {
    const { sandbox, asApp } = await aRegistry();
    sandbox.transferRepository("acme/registry", "mona");
    expect((await asApp("GET /repos/mona/registry")).json.owner.login).toBe("mona");
    expect((await asApp("POST /repos/mona/registry/git/blobs", { body: { content: "x" } })).status).toBe(403);
  });
});
