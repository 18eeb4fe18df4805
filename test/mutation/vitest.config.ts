import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** The project's tests with one rule broken before each file; see `mutate-rules.ts`. */
export default defineConfig({
  root: join(import.meta.dirname, "../.."),
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: [join(import.meta.dirname, "break-rule.ts")],
    testTimeout: 60_000,
    maxWorkers: 2,
    pool: "forks",
  },
});
