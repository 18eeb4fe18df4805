import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createClient } from "../../src/github/client.ts";
import { keptIn, keptText } from "../../src/github/kept-text.ts";
import { octokitReader } from "../../src/github/octokit-reader.ts";
import { octokitWriter } from "../../src/github/octokit-writer.ts";

const apiUrl = "https://api.github.test";
const base = "/repos/example/registry";
const [newest, oldest] = ["b".repeat(40), "a".repeat(40)];

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  const pending = nock.pendingMocks();
  nock.cleanAll();
  nock.enableNetConnect();
  expect(pending).toEqual([]);
});

const client = createClient({ apiUrl, token: async () => null, writeSpacingMs: 0 });
const reader = (appId: string | null = "4711") =>
  octokitReader({ client, repository: "example/registry", appId, botId: async () => 12345 });

/** The two requests that find the first of 1,234 commits. */
function history() {
  const link = (page: number, rel: string) => `<${apiUrl}${base}/commits?per_page=1&page=${page}>; rel="${rel}"`;
  nock(apiUrl)
    .get(`${base}/commits?per_page=1&page=1`)
    .reply(200, [{ sha: newest }], { link: `${link(2, "next")}, ${link(1234, "last")}` })
    .get(`${base}/commits?per_page=1&page=1234`)
    .reply(200, [{ sha: oldest }]);
}

const query = { app_id: "4711", check_name: "registrar: pull request 7", filter: "all", per_page: "100" };
const run = (id: number, text: string | null) => ({ id, output: { title: `Run ${id}`, summary: "…", text } });

describe("what is kept of a pull request", () => {
  it("stands on the first commit of the registry, which is looked for once; the newest word counts", async () => {
    history();
    nock(apiUrl)
      .get(`${base}/commits/${oldest}/check-runs`)
      .query(query)
      .reply(200, { check_runs: [run(3, keptText("b2xk")), run(9, keptText("bmV3")), run(5, null)] })
      .get(`${base}/commits/${oldest}/check-runs`)
      .query({ ...query, check_name: "registrar: pull request 8" })
      .reply(200, { check_runs: [] });
    const read = reader();
    expect(await read.readNote(7)).toEqual({ title: "Run 9", summary: "…", kept: "bmV3" });
    expect(await read.readNote(8)).toBeNull();
  });

  it("is nothing where no app is configured", async () => {
    expect(await reader(null).readNote(7)).toBeNull();
  });

  it("is written where it is read", async () => {
    nock(apiUrl)
      .get(`${base}/commits?per_page=1&page=1`)
      .reply(200, [{ sha: oldest }])
      .post(`${base}/check-runs`, (body) => {
        expect(body).toMatchObject({
          name: "registrar: pull request 7",
          head_sha: oldest,
          conclusion: "neutral",
          output: { title: "Stopped", text: keptText("bmV3") },
        });
        return true;
      })
      .reply(201, {});
    const writer = octokitWriter({ client, repository: "example/registry" });
    await writer.writeNote(7, { title: "Stopped", summary: "By mia.", kept: "bmV3" });
  });
});

describe("keptIn", () => {
  it.each([
    [keptText("bmV3"), "bmV3"],
    [`${keptText("bmV3")}\nmore`, "bmV3"],
    [`before ${keptText("bmV3")}`, ""],
    ["<!-- registrar:kept a b -->", ""],
    ["", ""],
    [null, ""],
  ])("of %j is %j", (text, kept) => {
    expect(keptIn(text)).toBe(kept);
  });
});
