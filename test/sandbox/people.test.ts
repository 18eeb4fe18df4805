import { describe, expect, it } from "vitest";
import { aFolder, aPullRequest, aRegistry, caller, git, PERMISSIONS, querier, withToken } from "./support.ts";

const REPO = "/repos/acme/registry";

/** One approval by somebody with write access is needed on main. */
async function withReviewRule() {
  const fixture = await aRegistry();
  fixture.sandbox.addRuleset("acme/registry", {
    name: "review",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"] } },
    rules: [{ type: "pull_request", parameters: { required_approving_review_count: 1 } }],
  });
  const pull = await aPullRequest(fixture.sandbox);
  const merge = () => fixture.asApp(`PUT ${REPO}/pulls/${pull.number}/merge`);
  return { ...fixture, ...pull, merge };
}

async function anotherApp({ sandbox }: Awaited<ReturnType<typeof aRegistry>>, contents: "read" | "write") {
  const app = await sandbox.createApp({
    name: "Helper",
    slug: "helper",
    permissions: { ...PERMISSIONS, contents },
    events: [],
  });
  sandbox.installApp(app, { account: "acme", repositories: "all" });
  return sandbox.asApp(app);
}

describe("when another app reviews", () => {
  it.each([
    ["write", 200],
    ["read", 405],
  ] as const)("counts its approval as its permission on contents says: %s", async (contents, status) => {
    const fixture = await withReviewRule();
    const helper = await anotherApp(fixture, contents);
    expect(helper.account).toMatchObject({ login: "helper[bot]", type: "Bot" });
    await helper.comment({ repository: "acme/registry", number: fixture.number, body: "Looking." });
    await helper.review({ repository: "acme/registry", number: fixture.number, event: "APPROVE" });
    const [review] = (await fixture.asApp(`GET ${REPO}/pulls/${fixture.number}/reviews`)).json;
    expect(review).toMatchObject({ state: "APPROVED", user: { login: "helper[bot]", type: "Bot" } });
    expect((await fixture.merge()).status).toBe(status);
  });

  it("acts where it is installed, and has to be told where when that is several places", async () => {
    const { sandbox, app } = await aRegistry();
    await sandbox.createRepository({ owner: "mona", name: "hers" });
    const commit = { repository: "mona/hers", branch: "x", files: { x: "" }, message: "x" };
    await expect(sandbox.asApp(app).commit(commit)).rejects.toThrow("Resource not accessible by integration");
    sandbox.installApp(app, { account: "mona", repositories: "all" });
    expect(() => sandbox.asApp(app)).toThrow("registrar is installed at acme, mona: say which account.");
    await sandbox.asApp(app, { account: "mona" }).commit(commit);
    expect(() => sandbox.asApp(app, { account: "olga" })).toThrow("registrar is not installed at olga.");
  });
});

describe("when roles change", () => {
  it.each([
    ["read", 405],
    ["triage", 405],
    ["write", 200],
    ["maintain", 200],
    ["none", 405],
  ] as const)("counts the approval of somebody who now has %s accordingly", async (permission, status) => {
    const { sandbox, merge, number, asApp } = await withReviewRule();
    sandbox.setPermission({ repository: "acme/registry", login: "olga", permission: "write" });
    await sandbox.as("olga").review({ repository: "acme/registry", number, event: "APPROVE" });
    sandbox.setPermission({ repository: "acme/registry", login: "olga", permission });
    const role = permission === "none" ? "read" : permission;
    expect((await asApp(`GET ${REPO}/collaborators/olga/permission`)).json.role_name).toBe(role);
    expect((await merge()).status).toBe(status);
  });
});

describe("when a repository becomes private", () => {
  it("is gone for those who have no role in it", async () => {
    const { sandbox, asApp } = await aRegistry();
    await sandbox.createRepository({ owner: "olga", name: "dns" });
    expect((await asApp("GET /repos/olga/dns")).status).toBe(200);
    sandbox.setSettings("olga/dns", { private: true });
    expect((await asApp("GET /repos/olga/dns")).status).toBe(404);
    expect((await fetch(`${sandbox.serverUrl}/olga/dns.git/info/refs?service=git-upload-pack`)).status).toBe(401);
    expect((await caller(sandbox, sandbox.as("olga").token)("GET /repos/olga/dns")).json.private).toBe(true);
  });
});

describe("when a repository is archived", () => {
  it("is read as before and takes nothing", async () => {
    const { sandbox, asApp, token } = await aRegistry();
    sandbox.setSettings("acme/registry", { archived: true });
    expect((await asApp(`GET ${REPO}`)).json.archived).toBe(true);
    const { data } = (await querier(sandbox, token)(`{ repository(owner: "acme", name: "registry") { isArchived } }`))
      .json;
    expect(data.repository.isArchived).toBe(true);
    const refused = await asApp(`POST ${REPO}/git/blobs`, { body: { content: "x" } });
    expect([refused.status, refused.json.message]).toEqual([403, "Repository was archived so is read-only."]);
    const folder = await aFolder();
    expect((await git(folder, "clone", "-q", withToken(sandbox, "acme/registry", token), ".")).code).toBe(0);
    expect((await git(folder, "push", "origin", "HEAD:refs/heads/x")).stderr).toContain("403");
    sandbox.setSettings("acme/registry", { archived: false });
    expect((await asApp(`POST ${REPO}/git/blobs`, { body: { content: "x" } })).status).toBe(201);
  });
});

describe("when an organisation has an IP allow list", () => {
  it("refuses every token, in its place, and lets in who has none", async () => {
    const { sandbox, asApp, token } = await aRegistry();
    sandbox.createAccount({ login: "bricks", type: "Organization" });
    await sandbox.createRepository({ owner: "bricks", name: "provider" });
    const assets = [{ name: "sums", bytes: "sums" }];
    await sandbox.as("bricks").release({ repository: "bricks/provider", tag: "v1", assets });
    sandbox.setIpAllowList({ organization: "bricks", enabled: true });
    const said = /the `bricks` organization has an IP allow list enabled, and your IP address is not permitted/;
    const refused = await asApp("GET /repos/bricks/provider/releases");
    expect(refused.status).toBe(403);
    expect(refused.json.message).toMatch(said);
    expect((await asApp("GET /repos/bricks/provider")).status).toBe(403);
    expect((await caller(sandbox)("GET /repos/bricks/provider/releases")).json).toHaveLength(1);
    const { json } = await querier(
      sandbox,
      token,
    )(`{
      a: repository(owner: "bricks", name: "provider") { id }
      b: repository(owner: "acme", name: "registry") { name }
    }`);
    expect(json.data).toEqual({ a: null, b: { name: "registry" } });
    expect(json.errors).toMatchObject([{ type: "FORBIDDEN", path: ["a"], message: expect.stringMatching(said) }]);
    const download = await fetch(`${sandbox.serverUrl}/bricks/provider/releases/download/v1/sums`);
    expect(await download.text()).toBe("sums");
    const folder = await aFolder();
    const url = `${sandbox.serverUrl}/bricks/provider`;
    expect((await git(folder, "ls-remote", url)).stdout).toContain("refs/tags/v1");
    // git sends a token only when it is asked for one, or told to.
    const header = `http.extraHeader=Authorization: Basic ${Buffer.from(`x:${token}`).toString("base64")}`;
    expect((await git(folder, "-c", header, "ls-remote", url)).stderr).toContain("403");
    sandbox.setIpAllowList({ organization: "bricks", enabled: false });
    expect((await asApp("GET /repos/bricks/provider")).status).toBe(200);
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when an account is deleted", () => {
  it("takes its repositories, rights and tokens along; what it wrote elsewhere is a ghost's", async () => {
    const { sandbox, asApp } = await aRegistry();
    const olga = sandbox.as("olga");
    await olga.fork("acme/registry");
    await olga.commit({ repository: "olga/registry", branch: "mine", files: { y: "y" }, message: "y" });
    const number = await olga.openPullRequest({ repository: "acme/registry", head: "olga:mine", title: "Mine" });
    await olga.comment({ repository: "acme/registry", number, body: "Please." });
    sandbox.deleteAccount("olga");
    expect((await asApp("GET /users/olga")).status).toBe(404);
    expect((await asApp("GET /repos/olga/registry")).status).toBe(404);
    expect((await caller(sandbox, olga.token)(`GET ${REPO}`)).status).toBe(401);
    await expect(olga.comment({ repository: "acme/registry", number, body: "Still here" })).rejects.toThrow(
      "Bad credentials",
    );
    const ghost = { login: "ghost", id: 10_137 };
    const pull = (await asApp(`GET ${REPO}/pulls/${number}`)).json;
    expect(pull).toMatchObject({ state: "open", user: ghost, head: { repo: null } });
    expect((await asApp(`GET ${REPO}/issues/${number}/comments`)).json).toMatchObject([
      { user: ghost, body: "Please." },
    ]);
    expect(sandbox.violations).toEqual([]);
  });

  it("leaves the login to somebody else, who is not the same", async () => {
    const { sandbox, asApp, number, merge } = await withReviewRule();
    sandbox.setPermission({ repository: "acme/registry", login: "olga", permission: "maintain" });
    const before = sandbox.as("olga").account.id;
    await sandbox.as("olga").review({ repository: "acme/registry", number, event: "APPROVE" });
    sandbox.deleteAccount("olga");
    const { id } = sandbox.createAccount({ login: "olga" });
    expect(id).not.toBe(before);
    expect(sandbox.as("olga").account.id).toBe(id);
    expect((await asApp(`GET ${REPO}/collaborators/olga/permission`)).json.permission).toBe("read");
    expect((await merge()).status).toBe(405);
  });

  it("ends the redirects to what it had, and the app's installation there", async () => {
    const { sandbox, asApp } = await aRegistry();
    sandbox.renameRepository("acme/registry", "moved");
    expect((await asApp(`GET ${REPO}`)).status).toBe(301);
    expect((await asApp("GET /rate_limit")).status).toBe(200);
    sandbox.deleteAccount("acme");
    expect((await asApp("GET /rate_limit")).status).toBe(401);
    expect((await caller(sandbox)(`GET ${REPO}`)).status).toBe(404);
    sandbox.createAccount({ login: "acme", type: "Organization" });
    await sandbox.createRepository({ owner: "acme", name: "moved" });
    expect((await caller(sandbox)(`GET ${REPO}`)).status).toBe(404);
  });
});

describe("the list of collaborators", () => {
  it("has whoever was given a role, by permission, and is shown to writers alone", async () => {
    const { sandbox, asApp } = await aRegistry();
    sandbox.createAccount({ login: "mia" });
    sandbox.createAccount({ login: "rita" });
    sandbox.setPermission({ repository: "acme/registry", login: "mia", permission: "maintain" });
    sandbox.setPermission({ repository: "acme/registry", login: "rita", permission: "read" });
    const logins = async (query: string) =>
      ((await asApp(`GET ${REPO}/collaborators${query}`)).json as { login: string }[]).map(({ login }) => login);
    expect(await logins("?permission=maintain")).toContain("mia");
    expect(await logins("?permission=maintain")).not.toContain("rita");
    expect(await logins("")).toEqual(expect.arrayContaining(["mia", "rita"]));
    const stranger = await fetch(`${sandbox.apiUrl}${REPO}/collaborators`);
    expect(stranger.status).toBeGreaterThanOrEqual(401);
  });
});
