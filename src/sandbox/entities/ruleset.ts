/** The part of GitHub's `repository-ruleset` that the sandbox enforces. https://docs.github.com/rest/repos/rules */
export interface Rule {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface BypassActor {
  readonly actor_id: number | null;
  readonly actor_type: string;
  readonly bypass_mode: "always" | "pull_request" | "exempt";
}

export interface Ruleset {
  readonly id: number;
  name: string;
  target: "branch" | "tag" | "push" | "repository";
  enforcement: "disabled" | "active" | "evaluate";
  bypassActors: readonly BypassActor[];
  include: readonly string[];
  exclude: readonly string[];
  rules: readonly Rule[];
  readonly createdAt: string;
  updatedAt: string;
}
