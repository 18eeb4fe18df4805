import { describe, expect, it } from "vitest";
import { createPace } from "../../src/github/pace.ts";

const now = () => Date.now();

describe("createPace", () => {
  it("sends at once what nothing holds up", async () => {
    const pace = createPace(500);
    const started = now();
    expect(await Promise.all([pace.read(async () => "read"), pace.write(async () => "written")])).toEqual([
      "read",
      "written",
    ]);
    expect(now() - started).toBeLessThan(200);
  });

  it("waits for a short limit, and for a longer one that begins meanwhile", async () => {
    const pace = createPace(0);
    const started = now();
    pace.pauseUntil(new Date(started + 100));
    const sent = Promise.all([pace.read(async () => now()), pace.write(async () => now())]);
    setTimeout(() => pace.pauseUntil(new Date(started + 300)), 50);
    for (const at of await sent) expect(at - started).toBeGreaterThanOrEqual(295);
  });

  it("a limit that ends sooner does not shorten the one that is known", async () => {
    const pace = createPace(0);
    const started = now();
    pace.pauseUntil(new Date(started + 200));
    pace.pauseUntil(new Date(started + 10));
    expect((await pace.read(async () => now())) - started).toBeGreaterThanOrEqual(195);
  });

  it("does not wait for a long limit: the job comes back when it ends", async () => {
    const pace = createPace(0);
    const end = new Date(now() + 3_600_000);
    pace.pauseUntil(end);
    const work = async () => expect.unreachable("Nothing may be sent.");
    for (const sent of [pace.read(work), pace.write(work), pace.write(work)]) {
      await expect(sent).rejects.toMatchObject({ code: "github-rate-limited", family: "upstream", retryAt: end });
    }
  });

  it("spaces writes also after one that failed", async () => {
    const pace = createPace(150);
    const failed = pace.write(async () => Promise.reject(new Error("No")));
    const next = pace.write(async () => now());
    await expect(failed).rejects.toThrow("No");
    const ended = now();
    expect((await next) - ended).toBeGreaterThanOrEqual(140);
  });
});
