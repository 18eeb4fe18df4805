import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createBlobCache } from "../../src/github/blob-cache.ts";

const blob = (bytes: number) => new Uint8Array(bytes);

describe("createBlobCache", () => {
  it("reads a blob once, also for readers side by side", async () => {
    const read = createBlobCache();
    let reads = 0;
    const get = () =>
      read("a", async () => {
        reads += 1;
        await sleep(5);
        return blob(3);
      });
    const [first, second] = await Promise.all([get(), get()]);
    expect(await get()).toBe(first);
    expect(second).toBe(first);
    expect(reads).toBe(1);
  });

  it("forgets a failure", async () => {
    const read = createBlobCache();
    await expect(read("a", () => Promise.reject(new Error("No")))).rejects.toThrow("No");
    expect((await read("a", async () => blob(3))).byteLength).toBe(3);
  });

  it("keeps no more than it may, the newest", async () => {
    const read = createBlobCache(10);
    for (const id of ["a", "b", "c"]) await read(id, async () => blob(5));
    const again: string[] = [];
    for (const id of ["c", "b", "a"]) {
      await read(id, async () => {
        again.push(id);
        return blob(5);
      });
    }
    expect(again).toEqual(["a"]);
  });

  it("a read that fails while others are dropped for want of room fails for its reader alone", async () => {
    const read = createBlobCache(10);
    const failing = read("a", async () => {
      await sleep(20);
      throw new Error("No");
    });
    await read("b", async () => blob(8));
    await read("c", async () => blob(8));
    await expect(failing).rejects.toThrow("No");
    // A rejection that nobody handles would end the process, and this test run with it.
    await sleep(20);
  });
});
