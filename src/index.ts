import type { Probot } from "probot";
import { registerHandlers } from "./app/handlers.ts";
import { composeService } from "./compose/service.ts";
import { readServerEnvironment } from "./config/env.ts";

/** The Probot app function, for hosts that bring their own Probot server; `npm start` runs our own (src/server.ts). */
export default function registrar(app: Probot): void {
  const environment = readServerEnvironment();
  const log = (message: string, fields: Readonly<Record<string, unknown>>) => app.log.info(fields, message);
  registerHandlers(app, { queue: composeService(environment, { log }).queue, repository: environment.repository });
}
