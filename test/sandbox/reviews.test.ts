import { describe, expect, it } from "vitest";
import { aPullRequest, aRegistry, caller } from "./support.ts";

const REPO = "/repos/acme/registry";

describe("when an author reviews the own pull request", () => {
  it.each([
    ["APPROVE", "Can not approve your own pull request"],
    ["REQUEST_CHANGES", "Can not request changes on your own pull request"],
  ])("refuses %s", async (event, message) => {
    const { sandbox, asApp } = await aRegistry();
    const main = (await asApp(`GET ${REPO}/git/ref/heads/main`)).json.object.sha;
    await asApp(`POST ${REPO}/git/refs`, { body: { ref: "refs/heads/own", sha: main } });
    await asApp(`PUT ${REPO}/contents/x`, { body: { message: "m", content: "", branch: "own" } });
    await asApp(`POST ${REPO}/pulls`, { body: { head: "own", base: "main", title: "Own" } });
    const answer = await asApp(`POST ${REPO}/pulls/1/reviews`, { body: { event, body: "x" } });
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ message: "Unprocessable Entity", errors: [message] });
    const comment = await asApp(`POST ${REPO}/pulls/1/reviews`, { body: { event: "COMMENT", body: "x" } });
    expect(comment.json).toMatchObject({ state: "COMMENTED", user: { login: "registrar[bot]" } });
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when a review is written", () => {
  it("comes in order, names its commit and can be dismissed", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number, head } = await aPullRequest(sandbox);
    const own = `${REPO}/pulls/${number}/reviews`;
    await asApp(`POST ${own}`, { body: { event: "COMMENT", body: "looking" } });
    const { json } = await asApp(`POST ${own}`, { body: { event: "REQUEST_CHANGES", body: "no", commit_id: head } });
    const states = async () => (await asApp(`GET ${own}`)).json.map(({ state }: { state: string }) => state);
    expect(await states()).toEqual(["COMMENTED", "CHANGES_REQUESTED"]);
    expect(json.commit_id).toBe(head);
    await asApp(`PUT ${own}/${json.id}/dismissals`, { body: { message: "fixed" } });
    expect(await states()).toEqual(["COMMENTED", "DISMISSED"]);
    expect((await asApp(`GET ${own}/${json.id}`)).json.state).toBe("DISMISSED");
    expect(sandbox.violations).toEqual([]);
  });

  it("needs something to say", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    expect((await asApp(`POST ${REPO}/pulls/${number}/reviews`, { body: { event: "COMMENT" } })).status).toBe(422);
  });

  it("stays hidden from others while it is pending", async () => {
    const { sandbox, asApp } = await aRegistry();
    const { number } = await aPullRequest(sandbox);
    const mona = caller(sandbox, sandbox.as("olga").token);
    const own = `${REPO}/pulls/${number}/reviews`;
    const { json } = await mona(`POST ${own}`, { body: { body: "later" } });
    expect(json.state).toBe("PENDING");
    expect((await asApp(`GET ${own}`)).json).toEqual([]);
    expect((await mona(`POST ${own}/${json.id}/events`, { body: { event: "APPROVE" } })).json.state).toBe("APPROVED");
    expect((await asApp(`GET ${own}`)).json).toHaveLength(1);
    expect(sandbox.violations).toEqual([]);
  });
});

describe("when lines are commented", () => {
  const text = (change: Record<number, string>) =>
    Array.from({ length: 40 }, (_, index) => `${change[index + 1] ?? `line ${index + 1}`}\n`).join("");

  async function changed() {
    const fixture = await aRegistry();
    const mona = fixture.sandbox.as("mona");
    await mona.commit({ repository: "acme/registry", branch: "main", files: { list: text({}) }, message: "list" });
    await aPullRequest(fixture.sandbox, { files: { list: text({ 5: "five", 30: "thirty" }) } });
    const review = (comment: object) =>
      fixture.asApp(`POST ${REPO}/pulls/1/reviews`, {
        body: { event: "COMMENT", comments: [{ path: "list", body: "here", ...comment }] },
      });
    return { ...fixture, review };
  }

  it.each([
    ["an added line", { line: 5 }],
    ["a line of the context", { line: 8, side: "RIGHT" }],
    ["a removed line", { line: 30, side: "LEFT" }],
    ["several lines", { start_line: 4, start_side: "RIGHT", line: 6, side: "RIGHT" }],
    ["a position in the diff", { position: 4 }],
  ])("takes %s", async (_, comment) => {
    const { sandbox, asApp, review } = await changed();
    const { status, json } = await review(comment);
    expect(status).toBe(200);
    const all = (await asApp(`GET ${REPO}/pulls/1/comments`)).json;
    expect(all).toMatchObject([{ path: "list", body: "here", pull_request_review_id: json.id }]);
    expect((await asApp(`GET ${REPO}/pulls/1/reviews/${json.id}/comments`)).json).toHaveLength(1);
    expect(sandbox.violations).toEqual([]);
  });

  it.each([
    ["a line that the diff does not show", { line: 20 }, "Line could not be resolved"],
    ["a line beyond the file", { line: 400 }, "Line could not be resolved"],
    ["another file", { path: "README.md", line: 1 }, "Path could not be resolved"],
    ["a position beyond the diff", { position: 99 }, "Position could not be resolved"],
    ["lines of two hunks", { start_line: 5, line: 30 }, "same hunk"],
  ])("refuses %s", async (_, comment, message) => {
    const { asApp, review } = await changed();
    const { status, json } = await review(comment);
    expect(status).toBe(422);
    expect(json.errors[0]).toContain(message);
    expect((await asApp(`GET ${REPO}/pulls/1/reviews`)).json).toEqual([]);
  });
});
