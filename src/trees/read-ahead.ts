import type { TreeFile } from "../registry/tree.ts";

/** Files and bytes that may be under way before they are asked for. */
const mostFiles = 16;
const mostBytes = 8 * 1024 * 1024;

/** Runs `start` for each file in order, some ahead of the consumer; a consumer that stops leaves nothing behind. */
export async function* readAhead<Result>(
  files: readonly TreeFile[],
  start: (file: TreeFile) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: { readonly size: number; readonly result: Promise<Result> }[] = [];
  let bytes = 0;
  let next = 0;
  for (;;) {
    for (let file = files[next]; file !== undefined; file = files[next]) {
      const full = underWay.length >= mostFiles || bytes + file.size > mostBytes;
      if (full && underWay.length > 0) break;
      const result = start(file);
      // It is awaited below, or not at all when the consumer has stopped; neither may end the process.
      result.catch(() => undefined);
      underWay.push({ size: file.size, result });
      bytes += file.size;
      next += 1;
    }
    const first = underWay.shift();
    if (first === undefined) return;
    bytes -= first.size;
    yield await first.result;
  }
}
