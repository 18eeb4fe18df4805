import { describe, expect, it } from "vitest";
import type { RulesetJson } from "../../src/sandbox/index.ts";
import { aPullRequest, aRegistry, caller, type Fixture } from "./support.ts";

const REPO = "/repos/acme/registry";

function ruleset(rules: RulesetJson["rules"], more: Partial<RulesetJson> = {}): RulesetJson {
  return {
    name: "rules",
    target: "branch",
    enforcement: "active",
    conditions: { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
    ...(rules === undefined ? {} : { rules }),
    ...more,
  };
}

const reviewRule = (more: object = {}) => ({
  type: "pull_request",
  parameters: {
    required_approving_review_count: 1,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
    ...more,
  },
});

const checkRule = (app: number) => ({
  type: "required_status_checks",
  parameters: {
    strict_required_status_checks_policy: false,
    required_status_checks: [{ context: "registrar", integration_id: app }],
  },
});

function merge(fixture: Fixture, number: number) {
  return fixture.asApp(`PUT ${REPO}/pulls/${number}/merge`);
}

async function report(fixture: Fixture, sha: string, conclusion: string) {
  return fixture.asApp(`POST ${REPO}/check-runs`, { body: { name: "registrar", head_sha: sha, conclusion } });
}

describe("when a check is required", () => {
  it("holds the merge back until the right app says so", async () => {
    const fixture = await aRegistry();
    const { sandbox, app } = fixture;
    sandbox.addRuleset("acme/registry", ruleset([checkRule(app.id)]));
    const { number, head } = await aPullRequest(sandbox);
    const missing = await merge(fixture, number);
    expect(missing.status).toBe(405);
    expect(missing.json.message).toBe(
      'Repository rule violations found\n\nRequired status check "registrar" is expected.\n\n',
    );
    await report(fixture, head, "failure");
    expect((await merge(fixture, number)).json.message).toContain("is failing");
    await report(fixture, head, "success");
    expect((await merge(fixture, number)).status).toBe(200);
    expect(sandbox.violations).toEqual([]);
  });

  it("does not take the word of another app", async () => {
    const fixture = await aRegistry();
    fixture.sandbox.addRuleset("acme/registry", ruleset([checkRule(fixture.app.id + 100_000)]));
    const { number, head } = await aPullRequest(fixture.sandbox);
    await report(fixture, head, "success");
    expect((await merge(fixture, number)).json.message).toContain("is expected");
  });

  it.each([
    ["neutral", 200],
    ["skipped", 200],
    ["action_required", 405],
    ["cancelled", 405],
    ["timed_out", 405],
  ])("takes %s as %i", async (conclusion, status) => {
    const fixture = await aRegistry();
    fixture.sandbox.addRuleset("acme/registry", ruleset([checkRule(fixture.app.id)]));
    const { number, head } = await aPullRequest(fixture.sandbox);
    await report(fixture, head, conclusion);
    expect((await merge(fixture, number)).status).toBe(status);
  });

  it("waits for a check in progress", async () => {
    const fixture = await aRegistry();
    fixture.sandbox.addRuleset("acme/registry", ruleset([checkRule(fixture.app.id)]));
    const { number, head } = await aPullRequest(fixture.sandbox);
    await report(fixture, head, "success");
    await fixture.asApp(`POST ${REPO}/check-runs`, {
      body: { name: "registrar", head_sha: head, status: "in_progress" },
    });
    expect((await merge(fixture, number)).json.message).toContain("is in progress");
  });
});

describe("when a review is required", () => {
  it("counts people with write access only", async () => {
    const fixture = await aRegistry();
    const { sandbox } = fixture;
    sandbox.createAccount({ login: "maria" });
    sandbox.setPermission({ repository: "acme/registry", login: "maria", permission: "write" });
    sandbox.addRuleset("acme/registry", ruleset([reviewRule()]));
    const { number } = await aPullRequest(sandbox);
    await sandbox.as("olga").review({ repository: "acme/registry", number, event: "APPROVE" });
    const refused = await merge(fixture, number);
    expect(refused.json.message).toContain("At least 1 approving review is required by reviewers with write access.");
    await sandbox.as("maria").review({ repository: "acme/registry", number, event: "APPROVE" });
    expect((await merge(fixture, number)).status).toBe(200);
  });

  it("counts an app that may write contents", async () => {
    const fixture = await aRegistry();
    fixture.sandbox.addRuleset("acme/registry", ruleset([reviewRule()]));
    const { number } = await aPullRequest(fixture.sandbox);
    await fixture.asApp(`POST ${REPO}/pulls/${number}/reviews`, { body: { event: "APPROVE" } });
    expect((await merge(fixture, number)).status).toBe(200);
  });

  it("does not count an app that may only read contents", async () => {
    const fixture = await aRegistry({ permissions: { contents: "read", pull_requests: "write" } });
    const { sandbox } = fixture;
    sandbox.addRuleset("acme/registry", ruleset([reviewRule()]));
    const { number } = await aPullRequest(sandbox);
    await fixture.asApp(`POST ${REPO}/pulls/${number}/reviews`, { body: { event: "APPROVE" } });
    await expect(sandbox.as("mona").merge({ repository: "acme/registry", number })).rejects.toThrow(/approving review/);
  });

  it("is blocked by a request for changes until that reviewer approves", async () => {
    const fixture = await aRegistry();
    const { sandbox } = fixture;
    sandbox.createAccount({ login: "maria" });
    sandbox.setPermission({ repository: "acme/registry", login: "maria", permission: "write" });
    sandbox.addRuleset("acme/registry", ruleset([reviewRule()]));
    const { number } = await aPullRequest(sandbox);
    await sandbox.as("maria").review({ repository: "acme/registry", number, event: "REQUEST_CHANGES", body: "no" });
    await fixture.asApp(`POST ${REPO}/pulls/${number}/reviews`, { body: { event: "APPROVE" } });
    expect((await merge(fixture, number)).status).toBe(405);
    await sandbox.as("maria").review({ repository: "acme/registry", number, event: "COMMENT", body: "hm" });
    expect((await merge(fixture, number)).status).toBe(405);
    await sandbox.as("maria").review({ repository: "acme/registry", number, event: "APPROVE" });
    expect((await merge(fixture, number)).status).toBe(200);
  });

  it.each([
    [true, 405],
    [false, 200],
  ])("dismisses approvals on a push when told so: %s", async (dismiss_stale_reviews_on_push, status) => {
    const fixture = await aRegistry();
    const { sandbox } = fixture;
    sandbox.addRuleset("acme/registry", ruleset([reviewRule({ dismiss_stale_reviews_on_push })]));
    const { number } = await aPullRequest(sandbox);
    await fixture.asApp(`POST ${REPO}/pulls/${number}/reviews`, { body: { event: "APPROVE" } });
    await sandbox.as("mona").commit({ repository: "acme/registry", branch: "change", files: { n: "" }, message: "n" });
    expect((await merge(fixture, number)).status).toBe(status);
  });
});

describe("when somebody may bypass", () => {
  const bypass = (app: number, bypass_mode: "always" | "pull_request" | "exempt") => ({
    bypass_actors: [{ actor_id: app, actor_type: "Integration", bypass_mode }],
  });

  it("merges past one ruleset, and not past another that also holds", async () => {
    const fixture = await aRegistry();
    const { sandbox, app } = fixture;
    sandbox.addRuleset("acme/registry", ruleset([reviewRule()], bypass(app.id, "pull_request")));
    sandbox.addRuleset("acme/registry", ruleset([checkRule(app.id)]));
    const { number, head } = await aPullRequest(sandbox);
    const refused = await merge(fixture, number);
    expect(refused.json.message).toContain('"registrar" is expected');
    expect(refused.json.message).not.toContain("review");
    await report(fixture, head, "success");
    expect((await merge(fixture, number)).status).toBe(200);
  });

  it.each([
    ["always", 200],
    ["exempt", 200],
    ["pull_request", 422],
  ] as const)("lets the mode %s push directly: %i", async (mode, status) => {
    const { sandbox, app, asApp } = await aRegistry();
    sandbox.addRuleset("acme/registry", ruleset([reviewRule()], bypass(app.id, mode)));
    const { head } = await aPullRequest(sandbox);
    expect((await asApp(`PATCH ${REPO}/git/refs/heads/main`, { body: { sha: head } })).status).toBe(status);
  });

  it("goes by role as well", async () => {
    const { sandbox } = await aRegistry();
    const actor = { bypass_actors: [{ actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" as const }] };
    sandbox.addRuleset("acme/registry", ruleset([reviewRule()], actor));
    const push = { repository: "acme/registry", branch: "main", files: { x: "" }, message: "x" };
    await expect(sandbox.as("mona").commit(push)).rejects.toThrow(/through a pull request/);
    sandbox.setPermission({ repository: "acme/registry", login: "mona", permission: "admin" });
    await sandbox.as("mona").commit(push);
  });

  it("shows the bypass list only to those who may write rulesets, and says what the asker can", async () => {
    const { sandbox, app, asApp } = await aRegistry();
    const { id } = sandbox.addRuleset("acme/registry", ruleset([reviewRule()], bypass(app.id, "pull_request")));
    const seen = (await asApp(`GET ${REPO}/rulesets/${id}`)).json;
    expect(seen.current_user_can_bypass).toBe("pull_requests_only");
    expect(seen.bypass_actors).toBeUndefined();
    const admin = caller(sandbox, sandbox.as("acme").token);
    expect((await admin(`GET ${REPO}/rulesets/${id}`)).json.bypass_actors).toHaveLength(1);
    const rules = (await asApp(`GET ${REPO}/rules/branches/main`)).json;
    expect(rules).toMatchObject([{ type: "pull_request", ruleset_id: id }]);
    expect((await asApp(`GET ${REPO}/rules/branches/other`)).json).toEqual([]);
    expect((await asApp(`GET ${REPO}/rulesets`)).json).toMatchObject([{ id, enforcement: "active" }]);
    expect((await asApp(`GET ${REPO}/branches/main`)).json.protected).toBe(true);
    expect(sandbox.violations).toEqual([]);
  });

  it("refuses an app on the bypass list that is not installed", async () => {
    const { sandbox } = await aRegistry();
    expect(() => sandbox.addRuleset("acme/registry", ruleset([], bypass(1, "always")))).toThrow(
      /integration must be part/,
    );
  });
});
