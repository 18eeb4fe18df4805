import type { Evidence, ProviderEvidence } from "./evidence.ts";
import type { ParsedKeyFile } from "./parsed-key.ts";
import type { Upstream } from "./port.ts";

/** How old evidence may be when it is handed over, in milliseconds; decisions allow five minutes. */
const lastsMs = 60_000;
const mostKept = 1_000;
/** Of files in the evidence, in bytes: what nobody takes must not fill the memory, and releases choose how much it is. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Two views of one upstream: what is read through `giving` is given once more through `taking` within a minute, so that the
 * review of a bump of ours does not ask again what the bump has just asked. Given once only: every later review reads afresh.
 */
export function handover(upstream: Upstream): { readonly giving: Upstream; readonly taking: Upstream } {
  const kept = new Map<string, { readonly evidence: Evidence; readonly at: number; readonly bytes: number }>();
  let bytes = 0;

  function forget(key: string): void {
    bytes -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  }

  const give = async <Input extends { readonly now: Date }, Read extends Evidence>(
    input: Input,
    read: (input: Input) => Promise<Read>,
  ): Promise<Read> => {
    const evidence = await read(input);
    const key = keyOf(input);
    forget(key);
    const one = { evidence, at: input.now.getTime(), bytes: bytesIn(evidence) };
    kept.set(key, one);
    bytes += one.bytes;
    // The oldest come first.
    for (const [other, { at }] of kept) {
      if (one.at - at <= lastsMs && kept.size <= mostKept && bytes <= mostBytes) break;
      forget(other);
    }
    return evidence;
  };

  const take = async <Input extends { readonly now: Date }, Read extends Evidence>(
    input: Input,
    read: (input: Input) => Promise<Read>,
  ): Promise<Read> => {
    const key = keyOf(input);
    const found = kept.get(key);
    forget(key);
    const fresh = found !== undefined && input.now.getTime() - found.at <= lastsMs;
    return fresh ? (found.evidence as Read) : read(input);
  };

  return {
    giving: {
      ...upstream,
      readProviderEvidence: (input) => give(input, upstream.readProviderEvidence),
      readModuleEvidence: (input) => give(input, upstream.readModuleEvidence),
    },
    taking: {
      ...upstream,
      readProviderEvidence: (input) => take(input, upstream.readProviderEvidence),
      readModuleEvidence: (input) => take(input, upstream.readModuleEvidence),
    },
  };
}

const bytesIn = (evidence: Evidence): number =>
  evidence.kind === "module" ? 0 : sizeOf(evidence.sums) + sizeOf(evidence.signature);
const sizeOf = (file: ProviderEvidence["sums"]): number => (file.kind === "found" ? file.size : 0);

/** Everything that was asked but the moment; of keys what tells them apart, since they decide what a signature says. */
function keyOf({ now: _now, ...asked }: { readonly now: Date; readonly keys?: readonly ParsedKeyFile[] }): string {
  const { keys = [], ...rest } = asked;
  const names = keys.map((key) => [key.path, key.kind === "key" ? key.armor : key.problem]);
  return JSON.stringify([rest, names]);
}
