import { describe, expect, it } from "vitest";
import { aPullRequest, aRegistry, caller } from "./support.ts";

const REPO = "/repos/acme/registry";
const names = (labels: readonly { name: string }[]) => labels.map(({ name }) => name);

describe("when labels are used", () => {
  it("are made, put on, listed and taken off, on issues and pull requests alike", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    const ISSUE = `${REPO}/issues/${number}`;
    const made = await asApp(`POST ${REPO}/labels`, {
      body: { name: "on hold", color: "ededed", description: "Waits" },
    });
    expect([made.status, made.json.name]).toEqual([201, "on hold"]);
    const twice = await asApp(`POST ${REPO}/labels`, { body: { name: "On Hold", color: "ededed" } });
    expect([twice.status, twice.json.errors[0].code]).toEqual([422, "already_exists"]);
    const added = await asApp(`POST ${ISSUE}/labels`, { body: { labels: ["on hold", "new"] } });
    expect(names(added.json)).toEqual(["on hold", "new"]);
    expect(names((await asApp(`POST ${ISSUE}/labels`, { body: { labels: ["new"] } })).json)).toEqual([
      "on hold",
      "new",
    ]);
    expect(names((await asApp(`GET ${ISSUE}/labels`)).json)).toEqual(["on hold", "new"]);
    // One without a description too: lists of pull requests want a text there.
    expect(names((await asApp(`GET ${REPO}/pulls`)).json[0].labels)).toEqual(["on hold", "new"]);
    expect(names((await asApp(`GET ${REPO}/pulls/${number}`)).json.labels)).toEqual(["on hold", "new"]);
    expect(names((await asApp(`DELETE ${ISSUE}/labels/on%20hold`)).json)).toEqual(["new"]);
    expect((await asApp(`DELETE ${ISSUE}/labels/on%20hold`)).status).toBe(404);
    expect(names((await asApp(`GET ${REPO}/labels`)).json)).toEqual(["on hold", "new"]);
    expect((await asApp(`GET ${REPO}/labels/new`)).json.name).toBe("new");
    expect((await asApp(`GET ${REPO}/issues?labels=new`)).json).toMatchObject([{ number }]);
    expect(sandbox.violations).toEqual([]);
  });

  it("are for those with triage, not for everybody", async () => {
    const { sandbox } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    const put = (login: string) =>
      caller(sandbox, sandbox.as(login).token)(`POST ${REPO}/issues/${number}/labels`, { body: { labels: ["x"] } });
    expect((await put("olga")).status).toBe(403);
    sandbox.setPermission({ repository: "acme/registry", login: "olga", permission: "triage" });
    expect((await put("olga")).status).toBe(200);
  });
});
