import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Probot } from "probot";
import type { Log } from "../compose/service.ts";
import type { ServerEnvironment } from "../config/env.ts";
import type { MemoryQueue } from "../jobs/memory-queue.ts";
import { errorMessage } from "../registry/errors.ts";
import { type Answer, checkDelivery } from "./delivery.ts";
import { type Delivery, jobsOfAuthorEvent } from "./events.ts";
import { registerHandlers, storeJobs } from "./handlers.ts";
import { readBody } from "./read-body.ts";

/** GitHub sends no larger payload. */
const largestBody = 25 * 1024 * 1024;
/** How long a sender is listened to after the answer, in milliseconds. */
const lingerMs = 1_000;

export const webhookPath = "/api/github/webhooks";
export const authorWebhookPath = "/api/github/author-webhooks";

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

interface Context {
  readonly environment: ServerEnvironment;
  readonly queue: MemoryQueue;
  readonly log: Log;
}

/** The HTTP server in front of Probot: limits, both webhook doors and health. */
export async function startHttpServer(context: Context): Promise<RunningServer> {
  const { environment } = context;
  const probot = new Probot({
    appId: environment.appId,
    privateKey: environment.privateKey,
    secret: environment.webhookSecret,
    baseUrl: environment.apiUrl,
    logLevel: "fatal",
  });
  await probot.load((app: Probot) => registerHandlers(app, { ...context, repository: environment.repository }));
  const server = createServer({ requestTimeout: 30_000 }, (request, response) => {
    answer(context, probot, request)
      .catch((error): Answer => {
        // Without an acknowledgement GitHub shows the delivery as failed, and it can be sent again.
        context.log("request failed", { error: errorMessage(error) });
        return { status: 500, message: "The delivery could not be stored; send it again." };
      })
      .then((result) => send(response, request, result));
  });
  const { host, port } = environment;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return { url: `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${address.port}`, stop: () => stopServer(server) };
}

async function answer(context: Context, probot: Probot, request: IncomingMessage): Promise<Answer> {
  const path = (request.url ?? "/").split("?", 1)[0];
  if (path === "/healthz") return { status: 200, message: "alive" };
  if (path === "/readyz")
    return { status: 200, message: `ready; ${context.queue.size} jobs, ${context.queue.dead.length} given up` };
  const secret = secretFor(path, context.environment);
  if (secret === undefined) return { status: 404, message: "There is nothing here." };
  if (secret === null) return { status: 404, message: "The authors' app is not set up here (AUTHOR_WEBHOOK_SECRET)." };
  if (request.method !== "POST") return { status: 405, message: "Webhooks are sent with POST." };
  const body = await readBody(request, largestBody);
  if (body === null) return { status: 413, message: `The body has more than ${largestBody} bytes.` };
  const checked = await checkDelivery({ headers: request.headers, body: body.toString("utf8") }, secret);
  if (!checked.ok) {
    context.log("webhook refused", { status: checked.status, reason: checked.message });
    return checked;
  }
  if (path === webhookPath) await receive(probot, checked.delivery);
  else await storeJobs(context.queue, checked.delivery.id, jobsOfAuthorEvent(checked.delivery));
  return { status: 202, message: "stored" };
}

function secretFor(path: string | undefined, environment: ServerEnvironment): string | null | undefined {
  if (path === webhookPath) return environment.webhookSecret;
  return path === authorWebhookPath ? environment.authorWebhookSecret : undefined;
}

async function receive(probot: Probot, { id, name, payload: { installation: _unused, ...payload } }: Delivery) {
  // Handlers use our own client; without an installation Probot makes none, and none can fail.
  // Probot's types name every event; which ones exist is GitHub's business, and handlers look at `name` themselves.
  await probot.webhooks.receive({ id, name, payload } as unknown as Parameters<typeof probot.webhooks.receive>[0]);
}

function send(response: ServerResponse, request: IncomingMessage, { status, message }: Answer): void {
  const body = Buffer.from(`${JSON.stringify({ message })}\n`);
  const headers = { "content-type": "application/json", "content-length": body.length };
  const allow = status === 405 ? { allow: "POST" } : {};
  if (request.complete) {
    response.writeHead(status, { ...headers, ...allow }).end(body);
    return;
  }
  // A body that was not read to its end would be taken for the next request, so the connection ends; but not at once:
  // the rest is thrown away for a moment, since a sender that is cut off does not see our answer.
  response.writeHead(status, { ...headers, ...allow, connection: "close" }).write(body);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, lingerMs);
  request.once("end", end).once("close", end).resume();
}

async function stopServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
