import type { Route } from "../http/route.ts";

/**
 * Where GitHub itself is known to differ from its description. Every exception has its reason; a new one needs one too.
 * (Two more are built in: `/repositories/{id}` with what is below it, and the redirects of renamed repositories.)
 */
interface Exception {
  readonly route: string;
  readonly problem: RegExp;
  readonly reason: string;
}

const ANSWERS: readonly Exception[] = [
  {
    route: "/repos/{owner}/{repo}/pulls",
    problem: /\/(head|base)\/repo must be/,
    reason: "`head.repo` is null when the fork has been deleted; the description does not know that.",
  },
  {
    route: "/repos/{owner}/{repo}/commits/{commit_sha}/pulls",
    problem: /\/(head|base)\/repo must be/,
    reason: "The same, in the list of pull requests of a commit.",
  },
  {
    route: "/repos/{owner}/{repo}/releases/assets/{asset_id}",
    problem: /status 302 is not/,
    reason:
      "Asked for bytes, GitHub answers with a redirect; the description says so in words and lists 302 without content.",
  },
];

const REQUESTS: readonly Exception[] = [];

export function allowedAnswer(route: Route, problem: string): boolean {
  return ANSWERS.some((one) => route.path.startsWith(one.route) && one.problem.test(problem));
}

export function allowedRequest(route: Route, problem: string): boolean {
  return REQUESTS.some((one) => route.path.startsWith(one.route) && one.problem.test(problem));
}
