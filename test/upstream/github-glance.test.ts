import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClient } from "../../src/github/client.ts";
import { githubGlance } from "../../src/upstream/github-glance.ts";
import type { GlanceWish } from "../../src/upstream/glance.ts";
import { aModuleAuthor } from "../support/stage/module-author.ts";
import { aTaskStage } from "../support/stage/task-stage.ts";

const apiUrl = "https://api.github.test";

const provider = (repository: string): GlanceWish => ({ kind: "provider", repository });
const module = (repository: string): GlanceWish => ({ kind: "module", repository });
const dns = provider("acme/terraform-provider-dns");

const release = (tagName: string, more: object = {}) => ({
  tagName,
  isDraft: false,
  publishedAt: "2026-02-01T12:00:00Z",
  ...more,
});
const withReleases = (nodes: readonly object[] | null, more: object = {}) => ({
  databaseId: 7001,
  nameWithOwner: dns.repository,
  releases: { totalCount: nodes?.length ?? 0, nodes },
  ...more,
});
const failure = (type: string, path: readonly string[] = ["r0"], message = `GitHub said ${type}.`) => ({
  type,
  path,
  message,
});

interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** A glance at a GitHub that answers so, and what it was asked. */
function answering(...answers: readonly (object | readonly [status: number, body: unknown, headers?: object])[]) {
  const asked: Asked[] = [];
  for (const answer of answers) {
    const [status, body, headers = {}] = Array.isArray(answer) ? answer : [200, answer];
    nock(apiUrl)
      .post("/graphql", (sent) => asked.push(sent as Asked) > 0)
      .reply(status, body, headers);
  }
  const client = createClient({ apiUrl, token: async () => "ghs_t", writeSpacingMs: 0 });
  return { glance: githubGlance(client), asked };
}

/** The first reading of an answer to one wish. */
async function glanceOf(answer: object | readonly [number, unknown, object?], wish = dns) {
  const [reading, ...others] = await answering(answer).glance([wish]);
  expect(others).toEqual([]);
  return reading;
}

describe("githubGlance", () => {
  beforeEach(() => nock.disableNetConnect());
  afterEach(() => {
    nock.cleanAll();
    nock.enableNetConnect();
  });

  it("shows the newest releases of a provider and how many there are, and leaves drafts out", async () => {
    const nodes = [release("v1.3.0"), release("v1.2.9", { isDraft: true, publishedAt: null }), null, release("v1.2.0")];
    const data = { r0: { ...withReleases([]), releases: { totalCount: 45, nodes } } };
    expect(await glanceOf({ data })).toEqual({
      kind: "found",
      repositoryId: 7001,
      fullName: dns.repository,
      total: 45,
      newest: [
        { tag: "v1.3.0", at: "2026-02-01T12:00:00Z" },
        { tag: "v1.2.0", at: "2026-02-01T12:00:00Z" },
      ],
    });
  });

  it("shows the newest tags of a module, without dates", async () => {
    const refs = { totalCount: 2, nodes: [{ name: "v2.0.0" }, { name: "nightly" }] };
    const data = { r0: { databaseId: 7002, nameWithOwner: "acme/renamed", refs } };
    expect(await glanceOf({ data }, module("acme/terraform-aws-network"))).toEqual({
      kind: "found",
      repositoryId: 7002,
      fullName: "acme/renamed",
      total: 2,
      newest: [
        { tag: "v2.0.0", at: null },
        { tag: "nightly", at: null },
      ],
    });
  });

  it("says missing only where GitHub itself says so, of this very repository", async () => {
    expect(await glanceOf({ data: { r0: null }, errors: [failure("NOT_FOUND")] })).toEqual({
      kind: "missing",
      reason: 'The repository "acme/terraform-provider-dns" does not exist or is not public.',
    });
  });

  it.each([
    ["refused, as by an IP allow list", { data: { r0: null }, errors: [failure("FORBIDDEN")] }, /FORBIDDEN/],
    ["null without a word", { data: { r0: null } }, /no reason given/],
    ["null, and another one is not found", { data: { r0: null }, errors: [failure("NOT_FOUND", ["r1"])] }, /not show/],
    [
      "null and an error about no one",
      { data: { r0: null }, errors: [{ message: "Timeout on execution" }] },
      /Timeout/,
    ],
    [
      "both not found and refused",
      { data: { r0: null }, errors: [failure("NOT_FOUND"), failure("FORBIDDEN")] },
      /NOT_FOUND/,
    ],
    ["not answered at all", { data: {} }, /no reason given/],
    ["without any data", { data: null, errors: [{ message: "Too many resources" }] }, /Too many resources/],
    ["no more than an error", { errors: [{ message: "Parse error" }] }, /Parse error/],
    ["of no shape that is known", [[1, 2]], /no reason given/],
    [
      "there, with an error inside",
      { data: { r0: withReleases([]) }, errors: [failure("SERVICE_UNAVAILABLE")] },
      /whole/,
    ],
    ["without its list", { data: { r0: withReleases([], { releases: null }) } }, /whole/],
    ["without the list's content", { data: { r0: withReleases(null) } }, /whole/],
    ["without an id", { data: { r0: withReleases([release("v1.0.0")], { databaseId: null }) } }, /whole/],
  ])("is unknown where the answer is %s", async (_what, answer, said) => {
    const reading = await glanceOf([200, answer]);
    expect(reading).toMatchObject({ kind: "unavailable", retryAt: null });
    expect(reading).toMatchObject({ reason: expect.stringMatching(said) });
  });

  it("knows what was answered beside what was not", async () => {
    const answer = {
      data: { r0: withReleases([release("v1.0.0")]), r1: null, r2: null },
      errors: [failure("NOT_FOUND", ["r1"]), { message: "Resource limits for this query exceeded." }],
    };
    const { glance } = answering(answer);
    const readings = await glance([dns, provider("acme/gone"), provider("acme/other")]);
    expect(readings.map(({ kind }) => kind)).toEqual(["found", "missing", "unavailable"]);
  });

  it("never lets GitHub's words or a record's name run over a terminal", async () => {
    const reading = await glanceOf({
      data: { r0: null },
      errors: [failure("FORBIDDEN", ["r0"], "\u001b[2Jgone\u202e")],
    });
    expect(reading).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("gone") });
    expect(Object.values(reading ?? {}).join()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it("asks of a hundred at once, in the order of the wishes", async () => {
    const wishes = Array.from({ length: 101 }, (_unused, at) =>
      at % 2 === 0 ? provider(`acme/p${at}`) : module(`acme/m${at}`),
    );
    const answerTo = (some: readonly GlanceWish[]) => ({
      data: Object.fromEntries(
        some.map(({ kind, repository }, at) => {
          const list = { totalCount: 0, nodes: [] };
          const own = { databaseId: Number(repository.slice(6)), nameWithOwner: repository };
          return [`r${at}`, { ...own, [kind === "provider" ? "releases" : "refs"]: list }];
        }),
      ),
    });
    const { glance, asked } = answering(answerTo(wishes.slice(0, 100)), answerTo(wishes.slice(100)));
    const readings = await glance(wishes);
    expect(readings).toMatchObject(wishes.map(({ repository }) => ({ kind: "found", fullName: repository })));
    expect(asked.map(({ variables }) => Object.keys(variables).length)).toEqual([200, 2]);
    // One connection for each, and no fragment that nothing uses: GitHub refuses those.
    expect(asked[0]?.query.match(/: repository\(/g)).toHaveLength(100);
    expect(asked[0]?.query).toContain("fragment module");
    expect(asked[1]?.query).not.toContain("fragment module");
  });

  it("a part that failed is unknown, and the others are known", async () => {
    const wishes = Array.from({ length: 101 }, (_unused, at) => provider(`acme/p${at}`));
    const { glance } = answering([502, "Bad gateway"], [502, "Bad gateway"], { data: { r0: withReleases([]) } });
    const readings = await glance(wishes);
    expect(readings).toHaveLength(101);
    expect(new Set(readings.slice(0, 100).map(({ kind }) => kind))).toEqual(new Set(["unavailable"]));
    expect(readings[0]).toMatchObject({ reason: expect.stringContaining("502") });
    expect(readings[100]).toMatchObject({ kind: "found" });
  });

  it("names what is asked for in variables, never in the text of the query", async () => {
    const hostile = 'a") { viewer { login } } r1: repository(owner: "b';
    const { glance, asked } = answering({ data: { r0: null } });
    await glance([provider(`${hostile}/name`)]);
    expect(asked[0]?.query).not.toContain("viewer");
    expect(asked[0]?.variables).toEqual({ o0: hostile, n0: "name" });
  });

  it("asks nothing where there is nothing to ask", async () => {
    expect(await answering().glance([])).toEqual([]);
  });

  it.each([
    ["as REST does", [403, { message: "API rate limit exceeded" }, { "x-ratelimit-remaining": "0" }]],
    [
      "as GraphQL does, with status 200",
      [200, { errors: [{ type: "RATE_LIMITED", message: "API rate limit exceeded" }] }],
    ],
  ] as const)(
    "stops asking when GitHub says %s that the limit is used up, and says when it ends",
    async (_how, said) => {
      const reset = Math.floor(Date.now() / 1000) + 600;
      const [status, body, headers = {}] = said;
      const limited = [status, body, { ...headers, "x-ratelimit-reset": String(reset) }] as const;
      const { glance, asked } = answering(limited, { data: { r0: withReleases([]) } });
      const readings = await glance(Array.from({ length: 101 }, (_unused, at) => provider(`acme/p${at}`)));
      expect(asked).toHaveLength(1);
      const retryAt = new Date(reset * 1000).toISOString();
      expect(readings).toHaveLength(101);
      for (const reading of readings) expect(reading).toMatchObject({ kind: "unavailable", retryAt });
    },
  );

  it("asks an Enterprise Server next to its REST API", async () => {
    nock("https://ghes.test")
      .post("/api/graphql")
      .reply(200, { data: { r0: withReleases([]) } });
    const client = createClient({ apiUrl: "https://ghes.test/api/v3", token: async () => null });
    expect(await githubGlance(client)([dns])).toMatchObject([{ kind: "found" }]);
  });
});

describe("githubGlance at a GitHub that holds queries against its schema", () => {
  it("sees what authors released and tagged, with one point for all of it", async () => {
    const stage = await aTaskStage();
    const author = await aModuleAuthor(stage, ["v1.0.0", "v1.1.0"]);
    stage.sandbox.renameRepository("acme/terraform-provider-dns", "terraform-provider-names");
    const readings = await stage.glance([
      dns,
      provider("globex/terraform-provider-queue"),
      module(author.repository),
      provider("acme/terraform-provider-none"),
    ]);
    expect(readings).toMatchObject([
      { kind: "found", fullName: "acme/terraform-provider-names" },
      { kind: "found", fullName: "globex/terraform-provider-queue" },
      { kind: "found", fullName: author.repository, total: 2 },
      { kind: "missing" },
    ]);
    const [queue, tags] = readings.slice(1);
    expect(queue?.kind === "found" && queue.newest.every(({ tag }) => /^v\d/.test(tag))).toBe(true);
    expect(tags?.kind === "found" && tags.newest.map(({ tag }) => tag).sort()).toEqual(["v1.0.0", "v1.1.0"]);
    const asked = stage.sandbox.requests.filter(({ graphql }) => graphql !== null);
    expect(asked.map(({ graphql }) => graphql?.cost)).toEqual([1]);
    expect(stage.writes()).toEqual([]);
  });
});
