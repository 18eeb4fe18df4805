import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { aRegistry, aSandbox, type Caller, caller } from "./support.ts";

const REPO = "/repos/mona/terraform-provider-x";
const NAME = "mona/terraform-provider-x";
const BYTES = Buffer.from("0123456789".repeat(100));

async function aProvider() {
  const sandbox = await aSandbox();
  sandbox.createAccount({ login: "mona" });
  await sandbox.createRepository({ owner: "mona", name: "terraform-provider-x" });
  const mona = sandbox.as("mona");
  const anyone: Caller = caller(sandbox);
  return { sandbox, mona, anyone, asMona: caller(sandbox, mona.token) };
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("when a release is made", () => {
  it("has its tag, its assets and their digests", async () => {
    const { sandbox, mona, anyone } = await aProvider();
    const assets = [
      { name: "x_1.0.0_linux_amd64.zip", bytes: BYTES, contentType: "application/zip" },
      { name: "old.txt", bytes: "old", digest: null },
    ];
    const made = await mona.release({ repository: NAME, tag: "v1.0.0", assets });
    const { json } = await anyone(`GET ${REPO}/releases/tags/v1.0.0`);
    expect(json).toMatchObject({
      id: made.id,
      tag_name: "v1.0.0",
      draft: false,
      immutable: false,
      author: { login: "mona" },
    });
    expect(json.assets[0]).toMatchObject({ state: "uploaded", size: 1000, digest: `sha256:${sha256(BYTES)}` });
    expect(json.assets[1].digest).toBeNull();
    expect((await anyone(`GET ${REPO}/git/ref/tags/v1.0.0`)).json.object).toMatchObject({
      type: "commit",
      sha: made.commit,
    });
    expect((await anyone(`GET ${REPO}/releases/${made.id}/assets`)).json).toHaveLength(2);
    expect((await anyone(`GET ${REPO}/releases/assets/${json.assets[0].id}`)).json.name).toBe(assets[0]?.name);
    expect((await anyone(`GET ${REPO}/releases/tags/v2.0.0`)).status).toBe(404);
    expect(sandbox.violations).toEqual([]);
  });

  it("dates history back", async () => {
    const { mona, anyone } = await aProvider();
    await mona.release({
      repository: NAME,
      tag: "v0.1.0",
      publishedAt: "2021-01-02T03:04:05Z",
      silent: true,
      assets: [],
    });
    await mona.release({ repository: NAME, tag: "v0.2.0-rc1", prerelease: true, assets: [] });
    const all = (await anyone(`GET ${REPO}/releases`)).json;
    expect(all.map(({ tag_name }: { tag_name: string }) => tag_name)).toEqual(["v0.2.0-rc1", "v0.1.0"]);
    expect(all[1].published_at).toBe("2021-01-02T03:04:05Z");
    expect((await anyone(`GET ${REPO}/releases/latest`)).json.tag_name).toBe("v0.1.0");
  });

  it("keeps drafts from those who cannot push, and makes the tag only on publication", async () => {
    const { sandbox, mona, anyone, asMona } = await aProvider();
    const draft = await mona.release({
      repository: NAME,
      tag: "v1.0.0",
      draft: true,
      assets: [{ name: "a", bytes: "a" }],
    });
    expect((await anyone(`GET ${REPO}/releases`)).json).toEqual([]);
    expect((await anyone(`GET ${REPO}/releases/${draft.id}`)).status).toBe(404);
    expect((await asMona(`GET ${REPO}/releases`)).json).toHaveLength(1);
    expect((await anyone(`GET ${REPO}/git/ref/tags/v1.0.0`)).status).toBe(404);
    expect((await fetch(`${sandbox.serverUrl}/${NAME}/releases/download/v1.0.0/a`)).status).toBe(404);
    expect((await asMona(`PATCH ${REPO}/releases/${draft.id}`, { body: { draft: false } })).json.draft).toBe(false);
    expect((await anyone(`GET ${REPO}/git/ref/tags/v1.0.0`)).status).toBe(200);
    expect(sandbox.violations).toEqual([]);
  });

  it("can be made, filled and removed over REST", async () => {
    const { sandbox, asMona, anyone, mona } = await aProvider();
    const made = (await asMona(`POST ${REPO}/releases`, { body: { tag_name: "v1.0.0", name: "One" } })).json;
    const upload = await fetch(made.upload_url.replace("{?name,label}", "?name=strange name!.zip"), {
      method: "POST",
      headers: { authorization: `token ${mona.token}`, "content-type": "application/zip" },
      body: BYTES,
    });
    expect(upload.status).toBe(201);
    expect(await upload.json()).toMatchObject({ name: "strange.name.zip", digest: `sha256:${sha256(BYTES)}` });
    const again = await asMona(`POST ${REPO}/releases`, { body: { tag_name: "v1.0.0" } });
    expect(again.status).toBe(422);
    expect((await asMona(`DELETE ${REPO}/releases/${made.id}`)).status).toBe(204);
    expect((await anyone(`GET ${REPO}/releases`)).json).toEqual([]);
    // The tag stays, as on GitHub.
    expect((await anyone(`GET ${REPO}/git/ref/tags/v1.0.0`)).status).toBe(200);
    expect(sandbox.violations).toEqual([]);
  });

  it("locks assets and tag when it is immutable", async () => {
    const { mona, anyone, asMona } = await aProvider();
    const made = await mona.release({
      repository: NAME,
      tag: "v1.0.0",
      immutable: true,
      assets: [{ name: "a", bytes: "a" }],
    });
    expect((await anyone(`GET ${REPO}/releases/${made.id}`)).json.immutable).toBe(true);
    await expect(mona.deleteAsset({ repository: NAME, tag: "v1.0.0", name: "a" })).rejects.toThrow(/immutable/);
    const late = mona.uploadAsset({ repository: NAME, tag: "v1.0.0", asset: { name: "b", bytes: "b" } });
    await expect(late).rejects.toThrow(/immutable/);
    await expect(mona.moveTag({ repository: NAME, tag: "v1.0.0", to: "main" })).rejects.toThrow(/immutable/);
    expect((await asMona(`DELETE ${REPO}/git/refs/tags/v1.0.0`)).status).toBe(422);
    await mona.deleteRelease({ repository: NAME, tag: "v1.0.0" });
    await expect(mona.release({ repository: NAME, tag: "v1.0.0", assets: [] })).rejects.toThrow(/immutable/);
  });

  it("gives a replaced asset a new id, and refuses the same name twice", async () => {
    const { mona, anyone } = await aProvider();
    const asset = { name: "a.zip", bytes: "one" };
    const made = await mona.release({ repository: NAME, tag: "v1.0.0", assets: [asset] });
    await expect(mona.uploadAsset({ repository: NAME, tag: "v1.0.0", asset })).rejects.toThrow("Validation Failed");
    await mona.deleteAsset({ repository: NAME, tag: "v1.0.0", name: "a.zip" });
    await mona.uploadAsset({ repository: NAME, tag: "v1.0.0", asset: { ...asset, bytes: "two" } });
    const [replaced] = (await anyone(`GET ${REPO}/releases/${made.id}/assets`)).json;
    expect(replaced.id).not.toBe(made.assets[0]?.id);
    expect(replaced.digest).toBe(`sha256:${sha256(Buffer.from("two"))}`);
  });

  it("moves a tag", async () => {
    const { mona, anyone } = await aProvider();
    await mona.release({ repository: NAME, tag: "v1.0.0", assets: [] });
    const next = await mona.commit({ repository: NAME, branch: "main", files: { x: "" }, message: "x" });
    await mona.moveTag({ repository: NAME, tag: "v1.0.0", to: next });
    expect((await anyone(`GET ${REPO}/git/ref/tags/v1.0.0`)).json.object.sha).toBe(next);
  });
});

describe("when an asset is downloaded", () => {
  async function download() {
    const fixture = await aProvider();
    const { assets } = await fixture.mona.release({
      repository: NAME,
      tag: "v1.0.0",
      assets: [{ name: "a+b.zip", bytes: BYTES }],
    });
    const url = assets[0]?.url ?? "";
    return { ...fixture, url, id: assets[0]?.id };
  }

  it("is redirected to a second place, which has the bytes", async () => {
    const { sandbox, url } = await download();
    expect(url).toBe(`${sandbox.serverUrl}/${NAME}/releases/download/v1.0.0/a%2Bb.zip`);
    const first = await fetch(url, { redirect: "manual" });
    expect(first.status).toBe(302);
    expect(first.headers.get("location")).toMatch(new RegExp(`^${sandbox.serverUrl}/_objects/`));
    const second = await fetch(url);
    expect(second.headers.get("content-length")).toBe("1000");
    expect(Buffer.from(await second.arrayBuffer())).toEqual(BYTES);
    expect((await fetch(`${sandbox.serverUrl}/${NAME}/releases/latest/download/a%2Bb.zip`)).status).toBe(200);
    expect((await fetch(`${sandbox.serverUrl}/${NAME}/releases/download/v1.0.0/none`)).status).toBe(404);
  });

  it.each([
    ["bytes=0-9", 206, "0123456789", "bytes 0-9/1000"],
    ["bytes=995-", 206, "56789", "bytes 995-999/1000"],
    ["bytes=-3", 206, "789", "bytes 997-999/1000"],
    ["bytes=990-2000", 206, "0123456789", "bytes 990-999/1000"],
    ["bytes=1000-", 416, "", "bytes */1000"],
  ])("answers the range %s with %i", async (range, status, text, contentRange) => {
    const { url } = await download();
    const answer = await fetch(url, { headers: { range } });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe(text);
    expect(answer.headers.get("content-range")).toBe(contentRange);
  });

  it("answers HEAD with the size and no bytes", async () => {
    const { url } = await download();
    const answer = await fetch(url, { method: "HEAD" });
    expect([answer.status, answer.headers.get("content-length"), await answer.text()]).toEqual([200, "1000", ""]);
  });

  it("is redirected from the API too, when asked for bytes", async () => {
    const { sandbox, anyone, id } = await download();
    const answer = await anyone(`GET ${REPO}/releases/assets/${id}`, {
      headers: { accept: "application/octet-stream" },
    });
    expect(answer.status).toBe(302);
    const bytes = await fetch(answer.headers.get("location") ?? "");
    expect(Buffer.from(await bytes.arrayBuffer())).toEqual(BYTES);
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when an app reads a repository that it is not installed in", () => {
  it("may, because it is public, and may not write", async () => {
    const { sandbox, asApp } = await aRegistry();
    await sandbox.createRepository({ owner: "mona", name: "terraform-provider-x" });
    expect((await asApp(`GET ${REPO}/releases`)).status).toBe(200);
    expect((await asApp(`POST ${REPO}/releases`, { body: { tag_name: "v1" } })).status).toBe(403);
  });
});
