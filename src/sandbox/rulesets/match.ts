import type { Repository } from "../entities/repository.ts";
import type { Ruleset } from "../entities/ruleset.ts";

/**
 * GitHub matches refs with Ruby's `File.fnmatch` and FNM_PATHNAME: a star stops at a slash, and only two stars with a
 * slash after them cross folders. A pattern that ends in two stars matches one level, not all below it.
 * https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/creating-rulesets-for-a-repository#using-fnmatch-syntax
 */
export function fnmatch(pattern: string, text: string): boolean {
  let source = "";
  for (let at = 0; at < pattern.length; ) {
    const character = pattern[at] ?? "";
    if (pattern.startsWith("**/", at) && (at === 0 || pattern[at - 1] === "/")) {
      source += "(?:[^/]+/)*";
      at += 3;
    } else if (character === "*") {
      source += "[^/]*";
      while (pattern[at] === "*") at += 1;
    } else if (character === "?") {
      source += "[^/]";
      at += 1;
    } else if (character === "[" && pattern.indexOf("]", at + 2) > 0) {
      const end = pattern.indexOf("]", at + 2);
      source += `[${pattern
        .slice(at + 1, end)
        .replace(/^!/, "^")
        .replaceAll("\\", "\\\\")}]`;
      at = end + 1;
    } else {
      source += character.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
      at += 1;
    }
  }
  return new RegExp(`^${source}$`).test(text);
}

export function appliesTo(ruleset: Ruleset, repository: Repository, ref: string): boolean {
  const prefix = ruleset.target === "branch" ? "refs/heads/" : ruleset.target === "tag" ? "refs/tags/" : null;
  if (ruleset.enforcement !== "active" || prefix === null || !ref.startsWith(prefix)) return false;
  const matches = (pattern: string) =>
    pattern === "~ALL" ||
    (pattern === "~DEFAULT_BRANCH" ? ref === `refs/heads/${repository.defaultBranch}` : fnmatch(pattern, ref));
  return ruleset.include.some(matches) && !ruleset.exclude.some(matches);
}
