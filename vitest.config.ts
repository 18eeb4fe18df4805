import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores: a third worker only makes the end-to-end files slower.
    maxWorkers: 2,
    pool: "forks",
  },
});
