import { describe, expect, it } from "vitest";
import { aListener, aRegistry, caller } from "./support.ts";

const REPO = "/repos/acme/registry";

describe("when years of a registry are played in minutes", () => {
  it("refuses no request for its number once limits are off, and still refuses what GitHub's description does not allow", async () => {
    const { sandbox, asApp } = await aRegistry({ limits: "none", writeSpacingMs: 60_000, anonymousLimit: 0 });
    const comment = (body: object) => asApp(`POST ${REPO}/issues/1/comments`, { body });
    await sandbox.as("mona").openIssue({ repository: "acme/registry", title: "Here" });
    for (let count = 0; count < 90; count += 1) expect((await comment({ body: "x" })).status).toBe(201);
    expect((await caller(sandbox)(`GET ${REPO}`)).status).toBe(200);
    expect((await comment({})).status).toBe(422);
    expect(sandbox.violations).toHaveLength(1);
  });

  it("rewrites a branch from any commit without telling anybody", async () => {
    const { url, received } = await aListener();
    const webhook = { url, secret: "s" };
    const { sandbox, asApp } = await aRegistry({ events: ["push"], webhook });
    const tip = async () => (await asApp(`GET ${REPO}/git/ref/heads/main`)).json.object.sha;
    const root = await tip();
    const wish = { repository: "acme/registry", branch: "main", from: root, message: "As it was" };
    await sandbox.rewriteBranch({ ...wish, files: { "a.json": "1", "README.md": null } });
    const second = await sandbox.rewriteBranch({ ...wish, files: { "b.json": "2" } });
    await sandbox.idle();
    expect(await tip()).toBe(second);
    const { tree } = (await asApp(`GET ${REPO}/git/trees/${second}?recursive=1`)).json;
    const paths = tree.map(({ path }: { path: string }) => path);
    expect(paths).toContain("b.json");
    expect(paths).not.toContain("a.json");
    expect((await asApp(`GET ${REPO}/git/commits/${second}`)).json.parents).toEqual([]);
    expect(received).toEqual([]);
    await expect(sandbox.rewriteBranch({ ...wish, from: "nowhere", files: {} })).rejects.toThrow('no commit "nowhere"');
  });

  it("says of a file without bytes what GitHub would, and counts a download of it as a fault", async () => {
    const { sandbox, asApp } = await aRegistry();
    const sha256 = "ab".repeat(32);
    const assets = [{ name: "large.zip", bytes: { sha256, size: 150_000_000 } }];
    const release = await sandbox.as("mona").release({ repository: "acme/registry", tag: "v1", assets });
    const [asset] = (await asApp(`GET ${REPO}/releases/tags/v1`)).json.assets;
    expect(asset).toMatchObject({ size: 150_000_000, digest: `sha256:${sha256}`, state: "uploaded" });
    expect((await fetch(release.assets[0]?.url ?? "")).status).toBe(500);
    expect(sandbox.violations).toEqual([expect.stringContaining("large.zip has a digest and no bytes")]);
  });
});
