import type { ParsedKeyFile } from "./parsed-key.ts";
import type { Upstream } from "./port.ts";

/** How old evidence may be when it is handed over, in milliseconds; decisions allow five minutes. */
const lastsMs = 60_000;
const mostKept = 1_000;

/**
 * Two views of one upstream: what is read through `giving` is given once more through `taking` within a minute, so that the
 * review of a bump of ours does not ask again what the bump has just asked. Given once only: every later review reads afresh.
 */
export function handover(upstream: Upstream): { readonly giving: Upstream; readonly taking: Upstream } {
  const kept = new Map<string, { readonly evidence: unknown; readonly at: number }>();

  const give = async <Input extends { readonly now: Date }, Evidence>(
    input: Input,
    read: (input: Input) => Promise<Evidence>,
  ): Promise<Evidence> => {
    const evidence = await read(input);
    kept.set(keyOf(input), { evidence, at: input.now.getTime() });
    if (kept.size > mostKept) kept.delete(kept.keys().next().value ?? "");
    return evidence;
  };

  const take = async <Input extends { readonly now: Date }, Evidence>(
    input: Input,
    read: (input: Input) => Promise<Evidence>,
  ): Promise<Evidence> => {
    const key = keyOf(input);
    const found = kept.get(key);
    kept.delete(key);
    const fresh = found !== undefined && input.now.getTime() - found.at <= lastsMs;
    return fresh ? (found.evidence as Evidence) : read(input);
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

/** Everything that was asked but the moment; of keys what tells them apart, since they decide what a signature says. */
function keyOf({ now: _now, ...asked }: { readonly now: Date; readonly keys?: readonly ParsedKeyFile[] }): string {
  const { keys = [], ...rest } = asked;
  const names = keys.map((key) => [key.path, key.kind === "key" ? key.armor : key.problem]);
  return JSON.stringify([rest, names]);
}
