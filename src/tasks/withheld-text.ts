import { RegistrarError } from "../registry/errors.ts";
import { isObject, type JsonValue } from "../registry/json.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import { configurationPath, isRegistryPath } from "../registry/tree.ts";
import type { Withheld } from "./withheld-tree.ts";

/**
 * What is kept back as one line of JSON, in its order: how the app tells it to whoever publishes elsewhere. Commits of which
 * nothing would be undone are left out.
 */
export const withheldText = (withheld: readonly Withheld[]): string =>
  JSON.stringify(
    withheld
      .map(({ commit, paths }) => ({ commit, paths: paths.filter((path) => path !== configurationPath) }))
      .filter(({ paths }) => paths.length > 0),
  );

/** Throws `bad-argument` for everything else than what `withheldText` writes: what is not understood must not be published. */
export function parseWithheld(text: string): readonly Withheld[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrong(`it is no JSON: ${quoted(text, 100)}`, cause);
  }
  if (!Array.isArray(value)) throw wrong(`it is no list: ${quoted(text, 100)}`);
  return value.map((one: JsonValue, index) => {
    const entry = `entry ${index + 1}`;
    if (!isObject(one) || Object.keys(one).toSorted().join() !== "commit,paths") {
      throw wrong(`${entry} has other keys than commit and paths`);
    }
    const { commit, paths } = one;
    if (typeof commit !== "string" || !/^[0-9a-f]{40}$/.test(commit)) throw wrong(`${entry} names no commit`);
    if (!Array.isArray(paths) || paths.length === 0) throw wrong(`${entry} names no paths`);
    const known = paths.map((path: JsonValue) => {
      if (typeof path === "string" && isRegistryPath(path) && path !== configurationPath) return path;
      throw wrong(`${entry} names ${quoted(path, 100)}, which is no record and no key`);
    });
    return { commit, paths: known };
  });
}

const wrong = (problem: string, cause?: unknown): RegistrarError =>
  new RegistrarError(
    "bad-argument",
    `--withhold must be what Registrar gives a workflow, [] for nothing: ${plainText(problem, 300)}. Nothing is published.`,
    { cause },
  );
