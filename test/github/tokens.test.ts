import { generateKeyPairSync } from "node:crypto";
import nock from "nock";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClient } from "../../src/github/client.ts";
import { installationTokens, readBotId } from "../../src/github/tokens.ts";
import { loopback } from "../support/stage/loopback.ts";

const apiUrl = "https://api.github.test";
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const app = { appId: "4711", privateKey };
const repository = "example/registry";
const minute = 60_000;

beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  vi.useRealTimers();
  nock.cleanAll();
  nock.enableNetConnect();
});

/** Answers the two requests of one minting. */
function willMint(
  token: string,
  { lasts = 60 * minute, body }: { lasts?: number; body?: nock.RequestBodyMatcher } = {},
) {
  return nock(apiUrl)
    .get("/repos/example/registry/installation")
    .reply(200, { id: 99 })
    .post("/app/installations/99/access_tokens", body)
    .reply(201, () => ({ token, expires_at: new Date(Date.now() + lasts).toISOString() }));
}

describe("installationTokens", () => {
  it("mints once for callers side by side, for this repository alone", async () => {
    const minting = willMint("ghs_1", { body: { repositories: ["registry"] } });
    const token = installationTokens({ apiUrl, app, repository });
    expect(await Promise.all([token(), token(), token()])).toEqual(["ghs_1", "ghs_1", "ghs_1"]);
    expect(await token()).toBe("ghs_1");
    expect(minting.isDone()).toBe(true);
  });

  it("asks for fewer permissions where it is told to", async () => {
    const minting = willMint("ghs_1", { body: { repositories: ["registry"], permissions: { metadata: "read" } } });
    await installationTokens({ apiUrl, app, repository, permissions: { metadata: "read" } })();
    expect(minting.isDone()).toBe(true);
  });

  it("mints anew some minutes before a token ends, so that no job is left with one that ends under it", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    willMint("ghs_1");
    const token = installationTokens({ apiUrl, app, repository });
    expect(await token()).toBe("ghs_1");
    vi.setSystemTime(Date.now() + 54 * minute);
    expect(await token()).toBe("ghs_1");
    willMint("ghs_2");
    vi.setSystemTime(Date.now() + 2 * minute);
    expect(await token()).toBe("ghs_2");
  });

  it.each([
    [401, "github-unauthorized", /Check APP_ID and PRIVATE_KEY/],
    [404, "github-missing", /the app is installed on that repository/],
    [500, "github-unavailable", /tried again/],
  ])("says what failed at %s, and tries again when it is asked again", async (status, code, advice) => {
    nock(apiUrl).get("/repos/example/registry/installation").reply(status, { message: "No" });
    const token = installationTokens({ apiUrl, app, repository });
    const failures = await Promise.allSettled([token(), token()]);
    for (const failure of failures) {
      expect(failure).toMatchObject({ status: "rejected", reason: { code } });
      const { message } = (failure as PromiseRejectedResult).reason as Error;
      expect(message).toContain("minting a token for example/registry");
      expect(message).toMatch(advice);
      expect(message).not.toMatch(/PRIVATE KEY-----|eyJ/);
    }
    willMint("ghs_2");
    expect(await token()).toBe("ghs_2");
  });

  it("is limited in time, since every request waits for its token", async () => {
    nock.enableNetConnect("127.0.0.1");
    const silent = await loopback(() => undefined);
    const token = installationTokens({ apiUrl: silent.url, app, repository, timeoutMs: 200 });
    await expect(token()).rejects.toMatchObject({ code: "github-unavailable" });
    expect(silent.arrivals).toHaveLength(1);
  });
});

describe("readBotId", () => {
  it("is the id of the app's own user", async () => {
    nock(apiUrl)
      .get("/app")
      .matchHeader("authorization", /^bearer ey/)
      .reply(200, { id: 4711, slug: "registrar" })
      .get("/users/registrar%5Bbot%5D")
      .matchHeader("authorization", "token ghs_1")
      .reply(200, { id: 12345, login: "registrar[bot]" });
    const client = createClient({ apiUrl, token: async () => "ghs_1" });
    expect(await readBotId({ apiUrl, app, client })).toBe(12345);
  });

  it("says what failed", async () => {
    nock(apiUrl).get("/app").reply(401, { message: "A JSON web token could not be decoded" });
    const client = createClient({ apiUrl, token: async () => "ghs_1" });
    await expect(readBotId({ apiUrl, app, client })).rejects.toMatchObject({
      code: "github-unauthorized",
      message: expect.stringContaining("reading the app's own identity"),
    });
  });
});
