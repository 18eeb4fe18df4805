import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { isObject } from "../registry/json.ts";
import type { SweepMemoryStore, SweepState } from "../tasks/sweep.ts";

/** Another number when the form changes; what was written before is then forgotten. */
const form = 1;

/** Keeps what sweeps remember in one file, replaced as a whole. A file that is gone or damaged is as good as an empty one. */
export function sweepMemoryFile(path: string): SweepMemoryStore {
  return {
    read: async () => {
      try {
        const value: unknown = JSON.parse(await readFile(path, "utf8"));
        if (isObject(value) && value.form === form && isObject(value.records)) return value as unknown as SweepState;
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
