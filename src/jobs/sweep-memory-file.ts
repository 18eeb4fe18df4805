import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isObject, type JsonObject } from "../registry/json.ts";
import type { SweepMemoryStore, SweepState } from "../tasks/sweep.ts";

type RecordMemory = SweepState["records"][string];

/** Another number when the form changes; what was written before is then forgotten. */
const form = 1;

/** Keeps what sweeps remember in one file, replaced as a whole. A file that is gone or damaged is as good as an empty one. */
export function sweepMemoryFile(path: string): SweepMemoryStore {
  return {
    read: async () => {
      try {
        const value: unknown = JSON.parse(await readFile(path, "utf8"));
        if (isObject(value) && value.form === form && isObject(value.records))
          return stateOf(value.sweptAt, value.records);
      } catch {
        // Losing it costs some requests.
      }
      return { sweptAt: null, records: {} };
    },
    write: async (state) => {
      await mkdir(dirname(path), { recursive: true });
      const temporary = `${path}.${process.pid}`;
      await writeFile(temporary, `${JSON.stringify({ form, ...state })}\n`);
      await rename(temporary, path);
    },
  };
}

/** Records whose memory is none are looked at as if they had never been seen; the others keep theirs. */
function stateOf(sweptAt: unknown, records: JsonObject): SweepState {
  const whole = Object.entries(records).filter((entry): entry is [string, JsonObject & RecordMemory] =>
    isMemory(entry[1]),
  );
  return { sweptAt: typeof sweptAt === "string" ? sweptAt : null, records: Object.fromEntries(whole) };
}

const isMemory = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.glancedAt === "string" &&
  (value.total === null || typeof value.total === "number") &&
  (value.comparedAt === null || typeof value.comparedAt === "string") &&
  isObject(value.tried) &&
  Object.values(value.tried).every(isTried);

const isTried = (value: unknown): boolean =>
  isObject(value) && typeof value.times === "number" && (value.next === null || typeof value.next === "string");
