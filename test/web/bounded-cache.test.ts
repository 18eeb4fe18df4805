import { describe, expect, it } from "vitest";
import { BoundedCache } from "../../src/web/bounded-cache.ts";

describe("BoundedCache", () => {
  const counted = () => {
    const cache = new BoundedCache<string>(10);
    const made: string[] = [];
    const get = (key: string, size = 4) =>
      cache.get(key, size, async () => {
        made.push(key);
        return key.toUpperCase();
      });
    return { cache, made, get };
  };

  it("makes what is asked for once, for all who ask at the same time too", async () => {
    const { made, get } = counted();
    expect(await Promise.all([get("a"), get("a"), get("b")])).toEqual(["A", "A", "B"]);
    expect(await get("a")).toBe("A");
    expect(made).toEqual(["a", "b"]);
  });

  it("forgets first what was not asked for longest, and keeps to its size", async () => {
    const { made, get } = counted();
    for (const key of ["a", "b", "a", "c", "a", "b"]) await get(key);
    expect(made).toEqual(["a", "b", "c", "b"]);
    await get("huge", 1000);
    await get("huge", 1000);
    await get("a");
    expect(made).toEqual(["a", "b", "c", "b", "huge", "a"]);
  });

  it("keeps no failure", async () => {
    const { cache, made, get } = counted();
    await expect(cache.get("a", 4, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await get("a")).toBe("A");
    for (const key of ["b", "a"]) await get(key);
    expect(made).toEqual(["a", "b"]);
  });
});
