import { createHash } from "node:crypto";
import type { PublishTarget } from "../../../src/publish/target.ts";
import { markerFile, readMarker } from "../../../src/publish/targets/git-baseline.ts";
import { ObjectSession } from "../../../src/publish/targets/object-session.ts";
import type { ObjectStore } from "../../../src/publish/targets/object-store.ts";

/** A bucket in memory, with the session of real ones: there to publish some thousands of times in a second. */
export function memoryPlace(): { readonly target: PublishTarget; read(): Record<string, string> } {
  const objects = new Map<string, string>();
  const store: ObjectStore = {
    label: "memory",
    list: async function* (prefix) {
      for (const [key, body] of objects)
        if (key.startsWith(prefix)) yield { key, tag: createHash("md5").update(body).digest("hex") };
    },
    folders: async (prefix) => {
      const below = [...objects.keys()].filter((key) => key.startsWith(prefix));
      const names = below.map((key) => key.slice(prefix.length).split("/"));
      return [...new Set(names.flatMap(([name = "", ...more]) => (more.length > 0 ? [name] : [])))];
    },
    read: async (key) => objects.get(key) ?? null,
    write: async (key, body) => void objects.set(key, body),
    remove: async (key) => void objects.delete(key),
    stop: () => undefined,
  };
  return {
    target: {
      label: store.label,
      open: async (request) => {
        const marker = readMarker(objects.get(markerFile) ?? "");
        return new ObjectSession({ store, marker, request, close: async () => undefined });
      },
    },
    read: () => Object.fromEntries([...objects].filter(([key]) => key !== markerFile)),
  };
}
