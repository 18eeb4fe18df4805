import { describe, expect, it } from "vitest";
import { aListener, aPullRequest, aRegistry, caller } from "./support.ts";

const REPO = "/repos/acme/registry";
const logins = (users: readonly { login: string }[]) => users.map(({ login }) => login);

async function withPull() {
  const listener = await aListener();
  const fixture = await aRegistry({ events: ["pull_request"], webhook: { url: listener.url, secret: "s" } });
  const { number } = await aPullRequest(fixture.sandbox);
  fixture.sandbox.setPermission({ repository: "acme/registry", login: "olga", permission: "write" });
  const path = `${REPO}/pulls/${number}/requested_reviewers`;
  const heard = async () => {
    await fixture.sandbox.idle();
    return listener.received
      .filter(({ payload }) => /^review_request/.test(payload.action))
      .map(({ payload }) => `${payload.action} ${payload.requested_reviewer.login}`);
  };
  return { ...fixture, number, path, heard };
}

describe("when a review is requested", () => {
  it("waits for the reviewer, and tells", async () => {
    const { sandbox, asApp, number, path, heard } = await withPull();
    const answer = await asApp(`POST ${path}`, { body: { reviewers: ["olga"] } });
    expect(answer.status).toBe(201);
    expect(logins(answer.json.requested_reviewers)).toEqual(["olga"]);
    await asApp(`POST ${path}`, { body: { reviewers: ["olga", "acme"] } });
    expect(logins((await asApp(`GET ${path}`)).json.users)).toEqual(["olga", "acme"]);
    expect(logins((await asApp(`GET ${REPO}/pulls/${number}`)).json.requested_reviewers)).toEqual(["olga", "acme"]);
    expect((await asApp(`DELETE ${path}`, { body: { reviewers: ["acme", "nobody"] } })).status).toBe(200);
    expect(await heard()).toEqual(["review_requested olga", "review_requested acme", "review_request_removed acme"]);
    expect(sandbox.violations).toEqual([]);
  });

  it("waits no more for who has reviewed", async () => {
    const { sandbox, asApp, number, path } = await withPull();
    await asApp(`POST ${path}`, { body: { reviewers: ["olga"] } });
    await sandbox.as("olga").review({ repository: "acme/registry", number, event: "COMMENT", body: "Hm." });
    expect((await asApp(`GET ${path}`)).json.users).toEqual([]);
  });

  it.each([
    ["somebody who may only read", { reviewers: ["olga", "stranger"] }, /may only be requested from collaborators/],
    ["nobody", { reviewers: ["nobody"] }, /may only be requested from collaborators/],
    ["a team that does not exist", { team_reviewers: ["core"] }, /may only be requested from collaborators/],
    ["the author", { reviewers: ["mona"] }, /cannot be requested from pull request author/],
  ])("refuses %s, and asks nobody", async (_, body, message) => {
    const { sandbox, asApp, path } = await withPull();
    sandbox.createAccount({ login: "stranger" });
    const refused = await asApp(`POST ${path}`, { body });
    expect(refused.status).toBe(422);
    expect(refused.json.message).toMatch(message);
    expect((await asApp(`GET ${path}`)).json.users).toEqual([]);
    expect(sandbox.violations).toEqual([]);
  });

  it("is not for everybody to ask", async () => {
    const { sandbox, path } = await withPull();
    sandbox.createAccount({ login: "stranger" });
    const stranger = caller(sandbox, sandbox.as("stranger").token);
    expect((await stranger(`POST ${path}`, { body: { reviewers: ["olga"] } })).status).toBe(403);
  });
});
