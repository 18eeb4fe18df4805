import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aFolder, aListener, aPullRequest, aRegistry, git, installationToken, withToken } from "./support.ts";

const REPO = "/repos/acme/registry";

describe("when git fetches", () => {
  it.each(["acme/registry.git", "acme/registry"])("clones %s without a token", async (name) => {
    const { sandbox } = await aRegistry();
    const folder = await aFolder();
    const cloned = await git(folder, "clone", "-q", `${sandbox.serverUrl}/${name}`, "copy");
    expect(cloned).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, "copy", "README.md"), "utf8")).toBe("# Registry\n");
    expect(sandbox.requests.filter(({ kind }) => kind === "git").length).toBeGreaterThan(1);
  });

  it("gets a shallow and filtered clone, a pull request's head, and any commit by its SHA", async () => {
    const { sandbox } = await aRegistry();
    const olga = sandbox.as("olga");
    await olga.fork("acme/registry");
    const sha = await olga.commit({ repository: "olga/registry", branch: "mine", files: { y: "y" }, message: "y" });
    const number = await olga.openPullRequest({ repository: "acme/registry", head: "olga:mine", title: "Mine" });
    const folder = await aFolder();
    const url = `${sandbox.serverUrl}/acme/registry.git`;
    expect((await git(folder, "clone", "-q", "--depth=1", "--filter=blob:none", url, ".")).code).toBe(0);
    expect((await git(folder, "fetch", "-q", "origin", `refs/pull/${number}/head`)).code).toBe(0);
    expect((await git(folder, "rev-parse", "FETCH_HEAD")).stdout.trim()).toBe(sha);
    const other = await olga.commit({ repository: "olga/registry", branch: "mine", files: { z: "z" }, message: "z" });
    expect((await git(folder, "fetch", "-q", "origin", other)).code).toBe(0);
  });

  it("says nothing of private repositories", async () => {
    const { sandbox } = await aRegistry();
    await sandbox.createRepository({ owner: "mona", name: "secret", private: true });
    const folder = await aFolder();
    expect((await git(folder, "clone", "-q", `${sandbox.serverUrl}/mona/secret.git`, "a")).code).not.toBe(0);
    const asOlga = withToken(sandbox, "mona/secret", sandbox.as("olga").token);
    expect((await git(folder, "clone", "-q", asOlga, "b")).stderr).toContain("not found");
    const asMona = withToken(sandbox, "mona/secret", sandbox.as("mona").token);
    expect((await git(folder, "clone", "-q", asMona, "c")).code).toBe(0);
  });
});

describe("when git pushes", () => {
  async function working() {
    const listener = await aListener();
    const webhook = { url: listener.url, secret: "s" };
    const fixture = await aRegistry({ events: ["push", "create", "pull_request"], webhook });
    const folder = await aFolder();
    await git(folder, "clone", "-q", withToken(fixture.sandbox, "acme/registry", fixture.token), ".");
    const commit = async (name: string) => {
      await writeFile(join(folder, name), name);
      await git(folder, "add", name);
      await git(folder, "commit", "-q", "-m", name);
      return (await git(folder, "rev-parse", "HEAD")).stdout.trim();
    };
    return { ...fixture, folder, commit, listener };
  }

  it("moves the branch, tells of it as the app, and the REST API sees it", async () => {
    const { sandbox, folder, commit, asApp, listener } = await working();
    const sha = await commit("one");
    expect((await git(folder, "push", "-q", "origin", "HEAD:main", "HEAD:refs/heads/new")).code).toBe(0);
    expect((await asApp(`GET ${REPO}/git/ref/heads/main`)).json.object.sha).toBe(sha);
    expect((await asApp(`GET ${REPO}/contents/one`)).json.size).toBe(3);
    await sandbox.idle();
    const events = listener.received
      .map(({ event, payload }) => `${event} ${payload.ref}`)
      .filter((one) => !one.startsWith("check"));
    expect(events.sort()).toEqual(["create new", "push refs/heads/main", "push refs/heads/new"]);
    expect(listener.received[0]?.payload.sender.login).toBe("registrar[bot]");
    expect(sandbox.violations).toEqual([]);
  });

  it("moves a pull request along", async () => {
    const { sandbox, folder, commit, asApp, listener } = await working();
    const { number, head } = await aPullRequest(sandbox);
    await git(folder, "fetch", "-q", "origin", "change");
    await git(folder, "checkout", "-q", "-B", "change", "FETCH_HEAD");
    const sha = await commit("two");
    expect((await git(folder, "push", "-q", "origin", "change")).code).toBe(0);
    expect((await asApp(`GET ${REPO}/pulls/${number}`)).json).toMatchObject({
      head: { sha },
      commits: 2,
      mergeable: null,
    });
    await sandbox.idle();
    const moved = listener.received.find(({ payload }) => payload.action === "synchronize");
    expect(moved?.payload).toMatchObject({ before: head, after: sha });
  });

  it("takes a push of many megabytes", async () => {
    const { folder, asApp } = await working();
    const { randomBytes } = await import("node:crypto");
    await writeFile(join(folder, "big"), randomBytes(5_000_000));
    await git(folder, "add", "big");
    await git(folder, "commit", "-q", "-m", "big");
    expect((await git(folder, "push", "-q", "origin", "HEAD:main")).code).toBe(0);
    expect((await asApp(`GET ${REPO}/contents`)).json.find(({ name }: { name: string }) => name === "big").size).toBe(
      5_000_000,
    );
  });

  it("tells nothing of more than three tags at once", async () => {
    const { sandbox, folder, listener, asApp } = await working();
    for (const tag of ["a", "b", "c", "d"]) await git(folder, "tag", tag);
    expect((await git(folder, "push", "-q", "origin", "--tags")).code).toBe(0);
    await sandbox.idle();
    expect((await asApp(`GET ${REPO}/tags`)).json).toHaveLength(4);
    expect(listener.received).toEqual([]);
  });

  it("refuses what GitHub refuses: no rights, no token, hidden refs", async () => {
    const { sandbox, app, installation, folder, commit } = await working();
    await commit("one");
    const push = (url: string, ref = "HEAD:main") => git(folder, "push", url, ref);
    const asOlga = await push(withToken(sandbox, "acme/registry", sandbox.as("olga").token));
    expect(asOlga.stderr).toContain("403");
    const reader = await installationToken(sandbox, { app, installation, body: { permissions: { contents: "read" } } });
    expect((await push(withToken(sandbox, "acme/registry", reader))).stderr).toContain("403");
    expect((await push(`${sandbox.serverUrl}/acme/registry.git`)).code).not.toBe(0);
    expect((await push("origin", "HEAD:refs/pull/1/head")).stderr).toContain("deny updating a hidden ref");
    expect((await push(withToken(sandbox, "acme/registry", "ghs_wrong"))).code).not.toBe(0);
    expect(sandbox.violations).toEqual([]);
  });
});
