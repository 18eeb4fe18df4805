import type { Route } from "../http/route.ts";

/**
 * Where GitHub itself is known to differ from its description. Every exception has its reason; a new one needs one too.
 * (Two more are built in: `/repositories/{id}` with what is below it, and the redirects of renamed repositories.)
 */
interface Exception {
  readonly paths: readonly string[];
  readonly problem: RegExp;
  readonly reason: string;
}

const PULLS = "/repos/{owner}/{repo}/pulls";

const ANSWERS: readonly Exception[] = [
  {
    paths: [PULLS, `${PULLS}/{pull_number}`, "/repos/{owner}/{repo}/commits/{commit_sha}/pulls"],
    problem: /\/head\/repo must be object/,
    reason: "`head.repo` is null when the fork has been deleted; the description does not know that.",
  },
  {
    paths: ["/app/installations"],
    problem: /^\/\d+\/account must (be null|have required property '(name|slug|created_at|updated_at)'|match a schema)/,
    reason:
      "The description wants the account to be a user and an enterprise at once (`allOf` where `anyOf` is meant).",
  },
];

export function allowedAnswer(route: Route, problem: string): boolean {
  return ANSWERS.some((one) => one.paths.includes(route.path) && one.problem.test(problem));
}
