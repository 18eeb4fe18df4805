import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { RegistrarError } from "../../src/registry/errors.ts";
import { type DownloadLimits, downloadChunks, downloadEnd, downloadFile } from "../../src/upstream/download.ts";
import { loopback } from "../support/stage/loopback.ts";

type Answer = (request: IncomingMessage, response: ServerResponse, index: number) => void;

const content = Buffer.from("0123456789".repeat(100));

async function server(answer: Answer) {
  const { url, host, arrivals } = await loopback(answer);
  const limits = (overrides: Partial<DownloadLimits & { maxBytes: number }> = {}) => ({
    hosts: new Set([host]),
    protocols: new Set(["http:"]),
    timeoutMs: 5_000,
    redirects: 5,
    maxBytes: 10_000,
    ...overrides,
  });
  return { url, host, arrivals, limits };
}

const give: Answer = (_request, response) => response.end(content);
const redirect =
  (to: string): Answer =>
  (_request, response) =>
    response.writeHead(302, { location: to }).end("<a>moved</a>");

async function failure(work: Promise<unknown>): Promise<RegistrarError> {
  const error: unknown = await work.then(
    () => expect.unreachable("It was to fail."),
    (reason) => reason,
  );
  if (!(error instanceof RegistrarError)) throw error;
  return error;
}

describe("downloadFile", () => {
  it("gives the bytes, and shows nobody a credential", async () => {
    const { url, limits, arrivals } = await server(give);
    expect(Buffer.from(await downloadFile(`${url}/file`, limits()))).toEqual(content);
    expect(arrivals[0]?.headers).not.toHaveProperty("authorization");
    expect(arrivals[0]?.headers).not.toHaveProperty("cookie");
  });

  it("follows redirects, relative ones too", async () => {
    const { url, limits, arrivals } = await server((request, response, index) =>
      index < 3
        ? redirect(index === 0 ? "/second" : `${url}/hop-${index}`)(request, response, index)
        : response.end("x"),
    );
    expect(Buffer.from(await downloadFile(`${url}/first`, limits())).toString()).toBe("x");
    expect(arrivals.map(({ path }) => path)).toEqual(["/first", "/second", "/hop-1", "/hop-2"]);
  });
});

describe("when a connection is closed without an answer", () => {
  const close: Answer = (request) => request.socket.destroy();

  it("asks once more", async () => {
    const { url, limits, arrivals } = await server((request, response, index) =>
      (index === 0 ? close : give)(request, response, index),
    );
    expect(Buffer.from(await downloadFile(`${url}/file`, limits()))).toEqual(content);
    expect(arrivals).toHaveLength(2);
  });

  it("and no more than once; the error says what happened", async () => {
    const { url, limits, arrivals } = await server(close);
    const error = await failure(downloadFile(`${url}/file`, limits()));
    expect(error.code).toBe("upstream-unavailable");
    expect(error.message).toMatch(/closed|reset/i);
    expect(arrivals).toHaveLength(2);
  });
});

describe("where downloads may come from", () => {
  it.each([
    ["another host", (host: string) => `http://elsewhere.test/${host}`],
    ["another port", (host: string) => `http://${host.split(":")[0]}:1/file`],
    ["a host whose name begins alike", (host: string) => `http://${host}.elsewhere.test/file`],
    ["a name and password, which hide the host", (host: string) => `http://${host}@elsewhere.test/file`],
    ["a name in front of the right host", (host: string) => `http://somebody@${host}/file`],
    ["a password in front of the right host", (host: string) => `http://:secret@${host}/file`],
    ["a file", () => "file:///etc/passwd"],
    ["data", () => "data:text/plain,hello"],
    ["no URL", () => "not a URL"],
    ["nothing", () => ""],
  ])("not from %s", async (_what, target) => {
    const { host, limits, arrivals } = await server(give);
    const { code, message } = await failure(downloadFile(target(host), limits()));
    expect(code).toBe("upstream-refused");
    expect(message).toMatch(/^Not downloading from /);
    expect(message).toContain(host);
    expect(arrivals).toEqual([]);
  });

  it("only over https, where GitHub speaks https", async () => {
    const { url, limits, arrivals } = await server(give);
    const { code } = await failure(downloadFile(`${url}/file`, limits({ protocols: new Set(["https:"]) })));
    expect(code).toBe("upstream-refused");
    expect(arrivals).toEqual([]);
  });

  it.each([
    ["to another host", (other: string) => `${other}/file`],
    ["to a name in front of the host", (_other: string, host: string) => `http://somebody@${host}/file`],
    ["to another protocol", () => "file:///etc/passwd"],
    ["to an address of the machine's network", () => "http://169.254.169.254/latest/meta-data"],
    ["to what is no address", () => "http://["],
  ])("no redirect %s is followed, neither the first nor a later one", async (_what, target) => {
    const other = await server(give);
    for (const hops of [0, 2]) {
      const { url, host, limits } = await server((request, response, index) =>
        redirect(index < hops ? `/hop-${index}` : target(other.url, host))(request, response, index),
      );
      expect((await failure(downloadFile(`${url}/file`, limits()))).code).toBe("upstream-refused");
    }
    expect(other.arrivals).toEqual([]);
  });

  it("not after too many redirects", async () => {
    const { url, limits, arrivals } = await server((request, response, index) =>
      redirect(`/hop-${index}`)(request, response, index),
    );
    const { code, message } = await failure(downloadFile(`${url}/file`, limits({ redirects: 3 })));
    expect(code).toBe("upstream-refused");
    expect(message).toContain("more than 3 redirects");
    expect(arrivals).toHaveLength(4);
  });
});

describe("how much is downloaded", () => {
  const megabyte = Buffer.alloc(1024 * 1024, 1);

  it("takes exactly as much as is allowed", async () => {
    const { url, limits } = await server(give);
    expect(await downloadFile(`${url}/file`, limits({ maxBytes: content.length }))).toHaveLength(content.length);
    const { code, message } = await failure(downloadFile(`${url}/file`, limits({ maxBytes: content.length - 1 })));
    expect(code).toBe("upstream-refused");
    expect(message).toContain(`more than ${content.length - 1} bytes`);
  });

  it("ends an endless answer as soon as it is too long", async () => {
    let sent = 0;
    let closed: (() => void) | undefined;
    const ended = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const { url, limits } = await server((_request, response) => {
      response.on("close", () => closed?.());
      const more = () => {
        while (!response.destroyed) {
          sent += megabyte.length;
          if (!response.write(megabyte)) {
            response.once("drain", more);
            return;
          }
        }
      };
      more();
    });
    expect((await failure(downloadFile(`${url}/file`, limits()))).code).toBe("upstream-refused");
    await ended;
    expect(sent).toBeLessThan(64 * megabyte.length);
  });

  it("counts what arrives, not what the header promises", async () => {
    const { url, limits } = await server((_request, response) => {
      // Written past the header by hand: node would not lie so.
      response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: 10\r\nconnection: close\r\n\r\n${"y".repeat(5_000)}`);
    });
    const result = await downloadFile(`${url}/file`, limits({ maxBytes: 100 })).catch((error: RegistrarError) => error);
    if (result instanceof Error) expect(result.code).toMatch(/^upstream-/);
    else expect(result).toHaveLength(10);
  });

  it("counts what a compressed answer becomes", async () => {
    const { url, limits } = await server((_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(megabyte)),
    );
    expect((await failure(downloadFile(`${url}/file`, limits({ maxBytes: 100_000 })))).code).toBe("upstream-refused");
  });

  it("does not take a part for the whole", async () => {
    const { url, limits } = await server((request, response) => {
      response.writeHead(200, { "content-length": "2000" });
      response.write(content);
      setTimeout(() => request.socket.destroy(), 20);
    });
    expect((await failure(downloadFile(`${url}/file`, limits()))).code).toBe("upstream-unavailable");
  });
});

describe("when a download does not come", () => {
  it.each<[string, Answer]>([
    ["no answer in time", () => undefined],
    [
      "an answer that does not end in time",
      (_request, response) => {
        response.writeHead(200);
        response.write("begun");
      },
    ],
    ["a dropped connection", (request) => request.socket.destroy()],
    [
      "a redirect into silence",
      (request, response, index) => (index === 0 ? redirect("/")(request, response, 0) : null),
    ],
  ])("%s is nobody's fault", async (_what, answer) => {
    const { url, limits } = await server(answer);
    const started = Date.now();
    const { code, family, message } = await failure(downloadFile(`${url}/file`, limits({ timeoutMs: 300 })));
    expect({ code, family }).toEqual({ code: "upstream-unavailable", family: "upstream" });
    expect(message).toContain(`${url}/file`);
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it.each([
    [400, "upstream-refused"],
    [401, "upstream-refused"],
    [403, "upstream-refused"],
    [404, "upstream-refused"],
    [410, "upstream-refused"],
    [304, "upstream-refused"],
    [206, "upstream-refused"],
    [204, "upstream-refused"],
    [408, "upstream-unavailable"],
    [429, "upstream-unavailable"],
    [500, "upstream-unavailable"],
    [502, "upstream-unavailable"],
    [503, "upstream-unavailable"],
    [504, "upstream-unavailable"],
  ])("status %i means %s", async (status, code) => {
    const { url, limits } = await server((_request, response) => response.writeHead(status).end());
    const error = await failure(downloadFile(`${url}/file`, limits()));
    expect(error.code).toBe(code);
    expect(error.message).toContain(`status ${status}, not 200`);
  });
});

describe("downloadChunks", () => {
  it("gives what was sent as it comes, as it is", async () => {
    const { url, limits, arrivals } = await server((_request, response) => {
      response.write(content.subarray(0, 7));
      setTimeout(() => response.end(content.subarray(7)), 20);
    });
    const pieces: Uint8Array[] = [];
    for await (const piece of downloadChunks(`${url}/file`, limits())) pieces.push(piece);
    expect(Buffer.concat(pieces)).toEqual(content);
    expect(pieces.length).toBeGreaterThan(1);
    expect(arrivals[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("waits no longer than it may for the next piece, however slowly they drip", async () => {
    const { url, limits } = await server((_request, response) => {
      response.write("a");
      setTimeout(() => response.write("b"), 100);
    });
    const started = Date.now();
    const wish = { ...limits(), idleMs: 200 };
    const drip = async () => {
      for await (const _piece of downloadChunks(`${url}/file`, wish));
    };
    expect((await failure(drip())).code).toBe("upstream-unavailable");
    expect(Date.now() - started).toBeGreaterThan(250);
    expect(Date.now() - started).toBeLessThan(2_000);
  });
});

describe("downloadEnd", () => {
  const size = content.length;
  const part: Answer = (request, response) => {
    const [, first = "", last = ""] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const range = `bytes ${first}-${last}/${size}`;
    response.writeHead(206, { "content-range": range }).end(content.subarray(Number(first), Number(last) + 1));
  };
  const end = async (answer: Answer, from = 990) => {
    const { url, limits } = await server(answer);
    return downloadEnd(`${url}/file`, { ...limits(), from, size });
  };

  it("asks for the end alone, through redirects too", async () => {
    const { url, limits, arrivals } = await server((request, response, index) =>
      (index === 0 ? redirect("/there") : part)(request, response, index),
    );
    expect(await downloadEnd(`${url}/file`, { ...limits(), from: 990, size })).toEqual(content.subarray(990));
    expect(arrivals.map(({ headers }) => headers.range)).toEqual(["bytes=990-999", "bytes=990-999"]);
  });

  it.each<[string, Answer]>([
    ["gives the whole file", give],
    [
      "packs what it gives",
      (_request, response) =>
        response
          .writeHead(206, { "content-encoding": "gzip", "content-range": "bytes 990-999/1000" })
          .end(gzipSync("x")),
    ],
  ])("is null where a server %s", async (_what, answer) => {
    expect(await end(answer)).toBeNull();
  });

  it.each<[string, string | null, string]>([
    ["another part", "bytes 0-9/1000", "0123456789"],
    ["a part of another file", "bytes 990-999/1001", "0123456789"],
    ["a part that it does not name", null, "0123456789"],
    ["less than it says", "bytes 990-999/1000", "012345678"],
    ["more than it says", "bytes 990-999/1000", "0123456789a"],
  ])("does not believe a server that gives %s", async (_what, range, body) => {
    const headers = range === null ? {} : { "content-range": range };
    const lie: Answer = (_request, response) => response.writeHead(206, headers).end(body);
    expect(await failure(end(lie))).toMatchObject({
      code: "upstream-unavailable",
      message: expect.stringContaining("Asked for bytes 990-999/1000"),
    });
  });

  it("ends an endless part", async () => {
    const endless: Answer = (_request, response) => {
      response.writeHead(206, { "content-range": "bytes 990-999/1000" });
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
        if (!response.destroyed) response.once("drain", more);
      };
      more();
    };
    expect((await failure(end(endless))).code).toBe("upstream-unavailable");
  });

  it.each([404, 416, 403])("is refused with status %i", async (status) => {
    expect((await failure(end((_request, response) => response.writeHead(status).end()))).code).toBe(
      "upstream-refused",
    );
  });

  it("is from allowed hosts alone", async () => {
    expect((await failure(end(redirect("http://elsewhere.test/file")))).code).toBe("upstream-refused");
  });
});
