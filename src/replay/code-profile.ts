import { type Profiler, Session } from "node:inspector/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** How long a file of ours was at work, with everything that it called of others. */
export interface ProfiledPlace {
  readonly place: string;
  readonly ms: number;
}

const root = join(import.meta.dirname, "..", "..");
const everyMicroseconds = 500;

/** Samples the running code, and tells how the time is divided between our files. */
export class CodeProfile {
  readonly #session = new Session();
  #started = false;

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post("Profiler.enable");
    await this.#session.post("Profiler.setSamplingInterval", { interval: everyMicroseconds });
    await this.#session.post("Profiler.start");
    this.#started = true;
  }

  /** Longest first; nothing where it was never started. */
  async stop(): Promise<readonly ProfiledPlace[]> {
    if (!this.#started) return [];
    const { profile } = await this.#session.post("Profiler.stop");
    return divide(profile);
  }
}

/** A sample belongs to the innermost file of `src/` on its stack, else to the outermost library, else to Node. */
function divide({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): readonly ProfiledPlace[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)));
  const places = new Map<number, string | null>();
  const placeOf = (id: number): string | null => {
    const known = places.get(id);
    if (known !== undefined) return known;
    const node = byId.get(id);
    const parent = parents.get(id);
    const own = node === undefined ? null : fileOf(node.callFrame.url, node.callFrame.functionName);
    const outer = parent === undefined ? null : placeOf(parent);
    const place = rankOf(own) === 3 || rankOf(own) > rankOf(outer) ? own : outer;
    places.set(id, place);
    return place;
  };
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const place = placeOf(id);
    // What measures is not what is measured.
    if (place !== null && !place.startsWith("src/replay/"))
      times.set(place, (times.get(place) ?? 0) + (timeDeltas[index] ?? 0) / 1_000);
  });
  return [...times].map(([place, ms]) => ({ place, ms })).sort((a, b) => b.ms - a.ms);
}

const rankOf = (place: string | null): number => {
  if (place === null) return 0;
  return place.startsWith("src/") ? 3 : place.startsWith("node:") || place.startsWith("(") ? 1 : 2;
};

/** `src/rules/verdict.ts`, `octokit`, `node:http`, `(garbage collector)`. */
function fileOf(url: string, name: string): string | null {
  if (url.startsWith("node:")) return url.replace(/^(node:(?:internal\/)?[^/]+).*$/, "$1");
  if (!url.startsWith("file:")) return /^\((?:garbage collector|program)\)$/.test(name) ? name : null;
  const path = relative(root, fileURLToPath(url));
  const library = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  return library ?? path;
}
