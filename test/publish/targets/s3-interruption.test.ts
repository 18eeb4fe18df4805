import { describe, it } from "vitest";
import { killOften } from "../support/killed-often.ts";
import { s3Server } from "../support/s3-server.ts";

describe("s3Target, when its process is killed", () => {
  it("leaves every address old or new, and the next publication makes everything right", async () => {
    const { endpoint, dataFolder, quiet, read, target, watch } = await s3Server();
    let places = 0;
    await killOften("s3", async () => {
      places += 1;
      const prefix = `killed${places}`;
      return {
        order: { target: `s3://registry/${prefix}`, data: dataFolder, endpoint },
        target: target(prefix),
        read: () => read(prefix),
        ...{ quiet, watch },
      };
    });
  }, 300_000);
});
