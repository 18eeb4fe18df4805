import type { Route } from "./route.ts";

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Parameters that may contain slashes, written out or as %2F. */
const LONG = new Set(["path", "ref", "branch", "basehead", "tag", "name"]);

export class Router {
  readonly #routes: readonly { route: Route; pattern: RegExp; names: readonly string[] }[];

  constructor(routes: readonly Route[]) {
    this.#routes = routes
      .map((route) => ({ route, ...compile(route.path) }))
      // The more words of its own a path has, the earlier it is tried: `releases/latest` before `releases/{release_id}`.
      .sort((a, b) => words(b.route.path) - words(a.route.path));
  }

  match(method: string, path: string): Match | null {
    for (const { route, pattern, names } of this.#routes) {
      if (route.method !== method) continue;
      const match = pattern.exec(path);
      if (match === null) continue;
      const params: Record<string, string> = {};
      try {
        names.forEach((name, index) => {
          params[name] = decodeURIComponent(match[index + 1] ?? "");
        });
      } catch {
        return null;
      }
      return { route, params };
    }
    return null;
  }
}

function words(path: string): number {
  return path.split("/").filter((part) => part !== "" && !part.startsWith("{")).length;
}

function compile(path: string): { pattern: RegExp; names: string[] } {
  const names: string[] = [];
  const source = path.split("/").map((part) => {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) return part.replaceAll(".", "\\.");
    names.push(name);
    // The root of the contents is `contents/` or `contents`.
    return LONG.has(name) ? (name === "path" ? "(.*)" : "(.+)") : "([^/]+)";
  });
  return { pattern: new RegExp(`^${source.join("/").replace(/\/\(\.\*\)$/, "(?:/(.*))?")}$`), names };
}
