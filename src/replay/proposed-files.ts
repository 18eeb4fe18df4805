import type { Layout } from "../registry/address.ts";
import { type Address, parseRecordPath } from "../registry/address.ts";
import { isObject, type JsonObject, type JsonValue } from "../registry/json.ts";
import type { NamespaceMapping } from "../registry/namespaces.ts";
import { repositoryOn } from "../registry/record.ts";
import type { FileStates } from "./past.ts";
import type { UpstreamIds } from "./raise-upstream.ts";
import type { Touched } from "./upstreams.ts";

const github = "https://github.com";
const noMapping: NamespaceMapping = { namespaces: {} };

/** A record of a bump with its address, and where it comes from. */
export type TouchedState = FileStates & Touched;

/** Of files that are no records there is nothing upstream. */
export function touchedRecords(states: readonly FileStates[], layout: Layout): readonly TouchedState[] {
  return states.flatMap((state) => {
    const address = parseRecordPath(state.path, layout);
    if (address === undefined) return [];
    return [{ ...state, address, repository: repositoryOf(address, state.before ?? state.after ?? {}) }];
  });
}

const repositoryOf = (address: Address, rawHead: JsonObject): string | null =>
  repositoryOn(github, { address, rawHead }, noMapping) ?? null;

/** What a file of the pull request, or of its base, holds: GitHub's URLs are the local GitHub's. */
export function textOf(
  value: JsonObject | null,
  of: { readonly serverUrl: string; readonly ids: UpstreamIds | undefined },
) {
  if (value === null) return null;
  const { repository, ...rest } = value;
  // As `adopt` records them.
  const head = { ...(repository === undefined ? {} : { repository }), ...of.ids };
  return JSON.stringify(onServer({ ...head, ...rest, ...of.ids }, of.serverUrl), null, 2);
}

function onServer(value: JsonValue, serverUrl: string): JsonValue {
  if (typeof value === "string") return value.startsWith(`${github}/`) ? serverUrl + value.slice(github.length) : value;
  if (Array.isArray(value)) return value.map((item) => onServer(item, serverUrl));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, onServer(item, serverUrl)]));
}
