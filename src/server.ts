import { pino } from "pino";
import { startRegistrar } from "./app/start.ts";
import { readServerEnvironment } from "./config/env.ts";
import { errorMessage } from "./registry/errors.ts";

const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime });

try {
  const environment = readServerEnvironment();
  const running = await startRegistrar(environment, { log: (message, fields) => logger.info(fields, message) });
  logger.info({ url: running.url, repository: environment.repository }, "listening");
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      void running.stop().then(() => process.exit(0));
    });
  }
} catch (error) {
  process.stderr.write(`${errorMessage(error)}\n`);
  process.exitCode = 1;
}
