import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { createClient } from "../../src/github/client.ts";
import { toRegistrarError } from "../../src/github/errors.ts";
import { RegistrarError } from "../../src/registry/errors.ts";
import { type Arrival, json, loopback } from "../support/stage/loopback.ts";

const here = { owner: "example", repo: "registry" };
const secret = "ghs_16C7e42F292c6912E7710c838347Ae178B4a";

type Answer = (request: IncomingMessage, response: ServerResponse, index: number) => void;

async function clientOf(answer: Answer, options: { timeoutMs?: number; writeSpacingMs?: number } = {}) {
  const server = await loopback(answer);
  const client = createClient({ apiUrl: server.url, token: async () => secret, ...options });
  const read = () => client.rest.repos.get(here);
  const comment = (number: number) =>
    client.rest.issues.createComment({ ...here, issue_number: number, body: "Hello" });
  return { server, client, read, comment };
}

/** Spacing where a test is not about GitHub's second. */
const quick = { writeSpacingMs: 200 };

const writes = (arrivals: readonly Arrival[]) => arrivals.filter(({ method }) => method !== "GET");
const error = async (work: Promise<unknown>): Promise<RegistrarError> =>
  work.then(
    () => expect.unreachable("It was to fail."),
    (reason) => toRegistrarError(reason, "reading the repository of example/registry"),
  );

describe("when writes are started together", () => {
  it("they reach the server a second apart, in the order asked for", async () => {
    const { server, comment } = await clientOf((_request, response) => json(response, {}));
    await Promise.all([comment(1), comment(2), comment(3)]);
    const times = server.arrivals.map(({ at }) => at);
    expect(server.arrivals.map(({ path }) => path)).toEqual(
      [1, 2, 3].map((number) => `/repos/example/registry/issues/${number}/comments`),
    );
    for (const [index, time] of times.slice(1).entries()) {
      expect(time - (times[index] ?? 0)).toBeGreaterThanOrEqual(995);
    }
  });

  it("the second counts from the answer to the first, however long that took", async () => {
    const answered: number[] = [];
    const { server, comment } = await clientOf((_request, response) => {
      setTimeout(() => {
        answered.push(Date.now());
        json(response, {});
      }, 300);
    }, quick);
    await Promise.all([comment(1), comment(2)]);
    expect((server.arrivals[1]?.at ?? 0) - (answered[0] ?? 0)).toBeGreaterThanOrEqual(195);
  });

  it("reads are not held up by them", async () => {
    const { server, read, comment } = await clientOf((_request, response) => json(response, {}), quick);
    const written = Promise.all([comment(1), comment(2)]);
    await Promise.all([read(), read(), read()]);
    // The second write still waits.
    expect(writes(server.arrivals).length).toBeLessThan(2);
    await written;
  });

  it("a failed one holds up nothing but itself", async () => {
    const { comment } = await clientOf(
      (_request, response, index) =>
        index === 0 ? json(response, { message: "Not Found" }, 404) : json(response, { id: 1 }, 201),
      quick,
    );
    const [first, second] = await Promise.allSettled([comment(1), comment(2)]);
    expect(first.status).toBe("rejected");
    expect(second.status).toBe("fulfilled");
  });
});

describe("when GitHub has a fault", () => {
  it.each([500, 502, 503, 504])("a read that got %s is sent once more", async (status) => {
    const { server, read } = await clientOf(
      (_request, response, index) => (index === 0 ? json(response, {}, status) : json(response, { id: 7 })),
      { writeSpacingMs: 10 },
    );
    expect((await read()).data.id).toBe(7);
    expect(server.arrivals).toHaveLength(2);
  });

  it("a read is not sent a third time", async () => {
    const { server, read } = await clientOf((_request, response) => json(response, { message: "Unicorn" }, 502), {
      writeSpacingMs: 10,
    });
    expect(await error(read())).toMatchObject({ code: "github-unavailable", family: "upstream" });
    expect(server.arrivals).toHaveLength(2);
  });

  it("a POST is not sent again, since it may have been carried out", async () => {
    const { server, comment } = await clientOf((_request, response) => json(response, {}, 502));
    expect((await error(comment(1))).code).toBe("github-unavailable");
    expect(server.arrivals).toHaveLength(1);
  });

  it("neither is a merge", async () => {
    const { server, client } = await clientOf((request) => request.socket.destroy());
    expect((await error(client.rest.pulls.merge({ ...here, pull_number: 1 }))).code).toBe("github-unavailable");
    expect(server.arrivals).toHaveLength(1);
  });

  it("an edit is sent once more", async () => {
    const { server, client } = await clientOf(
      (_request, response, index) => (index === 0 ? json(response, {}, 500) : json(response, {})),
      { writeSpacingMs: 10 },
    );
    await client.rest.issues.updateComment({ ...here, comment_id: 5, body: "Hello" });
    expect(server.arrivals.map(({ method }) => method)).toEqual(["PATCH", "PATCH"]);
  });
});

describe("when there is no answer", () => {
  it.each<[string, Answer]>([
    ["the connection is dropped", (request) => request.socket.destroy()],
    ["GitHub does not answer in time", () => undefined],
    [
      "the answer breaks off",
      (request, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
        response.write('{"id": 1, "full_name": "exam');
        setTimeout(() => request.socket.destroy(), 20);
      },
    ],
    [
      "the answer does not end in time",
      (_request, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.write('{"id": 1, "full_name": "exam');
      },
    ],
    [
      "something else answers in a page",
      (_request, response) => {
        response.writeHead(200, { "content-type": "text/html" });
        response.end("<h1>Please log in to the hotel's network</h1>");
      },
    ],
  ])("%s: github-unavailable, and it is tried again later", async (_what, answer) => {
    const { read } = await clientOf(answer, { timeoutMs: 400, writeSpacingMs: 10 });
    const thrown = await error(read());
    expect(thrown).toMatchObject({ code: "github-unavailable", family: "upstream", retryAt: undefined });
    expect(thrown.message).toMatch(/GitHub('s answer| did not answer)/);
    expect(thrown.message).toContain("tried again");
  });

  it("a list that breaks off is no empty list", async () => {
    const { client } = await clientOf(
      (request, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
        response.write("[");
        setTimeout(() => request.socket.destroy(), 20);
      },
      { writeSpacingMs: 10 },
    );
    const listed = client.paginate(client.rest.issues.listComments, { ...here, issue_number: 1 });
    await expect(listed).rejects.toMatchObject({ code: "github-unavailable" });
  });

  it("nobody listens: github-unavailable", async () => {
    const server = await loopback(() => undefined);
    // A port that nothing listens on any more would be a race; port 1 is refused on every machine.
    const client = createClient({ apiUrl: "http://127.0.0.1:1", token: async () => null, writeSpacingMs: 10 });
    const thrown = await error(client.rest.repos.get(here));
    expect(thrown.code).toBe("github-unavailable");
    expect(server.arrivals).toEqual([]);
  });
});

describe("when GitHub limits us", () => {
  const limit = (seconds: number): [number, Record<string, string>] => [403, { "retry-after": String(seconds) }];

  it("a write that was waiting for its turn is not sent before the limit ends", async () => {
    const [status, headers] = limit(2);
    let limited = 0;
    const { server, comment } = await clientOf((_request, response, index) => {
      if (index > 0) return json(response, { id: 1 }, 201);
      limited = Date.now();
      return json(response, { message: "You have exceeded a secondary rate limit." }, status, headers);
    }, quick);
    const [first, second] = await Promise.allSettled([comment(1), comment(2)]);
    expect(first.status).toBe("rejected");
    expect(second.status).toBe("fulfilled");
    expect((server.arrivals[1]?.at ?? 0) - limited).toBeGreaterThanOrEqual(1_990);
  });

  it("nothing at all is sent while a long limit lasts, and the error says until when", async () => {
    const [status, headers] = limit(60);
    const { server, read, comment } = await clientOf(
      (_request, response) => json(response, { message: "You have exceeded a secondary rate limit." }, status, headers),
      quick,
    );
    const results = await Promise.all([error(comment(1)), error(comment(2))]);
    results.push(await error(read()));
    expect(server.arrivals).toHaveLength(1);
    for (const { code, retryAt, message } of results) {
      expect(code).toBe("github-rate-limited");
      expect((retryAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(55_000);
      expect(message).toMatch(/tried again|until then nothing is asked/);
    }
  });

  it("a limit that a read meets stops a write that waits for its turn", async () => {
    const { server, read, comment } = await clientOf(
      (request, response) =>
        request.method === "GET"
          ? json(response, { message: "API rate limit exceeded" }, 429, { "retry-after": "60" })
          : json(response, { id: 1 }, 201),
      quick,
    );
    await comment(1);
    const [second] = await Promise.allSettled([comment(2), read()]);
    expect(second).toMatchObject({ status: "rejected", reason: { code: "github-rate-limited" } });
    expect(writes(server.arrivals)).toHaveLength(1);
  });
});

describe("toRegistrarError", () => {
  it.each<{
    what: string;
    status: number;
    headers?: Record<string, string>;
    said?: string;
    code: string;
    family: string;
    retryIn?: number;
    advice: RegExp;
  }>([
    { what: "401", status: 401, code: "github-unauthorized", family: "operator", advice: /APP_ID and PRIVATE_KEY/ },
    {
      what: "403 for want of a permission",
      status: 403,
      said: "Resource not accessible by integration",
      code: "github-forbidden",
      family: "operator",
      advice: /permissions on the registry repository/,
    },
    {
      what: "403 with retry-after",
      status: 403,
      headers: { "retry-after": "42" },
      said: "You have exceeded a secondary rate limit.",
      code: "github-rate-limited",
      family: "upstream",
      retryIn: 42,
      advice: /when the limit ends/,
    },
    {
      what: "403 of a secondary limit without a time",
      status: 403,
      said: "You have exceeded a secondary rate limit and have been temporarily blocked.",
      code: "github-rate-limited",
      family: "upstream",
      retryIn: 60,
      advice: /when the limit ends/,
    },
    {
      what: "403 of the primary limit",
      status: 403,
      headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "in half an hour" },
      said: "API rate limit exceeded for installation ID 1.",
      code: "github-rate-limited",
      family: "upstream",
      retryIn: 1_800,
      advice: /when the limit ends/,
    },
    {
      what: "404",
      status: 404,
      code: "github-missing",
      family: "operator",
      advice: /REGISTRAR_REPOSITORY, and that the app is installed/,
    },
    { what: "405", status: 405, code: "not-mergeable", family: "operator", advice: /rulesets/ },
    { what: "409", status: 409, code: "github-conflict", family: "us", advice: /judged again/ },
    { what: "422", status: 422, code: "github-invalid", family: "us", advice: /report this message/ },
    {
      what: "429 with a time",
      status: 429,
      headers: { "retry-after": "7" },
      code: "github-rate-limited",
      family: "upstream",
      retryIn: 7,
      advice: /when the limit ends/,
    },
    {
      what: "429 without a time",
      status: 429,
      code: "github-rate-limited",
      family: "upstream",
      retryIn: 60,
      advice: /when the limit ends/,
    },
  ])("makes of $what: $code", async ({ status, headers, said = "No", code, family, retryIn, advice }) => {
    const inHalfAnHour = String(Math.floor(Date.now() / 1000) + 1_800);
    const sent = Object.entries(headers ?? {}).map(([name, value]) => [name, value.replace(/^in .*/, inHalfAnHour)]);
    const { read } = await clientOf((_request, response) =>
      json(response, { message: said }, status, Object.fromEntries(sent)),
    );
    const thrown = await error(read());
    expect(thrown).toMatchObject({ code, family });
    expect(thrown.message).toContain(
      `GitHub answered ${status} while reading the repository of example/registry: "${said}`,
    );
    expect(thrown.message).toMatch(advice);
    if (retryIn === undefined) expect(thrown.retryAt).toBeUndefined();
    else expect(Math.abs((thrown.retryAt?.getTime() ?? 0) - Date.now() - retryIn * 1000)).toBeLessThan(3_000);
  });

  it("never shows a token, neither in the message nor in what a logger would print of its causes", async () => {
    const { server, read } = await clientOf((_request, response) => json(response, { message: "Bad" }, 401));
    const thrown = await error(read());
    expect(server.arrivals[0]?.headers.authorization).toBe(`token ${secret}`);
    expect(`${thrown.message}${thrown.stack}${JSON.stringify(thrown.cause)}`).not.toContain(secret);
  });

  it("makes what GitHub says safe for a terminal", async () => {
    const { read } = await clientOf((_request, response) => json(response, { message: "a\u001b[31mb\u202e" }, 422));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
    expect((await error(read())).message).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  it("leaves an error of ours as it is", () => {
    const ours = new RegistrarError("head-moved", "It moved.");
    expect(toRegistrarError(ours, "merging")).toBe(ours);
  });
});
