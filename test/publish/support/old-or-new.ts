export type Files = Readonly<Record<string, string>>;

/**
 * What a client finds of each address, where only certain states may be seen: its list is that of one state (or absent,
 * where one has none), every document that it names is there, and all texts are those of one of the states.
 * Says what is otherwise.
 */
export function neitherOldNorNew(seen: Files, states: readonly Files[]): string[] {
  const paths = new Set([seen, ...states].flatMap((files) => Object.keys(files)));
  const wrong = [...paths].filter((path) => isOfOneState(path) && !states.some((state) => state[path] === seen[path]));
  return [
    ...wrong.map((path) => `${path}: ${seen[path] === undefined ? "absent" : "of no state"}`),
    ...Object.entries(seen).flatMap(([path, text]) =>
      promisedBy(path, text).flatMap((document) =>
        seen[document] === undefined ? [`${path}: names ${document}, which is absent`] : [],
      ),
    ),
  ];
}

/** The list of namespaces speaks of all that is there, so halfway it is of neither state. */
const isOfOneState = (path: string): boolean => path !== "index/_namespaces.json";

/** The documents that a list of versions names; none of any other file, or of half a list. */
function promisedBy(path: string, text: string): string[] {
  if (!path.endsWith("/versions")) return [];
  const folder = path.slice(0, -"/versions".length);
  const { versions = [], modules } = parsed(text);
  return modules !== undefined
    ? modules.flatMap((module) => module.versions.map(({ version }) => `${folder}/${version}/download`))
    : versions.flatMap(({ version, platforms }) =>
        platforms.map(({ os, arch }) => `${folder}/${version}/download/${os}/${arch}`),
      );
}

interface List {
  readonly versions?: readonly {
    readonly version: string;
    readonly platforms: readonly { readonly os: string; readonly arch: string }[];
  }[];
  readonly modules?: readonly { readonly versions: readonly { readonly version: string }[] }[];
}

function parsed(text: string): List {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
