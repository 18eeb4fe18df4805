import { composeService, type ServiceOptions } from "../compose/service.ts";
import type { ServerEnvironment } from "../config/env.ts";
import { errorMessage } from "../registry/errors.ts";
import { startHttpServer } from "./http-server.ts";
import { defaultSchedule, type Schedule, startSchedule } from "./schedule.ts";

export interface RunningRegistrar {
  /** Where its HTTP server listens. */
  readonly url: string;
  /** Jobs that wait or run now. */
  pending(): number;
  stop(): Promise<void>;
}

/** Starts the whole service: queue, worker, HTTP server and schedule. What waits at the start is published at once. */
export async function startRegistrar(
  environment: ServerEnvironment,
  options: ServiceOptions & {
    /** Null: it works on what it is told, and looks for nothing by itself. */
    readonly schedule?: Schedule | null;
  },
): Promise<RunningRegistrar> {
  const service = composeService(environment, options);
  const server = await startHttpServer({ environment, queue: service.queue, log: options.log });
  await service.queue.send({ kind: "publish" });
  const { schedule = defaultSchedule } = options;
  const onError = (error: unknown) => options.log("a look could not be scheduled", { error: errorMessage(error) });
  const endSchedule = schedule === null ? () => {} : startSchedule(service.queue, { schedule, onError });
  return {
    url: server.url,
    pending: () => service.queue.size,
    stop: async () => {
      endSchedule();
      await server.stop();
      await service.stop();
    },
  };
}
