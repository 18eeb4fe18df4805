import { startRegistrar } from "../../../src/app/start.ts";
import { readServerEnvironment } from "../../../src/config/env.ts";

/** The server as a process of its own, quicker than GitHub would allow, to be killed at any moment by a test. */
const writeSpacingMs = Number(process.env.TEST_WRITE_SPACING_MS ?? 0);
const running = await startRegistrar(readServerEnvironment(), {
  log: (message, fields) => process.stdout.write(`${JSON.stringify({ message, ...fields })}\n`),
  writeSpacingMs,
  pausesMs: [50, 100, 200, 400, 800, 1_600, 3_200],
  schedule: { reconcileMs: 1_000, sweepMs: 1_000 },
});
process.stdout.write(`${JSON.stringify({ message: "listening", url: running.url })}\n`);
