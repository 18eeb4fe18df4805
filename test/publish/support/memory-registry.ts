import type { RegistryHistory } from "../../../src/registry/tree.ts";
import { type Files, fileText, isLink } from "./files.ts";

/** A registry with a history in memory; its commits are made as those of `gitRegistry`. */
export function memoryRegistry() {
  const commits = new Map<string, Files>();
  let files: Files = {};
  return {
    commit: async (changes: Files): Promise<RegistryHistory> => {
      const next = Object.entries({ ...files, ...changes }).filter(([, value]) => value !== null);
      files = Object.fromEntries(next);
      const commit = String(commits.size + 1).padStart(40, "0");
      commits.set(commit, files);
      return historyOf(commit, commits);
    },
  };
}

const isRegistryFile = (path: string) => /^(?:(?:providers|modules|keys)\/|\.github\/registrar\.yml$)/.test(path);

function historyOf(commit: string, commits: ReadonlyMap<string, Files>): RegistryHistory {
  const files = commits.get(commit) ?? {};
  const textOf = (path: string, of: Files) => (path in of ? JSON.stringify(of[path]) : "none");
  return {
    commit,
    changedSince: async (from) => {
      const before = commits.get(from);
      if (before === undefined) return null;
      const paths = new Set([...Object.keys(before), ...Object.keys(files)]);
      return [...paths].filter((path) => isRegistryFile(path) && textOf(path, before) !== textOf(path, files));
    },
    read: async (namespaces) => {
      const isWanted = (path: string) => {
        if (!isRegistryFile(path)) return false;
        const [root = "", first = "", second = ""] = path.split("/");
        if (namespaces === undefined || root === ".github") return true;
        return [first, second].some((name) => namespaces.has(name.toLowerCase()));
      };
      const paths = Object.keys(files).filter(isWanted).sort();
      return {
        commit,
        files: paths.map((path) => {
          const text = fileText(files[path]);
          return { path, mode: isLink(files[path]) ? "120000" : "100644", size: text.length, id: text };
        }),
        read: async function* (wanted) {
          for (const file of wanted) yield { file, bytes: Buffer.from(file.id) };
        },
      };
    },
  };
}
