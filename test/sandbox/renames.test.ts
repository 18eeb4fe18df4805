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

  it("does not redirect again when what took the old name goes", async () => {
    const { sandbox, asApp } = await aRegistry();
    sandbox.renameRepository("acme/registry", "moved");
    await sandbox.createRepository({ owner: "acme", name: "registry" });
    sandbox.deleteRepository("acme/registry");
    expect((await asApp("GET /repos/acme/registry")).status).toBe(404);
    expect((await fetch(`${sandbox.serverUrl}/acme/registry`, { redirect: "manual" })).status).toBe(404);
  });

  it("can go back to its old name, and the other leads to it then", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { id } = sandbox.renameRepository("acme/registry", "moved");
    sandbox.renameRepository("acme/moved", "registry");
    expect((await asApp("GET /repos/acme/registry")).json.id).toBe(id);
    expect((await asApp("GET /repos/acme/moved")).headers.get("location")).toBe(`${sandbox.apiUrl}/repositories/${id}`);
  });

  it("cannot take a name that is taken", async () => {
    const { sandbox } = await aRegistry();
    await sandbox.createRepository({ owner: "acme", name: "other" });
    await sandbox.createRepository({ owner: "mona", name: "registry" });
    expect(() => sandbox.renameRepository("acme/registry", "other")).toThrow("acme/other exists already.");
    expect(() => sandbox.transferRepository("acme/registry", "mona")).toThrow("mona/registry exists already.");
    expect(() => sandbox.renameAccount("acme", "mona")).toThrow('The account "mona" exists already.');
  });
});

describe("when a repository is deleted and made again", () => {
  it("has another id, other releases, and nothing of the old one is found", async () => {
    const { sandbox, asApp } = await aRegistry();
    const assets = [{ name: "a", bytes: "old" }];
    await sandbox.as("mona").release({ repository: "acme/registry", tag: "v1", assets });
    const { id } = (await asApp("GET /repos/acme/registry")).json;
    sandbox.deleteRepository("acme/registry");
    expect((await asApp(`GET /repositories/${id}`)).status).toBe(404);
    const made = await sandbox.createRepository({ owner: "acme", name: "registry" });
    expect(made.id).not.toBe(id);
    expect((await asApp("GET /repos/acme/registry/releases")).json).toEqual([]);
    expect((await fetch(`${sandbox.serverUrl}/acme/registry/releases/download/v1/a`)).status).toBe(404);
    // The installation was for the old repository: the new one is only public.
    expect((await asApp("POST /repos/acme/registry/git/blobs", { body: { content: "x" } })).status).toBe(403);
  });

  it("leaves its forks to the oldest of them", async () => {
    const { sandbox, asApp } = await aRegistry();
    await sandbox.as("olga").fork("acme/registry");
    await sandbox.as("mona").fork("acme/registry");
    sandbox.deleteRepository("acme/registry");
    const parent = async (owner: string) => (await asApp(`GET /repos/${owner}/registry`)).json.parent?.full_name;
    expect([await parent("olga"), await parent("mona")]).toEqual([undefined, "olga/registry"]);
    expect((await asApp("GET /repos/mona/registry/branches/main")).status).toBe(200);
  });
});
