import { describe, expect, it } from "vitest";
import { aRegistry, caller } from "./support.ts";

const REPO = "/repos/acme/registry";

describe("when contents are read", () => {
  it("gives a file, a folder, raw bytes and an older state", async () => {
    const { sandbox, asApp } = await aRegistry();
    const before = (await asApp(`GET ${REPO}/git/ref/heads/main`)).json.object.sha;
    await sandbox
      .as("mona")
      .commit({ repository: "acme/registry", branch: "main", files: { "README.md": "new" }, message: "x" });
    const file = (await asApp(`GET ${REPO}/contents/README.md?ref=${before}`)).json;
    expect(Buffer.from(file.content, "base64").toString()).toBe("# Registry\n");
    const raw = await asApp(`GET ${REPO}/contents/README.md`, {
      headers: { accept: "application/vnd.github.raw+json" },
    });
    expect(raw.text).toBe("new");
    const folder = (await asApp(`GET ${REPO}/contents/providers`)).json;
    expect(folder).toMatchObject([{ type: "dir", name: "acme", path: "providers/acme" }]);
    expect((await asApp(`GET ${REPO}/contents`)).json).toHaveLength(2);
    expect((await asApp(`GET ${REPO}/contents/none`)).status).toBe(404);
    expect(sandbox.violations).toEqual([]);
  });

  it("gives no content over one megabyte, except raw", async () => {
    const { sandbox, asApp } = await aRegistry();
    const bytes = Buffer.alloc(1024 * 1024 + 1, "a");
    await sandbox
      .as("mona")
      .commit({ repository: "acme/registry", branch: "main", files: { big: bytes }, message: "x" });
    const file = (await asApp(`GET ${REPO}/contents/big`)).json;
    expect(file).toMatchObject({ content: "", encoding: "none", size: bytes.length });
    const raw = await asApp(`GET ${REPO}/contents/big`, { headers: { accept: "application/vnd.github.raw+json" } });
    expect(raw.text).toHaveLength(bytes.length);
    expect((await asApp(`GET ${REPO}/git/blobs/${file.sha}`)).json.size).toBe(bytes.length);
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when contents are written", () => {
  const put = (body: object) => ({ body: { message: "m", content: Buffer.from("new").toString("base64"), ...body } });

  it("creates, updates with the right SHA, and deletes", async () => {
    const { sandbox, asApp } = await aRegistry();
    const made = await asApp(`PUT ${REPO}/contents/dir/x.txt`, put({}));
    expect(made.status).toBe(201);
    const changed = await asApp(`PUT ${REPO}/contents/dir/x.txt`, put({ sha: made.json.content.sha, content: "" }));
    expect(changed.status).toBe(200);
    const gone = await asApp(`DELETE ${REPO}/contents/dir/x.txt`, {
      body: { message: "m", sha: changed.json.content.sha },
    });
    expect(gone.status).toBe(200);
    expect((await asApp(`GET ${REPO}/contents/dir/x.txt`)).status).toBe(404);
    expect(sandbox.violations).toEqual([]);
  });

  it("names the asker as committer, whoever the author is", async () => {
    const { asApp } = await aRegistry();
    const author = { name: "Ann", email: "ann@example.com" };
    const { commit } = (await asApp(`PUT ${REPO}/contents/x`, put({ author }))).json;
    expect(commit).toMatchObject({ author, committer: { name: "registrar[bot]" } });
  });

  it("says 409 for a wrong SHA and 422 for none", async () => {
    const { asApp } = await aRegistry();
    const wrong = await asApp(`PUT ${REPO}/contents/README.md`, put({ sha: "deadbeef" }));
    expect(wrong.status).toBe(409);
    expect(wrong.json.message).toBe("README.md does not match deadbeef");
    const none = await asApp(`PUT ${REPO}/contents/README.md`, put({}));
    expect(none.status).toBe(422);
    expect(none.json.message).toBe('Invalid request.\n\n"sha" wasn\'t supplied.');
    expect((await asApp(`PUT ${REPO}/contents/x`, put({ branch: "nowhere" }))).status).toBe(404);
  });
});

describe("when an answer is a list", () => {
  it("pages with a Link header, 30 at first and 100 at most", async () => {
    const { sandbox } = await aRegistry();
    const call = caller(sandbox, sandbox.as("mona").token);
    for (let index = 0; index < 35; index += 1) {
      await sandbox.as("mona").createTag({ repository: "acme/registry", tag: `v0.0.${index}` });
    }
    const first = await call(`GET ${REPO}/tags`);
    expect(first.json).toHaveLength(30);
    const link = first.headers.get("link") ?? "";
    expect(link).toContain('rel="next"');
    expect(link).toContain('page=2>; rel="last"');
    const second = await call(`GET ${REPO}/tags?page=2`);
    expect(second.json).toHaveLength(5);
    expect(second.headers.get("link")).toContain('rel="prev"');
    expect((await call(`GET ${REPO}/tags?per_page=100`)).headers.get("link")).toBeNull();
    expect((await call(`GET ${REPO}/tags?page=3`)).json).toEqual([]);
    expect(sandbox.violations).toEqual([]);
  });

  it("answers 304 to what has not changed, at no cost", async () => {
    const { sandbox, asApp } = await aRegistry();
    const first = await asApp(`GET ${REPO}/branches/main`);
    const etag = first.headers.get("etag") ?? "";
    const again = await asApp(`GET ${REPO}/branches/main`, { headers: { "if-none-match": etag } });
    expect(again.status).toBe(304);
    expect(again.text).toBe("");
    expect(again.headers.get("x-ratelimit-used")).toBe(first.headers.get("x-ratelimit-used"));
    await sandbox.as("mona").commit({ repository: "acme/registry", branch: "main", files: { x: "" }, message: "x" });
    expect((await asApp(`GET ${REPO}/branches/main`, { headers: { "if-none-match": etag } })).status).toBe(200);
  });
});
