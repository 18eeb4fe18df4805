import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Contracts } from "../../src/sandbox/contracts/contracts.ts";
import { description } from "../../src/sandbox/contracts/description.ts";
import { Limits } from "../../src/sandbox/http/limits.ts";
import { type Method, type Route, route } from "../../src/sandbox/http/route.ts";
import { routeTable } from "../../src/sandbox/routes/table.ts";
import { aRegistry, caller } from "./support.ts";

const REPO = "/repos/acme/registry";

describe("the route table", () => {
  it("holds only operations of GitHub's description, each once, and the vendored part holds no others", () => {
    const table = routeTable(new Limits({ writeSpacingMs: 0, anonymousLimit: 60 }));
    const names = table.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
    const described = Object.entries(description().paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect([...names].sort()).toEqual(described.sort());
  });
});

describe("the files of routes/", () => {
  it("are all in the table", () => {
    const folder = join(import.meta.dirname, "../../src/sandbox/routes");
    const table = readFileSync(join(folder, "table.ts"), "utf8");
    const files = readdirSync(folder).filter((name) => name !== "table.ts");
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((name) => !table.includes(`"./${name}"`))).toEqual([]);
  });
});

describe("when a request is not one that GitHub describes", () => {
  const cases: [string, string, unknown, RegExp][] = [
    ["a property of the wrong type", `POST ${REPO}/pulls`, { title: 1, head: "a", base: "b" }, /title/],
    ["a missing property", `POST ${REPO}/git/refs`, { ref: "refs/heads/x" }, /required property 'sha'/],
    ["a misspelt property", `PUT ${REPO}/pulls/1/merge`, { merge_methd: "squash" }, /"merge_methd" is not a property/],
    ["a value that is not in the list", `PUT ${REPO}/pulls/1/merge`, { merge_method: "fast" }, /allowed values/],
    ["a misspelt query", `GET ${REPO}/pulls?stat=open`, undefined, /"stat" is not a query parameter/],
    ["a query of the wrong kind", `GET ${REPO}/pulls?state=opened`, undefined, /state/],
    ["a number that is none", `GET ${REPO}/pulls?per_page=many`, undefined, /per_page/],
    ["an id that is none", `GET ${REPO}/pulls/first`, undefined, /pull_number/],
    ["no body where one is needed", `POST ${REPO}/git/blobs`, undefined, /body is required/],
    ["a text for a flag", `PATCH ${REPO}/git/refs/heads/main`, { sha: "a", force: "yes" }, /force/],
  ];
  it.each(cases)("refuses %s and records it", async (_, name, body, problem) => {
    const { sandbox, asApp } = await aRegistry();
    const answer = await asApp(name, body === undefined ? {} : { body });
    expect(answer.status).toBe(422);
    expect(answer.json.message).toMatch(problem);
    expect(sandbox.violations).toHaveLength(1);
    expect(sandbox.violations[0]).toMatch(problem);
  });

  it("answers 404 to an operation that it does not know, and records it", async () => {
    const { sandbox, asApp } = await aRegistry();
    expect((await asApp(`GET ${REPO}/actions/runs`)).status).toBe(404);
    expect(sandbox.violations).toEqual([`GET ${REPO}/actions/runs: the sandbox does not know this operation`]);
  });

  it("does not know addresses beside the REST API", async () => {
    const { sandbox } = await aRegistry();
    expect((await fetch(`${sandbox.serverUrl}/api/v4`, { method: "POST" })).status).toBe(404);
    expect(sandbox.violations).toEqual(["POST /api/v4: the sandbox does not know this address"]);
  });

  it("answers 400 to broken JSON", async () => {
    const { sandbox, token } = await aRegistry();
    const answer = await fetch(`${sandbox.apiUrl}${REPO}/git/blobs`, {
      method: "POST",
      headers: { authorization: `token ${token}` },
      body: "{",
    });
    expect(answer.status).toBe(400);
  });

  it("answers as GitHub does: message, documentation and status", async () => {
    const { sandbox } = await aRegistry();
    const { json, headers } = await caller(sandbox)(`GET ${REPO}/pulls/9`);
    expect(json).toEqual({
      message: "Not Found",
      documentation_url: "https://docs.github.com/rest/pulls/pulls#get-a-pull-request",
      status: "404",
    });
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
  });
});

describe("when an answer of the sandbox is not one that GitHub describes", () => {
  const named = (method: Method, path: `/${string}`): Route =>
    route(`${method} ${path}`, "anyone", () => ({ status: 200 }));

  it("says what is wrong with it", () => {
    const contracts = new Contracts();
    const ref = named("GET", "/repos/{owner}/{repo}/git/ref/{ref}");
    const object = { type: "commit", sha: "a".repeat(40), url: "http://x/" };
    const good = { ref: "refs/heads/x", node_id: "x", url: "http://x/", object };
    expect(contracts.checkAnswer(ref, { status: 200, json: good })).toEqual([]);
    expect(contracts.checkAnswer(ref, { status: 200, json: { ...good, ref: 1 } })).toEqual(["/ref must be string"]);
    expect(contracts.checkAnswer(ref, { status: 200, json: { ...good, url: "no address" } })[0]).toContain("uri");
    expect(contracts.checkAnswer(ref, { status: 200, json: { ...good, object: {} } })[0]).toContain("required");
    expect(contracts.checkAnswer(ref, { status: 218, json: good })[0]).toContain("218");
  });

  it("knows null where the description forgets it in a list of values", () => {
    const contracts = new Contracts();
    const run = named("PATCH", "/repos/{owner}/{repo}/check-runs/{check_run_id}");
    const problems = contracts.checkAnswer(run, { status: 200, json: { conclusion: null } });
    expect(problems.filter((problem) => problem.includes("conclusion"))).toEqual([]);
  });
});
