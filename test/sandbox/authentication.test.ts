import { describe, expect, it, onTestFinished, vi } from "vitest";
import { aRegistry, aSandbox, caller, installationToken, jwt, PERMISSIONS } from "./support.ts";

describe("when an app authenticates", () => {
  it("answers with the app, its slug and permissions", async () => {
    const { sandbox, app } = await aRegistry();
    const answer = await caller(sandbox, jwt(app))("GET /app");
    expect(answer.json).toMatchObject({ id: app.id, slug: "registrar", permissions: { contents: "write" } });
    expect(sandbox.violations).toEqual([]);
  });

  const now = () => Math.floor(Date.now() / 1000);
  const wrong: [string, Record<string, unknown>, number, RegExp][] = [
    ["an expired JWT", { exp: now() - 5 }, 401, /exp/],
    ["a JWT that lives too long", { exp: now() + 3600 }, 401, /too far in the future/],
    ["a JWT issued in the future", { iat: now() + 600 }, 401, /iat/],
    ["a JWT without expiry", { exp: undefined }, 401, /exp/],
    ["a JWT of an unknown app", { iss: 1 }, 404, /Integration not found/],
  ];
  it.each(wrong)("refuses %s", async (_, claims, status, message) => {
    const { sandbox, app } = await aRegistry();
    const answer = await caller(sandbox, jwt(app, claims))("GET /app");
    expect(answer.status).toBe(status);
    expect(answer.json.message).toMatch(message);
  });

  it("refuses a JWT that another key signed", async () => {
    const { sandbox, app } = await aRegistry();
    const other = await sandbox.createApp({ name: "Other", slug: "other", permissions: {}, events: [] });
    const forged = jwt({ ...other, id: app.id });
    expect((await caller(sandbox, forged)("GET /app")).status).toBe(401);
  });

  it("accepts the client id as issuer", async () => {
    const { sandbox, app } = await aRegistry();
    expect((await caller(sandbox, jwt(app, { iss: app.clientId }))("GET /app")).status).toBe(200);
  });

  it("does not take an installation token for a JWT", async () => {
    const { asApp } = await aRegistry();
    expect((await asApp("GET /app")).status).toBe(401);
  });
});

describe("when an installation token is made", () => {
  it("is longer than 40 characters and ends within the hour", async () => {
    const { sandbox, app, installation } = await aRegistry();
    const made = await caller(sandbox, jwt(app))(`POST /app/installations/${installation}/access_tokens`);
    expect(made.status).toBe(201);
    expect(made.json.token).toMatch(/^ghs_.{41,}/);
    expect(Date.parse(made.json.expires_at) - Date.now()).toBeLessThanOrEqual(3_600_000);
    expect(sandbox.violations).toEqual([]);
  });

  it("is worth nothing after an hour", async () => {
    const { asApp } = await aRegistry();
    expect((await asApp("GET /repos/acme/registry")).status).toBe(200);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_001 });
    onTestFinished(() => void vi.useRealTimers());
    const late = await asApp("GET /repos/acme/registry");
    expect([late.status, late.json.message]).toEqual([401, "Bad credentials"]);
  });

  it("honours narrowed permissions", async () => {
    const { sandbox, app, installation } = await aRegistry();
    const token = await installationToken(sandbox, { app, installation, body: { permissions: { contents: "read" } } });
    const answer = await caller(sandbox, token)("POST /repos/acme/registry/git/blobs", { body: { content: "x" } });
    expect(answer.status).toBe(403);
    expect(answer.json.message).toBe("Resource not accessible by integration");
  });

  it("honours narrowed repositories", async () => {
    const { sandbox, app } = await aRegistry();
    await sandbox.createRepository({ owner: "acme", name: "second" });
    const { id } = sandbox.installApp(app, { account: "acme", repositories: "all" });
    const token = await installationToken(sandbox, { app, installation: id, body: { repositories: ["second"] } });
    const call = caller(sandbox, token);
    expect((await call("POST /repos/acme/second/git/blobs", { body: { content: "x" } })).status).toBe(201);
    expect((await call("POST /repos/acme/registry/git/blobs", { body: { content: "x" } })).status).toBe(403);
    expect((await call("GET /installation/repositories")).json.total_count).toBe(1);
    expect(sandbox.violations).toEqual([]);
  });

  it("refuses more than the app has", async () => {
    const { sandbox, app, installation } = await aRegistry();
    const answer = await caller(sandbox, jwt(app))(`POST /app/installations/${installation}/access_tokens`, {
      body: { permissions: { administration: "write" } },
    });
    expect(answer.status).toBe(422);
  });

  it("refuses repositories that the installation does not have", async () => {
    const { sandbox, app, installation } = await aRegistry();
    const answer = await caller(sandbox, jwt(app))(`POST /app/installations/${installation}/access_tokens`, {
      body: { repositories: ["nowhere"] },
    });
    expect(answer.status).toBe(422);
  });

  it("finds the installation of a repository, and none elsewhere", async () => {
    const { sandbox, app, installation } = await aRegistry();
    await sandbox.createRepository({ owner: "mona", name: "hers" });
    const call = caller(sandbox, jwt(app));
    expect((await call("GET /repos/acme/registry/installation")).json.id).toBe(installation);
    expect((await call("GET /repos/mona/hers/installation")).status).toBe(404);
    expect((await call("GET /app/installations")).json).toHaveLength(1);
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when somebody asks without the right", () => {
  it("answers 401 to a wrong token", async () => {
    const { sandbox } = await aRegistry();
    const answer = await caller(sandbox, "ghs_wrong")("GET /repos/acme/registry");
    expect(answer.status).toBe(401);
    expect(answer.json.message).toBe("Bad credentials");
  });

  it("answers 404 for a private repository, to everybody who is not let in", async () => {
    const sandbox = await aSandbox();
    sandbox.createAccount({ login: "mona" });
    sandbox.createAccount({ login: "olga" });
    await sandbox.createRepository({ owner: "mona", name: "secret", private: true });
    expect((await caller(sandbox)("GET /repos/mona/secret")).status).toBe(404);
    expect((await caller(sandbox, sandbox.as("olga").token)("GET /repos/mona/secret")).status).toBe(404);
    expect((await caller(sandbox, sandbox.as("mona").token)("GET /repos/mona/secret")).status).toBe(200);
    expect((await fetch(`${sandbox.serverUrl}/mona/secret`)).status).toBe(404);
  });

  it("lets nobody read or write without a token but what is public", async () => {
    const { sandbox } = await aRegistry();
    const call = caller(sandbox);
    expect((await call("GET /repos/acme/registry")).status).toBe(200);
    expect((await call("POST /repos/acme/registry/issues", { body: { title: "x" } })).status).toBe(401);
  });

  it("lets outsiders comment but neither label nor merge nor push", async () => {
    const { sandbox } = await aRegistry();
    const call = caller(sandbox, sandbox.as("olga").token);
    expect((await call("POST /repos/acme/registry/issues", { body: { title: "x" } })).status).toBe(201);
    expect((await call("POST /repos/acme/registry/issues/1/labels", { body: { labels: ["a"] } })).status).toBe(403);
    const head = (await call("GET /repos/acme/registry/git/ref/heads/main")).json.object.sha;
    const refs = await call("POST /repos/acme/registry/git/refs", { body: { ref: "refs/heads/x", sha: head } });
    expect(refs.status).toBe(404);
  });

  it.each(Object.keys(PERMISSIONS).filter((name) => name !== "metadata"))(
    "refuses an app that lacks %s",
    async (missing) => {
      const permissions = Object.fromEntries(Object.entries(PERMISSIONS).filter(([name]) => name !== missing));
      const { sandbox, asApp } = await aRegistry({ permissions });
      const head = (await asApp("GET /repos/acme/registry/git/ref/heads/main")).json.object.sha;
      const write: Record<string, [string, unknown]> = {
        contents: ["POST /repos/acme/registry/git/blobs", { content: "x" }],
        pull_requests: ["POST /repos/acme/registry/pulls", { head: "x", base: "main", title: "x" }],
        issues: ["POST /repos/acme/registry/issues", { title: "x" }],
        checks: ["POST /repos/acme/registry/check-runs", { name: "x", head_sha: head }],
      };
      const [name, body] = write[missing] ?? ["", {}];
      const answer = await asApp(name, { body });
      expect(answer.status).toBe(403);
      expect(answer.json.message).toBe("Resource not accessible by integration");
      expect(sandbox.violations).toEqual([]);
    },
  );
});
