import { composeService, type ServiceOptions } from "../compose.ts";
import type { ServerEnvironment } from "../config/env.ts";
import { startHttpServer } from "./http-server.ts";

export interface RunningRegistrar {
  /** Where its HTTP server listens. */
  readonly url: string;
  /** Jobs that wait or run now. */
  pending(): number;
  stop(): Promise<void>;
}

/** Starts the whole service: queue, worker and HTTP server. What waits at the start is published at once. */
export async function startRegistrar(
  environment: ServerEnvironment,
  options: ServiceOptions,
): Promise<RunningRegistrar> {
  const service = composeService(environment, options);
  const server = await startHttpServer({ environment, queue: service.queue, log: options.log });
  if (environment.publishTo !== null) await service.queue.send({ kind: "publish" });
  return {
    url: server.url,
    pending: () => service.queue.size,
    stop: async () => {
      await server.stop();
      await service.stop();
    },
  };
}
