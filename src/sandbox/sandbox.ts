import type { IncomingMessage, ServerResponse } from "node:http";
import type { Files } from "./actions/commit-files.ts";
import type { NewAsset } from "./actions/releases.ts";
import type { NewRepository } from "./actions/repositories.ts";
import type { ReviewEvent } from "./actions/reviews.ts";
import type { RewriteWish } from "./actions/rewrite-branch.ts";
import type { SeededRepository } from "./actions/seed.ts";
import type { Role } from "./entities/repository.ts";
import type { Faults } from "./http/faults.ts";
import type { RecordedRequest, SandboxEvent } from "./log.ts";
import type { Delivery } from "./webhooks/delivery.ts";

export interface SandboxOptions {
  /** Where repositories and assets are kept. Made if it is not there, never cleared. */
  readonly folder: string;
  /** Default: a free one. */
  readonly port?: number;
  /** How far apart the writes of one account must be. Default 1000. */
  readonly writeSpacingMs?: number;
  /** Requests an hour without a token. Default 60, as on GitHub. */
  readonly anonymousLimit?: number;
  /** `none`: years of a registry are played in minutes, and no request is refused for its number. Default `github`. */
  readonly limits?: "github" | "none";
  readonly onEvent?: (event: SandboxEvent) => void;
}

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "User" | "Organization" | "Bot";
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly clientId: string;
  /** PEM, PKCS #8. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly bot: Account;
}

export interface NewApp {
  readonly name: string;
  readonly slug: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
  readonly webhook?: { readonly url: string; readonly secret: string };
}

export interface Repository {
  readonly id: number;
  readonly fullName: string;
  readonly cloneUrl: string;
}

export interface Release {
  readonly id: number;
  readonly tag: string;
  readonly htmlUrl: string;
  readonly commit: string;
  readonly assets: readonly {
    readonly id: number;
    readonly name: string;
    readonly url: string;
    readonly digest: string | null;
  }[];
}

/** GitHub's `repository-ruleset`, as for `POST /repos/{owner}/{repo}/rulesets`. */
export interface RulesetJson {
  readonly name: string;
  readonly target?: "branch" | "tag" | "push" | "repository";
  readonly enforcement: "disabled" | "active" | "evaluate";
  readonly bypass_actors?: readonly {
    readonly actor_id?: number | null;
    readonly actor_type: string;
    readonly bypass_mode?: "always" | "pull_request" | "exempt";
  }[];
  readonly conditions?: {
    readonly ref_name?: { readonly include?: readonly string[]; readonly exclude?: readonly string[] };
  };
  readonly rules?: readonly { readonly type: string; readonly parameters?: Readonly<Record<string, unknown>> }[];
}

export interface WorkflowRun {
  readonly id: number;
  /** Name of its file. */
  readonly workflow: string;
  readonly title: string;
  /** Where it was dispatched, and the commit that this was then. */
  readonly branch: string;
  readonly headSha: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly actor: string;
  readonly attempt: number;
  readonly status: string;
  readonly conclusion: string | null;
}

export interface RepositorySettings {
  readonly allowMergeCommit?: boolean;
  readonly allowSquashMerge?: boolean;
  readonly allowRebaseMerge?: boolean;
  readonly deleteBranchOnMerge?: boolean;
  readonly private?: boolean;
  /** Archived: read-only for everybody. */
  readonly archived?: boolean;
}

/** Everywhere, `repository` is the text `owner/name`. */
export interface Sandbox {
  readonly serverUrl: string;
  readonly apiUrl: string;
  createAccount(account: { login: string; type?: "User" | "Organization" }): Account;
  createApp(app: NewApp): Promise<App>;
  setWebhook(app: App, webhook: { url: string; secret: string }): void;
  installApp(app: App, where: { account: string; repositories: readonly string[] | "all" }): { id: number };
  createRepository(repository: NewRepository): Promise<Repository>;
  /** Many at once, with history and releases, as if they had always been there: no webhooks, and quick. */
  seed(repositories: readonly SeededRepository[]): Promise<readonly Repository[]>;
  /** A branch as if it had always been one commit on top of another one: nobody is told, and no rule is asked. */
  rewriteBranch(wish: { repository: string } & RewriteWish): Promise<string>;
  /** `none` takes the role away: what is public can still be read. */
  setPermission(permission: { repository: string; login: string; permission: Role }): void;
  setSettings(repository: string, settings: RepositorySettings): void;
  addRuleset(repository: string, ruleset: RulesetJson): { id: number };
  /** Of all workflows, oldest first. None of them really runs here. */
  workflowRuns(repository: string): readonly WorkflowRun[];
  /** What became of a run, as GitHub's runner would say it; `queued` for one that has completed: somebody runs it again. */
  setWorkflowRun(change: {
    repository: string;
    id: number;
    status: "queued" | "pending" | "in_progress" | "completed";
    conclusion?: "success" | "failure" | "cancelled" | "skipped" | "timed_out";
    /** ISO 8601; default: now. */
    at?: string;
  }): void;
  /** A workflow that somebody has disabled takes no dispatches. */
  setWorkflowEnabled(wish: { repository: string; workflow: string; enabled: boolean }): void;
  renameRepository(repository: string, name: string): Repository;
  transferRepository(repository: string, owner: string): Repository;
  deleteRepository(repository: string): void;
  renameAccount(login: string, newLogin: string): void;
  /** With its repositories, installations and tokens. Who takes the login afterwards has another id. */
  deleteAccount(login: string): void;
  /** While it is enabled every token is refused what the organisation owns; without a token public things can be read. */
  setIpAllowList(list: { organization: string; enabled: boolean }): void;
  /** Puts a key on the profile of a user. `raw: false`: GitHub no longer has the text that was uploaded. */
  addGpgKey(key: { login: string; publicKey: string; fingerprint: string; raw?: boolean }): void;
  /** Makes somebody a member of an organisation, visible to everybody. */
  addPublicMember(membership: { organization: string; login: string }): void;
  as(login: string): Actor;
  /** The app's bot, with all that the app is allowed where it is installed; the account is needed when that is not one place. */
  asApp(app: App, where?: { account?: string }): Actor;
  readonly faults: Faults;
  readonly requests: readonly RecordedRequest[];
  /** Requests that GitHub's description does not allow, and failures of the sandbox itself. */
  readonly violations: readonly string[];
  readonly deliveries: readonly Delivery[];
  /** Resolves when no webhook delivery and no computation in the background is under way. */
  idle(): Promise<void>;
  handle(
    prefix: string,
    handler: (request: IncomingMessage, response: ServerResponse, body: Buffer) => Promise<void>,
  ): void;
  stop(): Promise<void>;
}

/** Acts as an account without HTTP, through the same permissions, rules and webhooks. Limits do not apply. */
export interface Actor {
  readonly account: Account;
  readonly token: string;
  commit(wish: {
    repository: string;
    branch: string;
    /** A branch or SHA. Default: the branch itself, else the default branch. */
    from?: string;
    files: Files;
    message: string;
    /** Needed when `from` leaves the branch's history. */
    force?: boolean;
    /** For history: written and committed then. ISO 8601. */
    date?: string;
  }): Promise<string>;
  deleteBranch(wish: { repository: string; branch: string }): Promise<void>;
  fork(repository: string): Promise<Repository>;
  openPullRequest(wish: {
    repository: string;
    head: string;
    base?: string;
    title: string;
    body?: string;
    draft?: boolean;
  }): Promise<number>;
  comment(wish: { repository: string; number: number; body: string }): Promise<number>;
  editComment(wish: { repository: string; id: number; body: string }): Promise<void>;
  review(wish: {
    repository: string;
    number: number;
    event: ReviewEvent;
    body?: string;
    commitId?: string;
  }): Promise<number>;
  merge(wish: {
    repository: string;
    number: number;
    method?: "merge" | "squash" | "rebase";
    sha?: string;
  }): Promise<string>;
  editPullRequest(wish: {
    repository: string;
    number: number;
    title?: string;
    body?: string;
    base?: string;
  }): Promise<void>;
  setDraft(wish: { repository: string; number: number; draft: boolean }): Promise<void>;
  closePullRequest(wish: { repository: string; number: number }): Promise<void>;
  reopenPullRequest(wish: { repository: string; number: number }): Promise<void>;
  openIssue(wish: { repository: string; title: string; body?: string; labels?: readonly string[] }): Promise<number>;
  label(wish: {
    repository: string;
    number: number;
    add?: readonly string[];
    remove?: readonly string[];
  }): Promise<void>;
  /** The "Re-run" button of a check run, and "Re-run all checks". */
  rerequestCheck(wish: { repository: string; id: number } | { repository: string; suite: number }): Promise<void>;
  release(wish: {
    repository: string;
    tag: string;
    name?: string;
    body?: string;
    prerelease?: boolean;
    draft?: boolean;
    immutable?: boolean;
    /** The tag becomes a tag object. */
    annotated?: boolean;
    target?: string;
    /** For history: everything is dated then. */
    publishedAt?: string;
    /** For history: no webhooks. */
    silent?: boolean;
    assets: readonly NewAsset[];
  }): Promise<Release>;
  publishRelease(wish: { repository: string; tag: string }): Promise<Release>;
  deleteAsset(wish: { repository: string; tag: string; name: string }): Promise<void>;
  uploadAsset(wish: { repository: string; tag: string; asset: NewAsset }): Promise<void>;
  deleteRelease(wish: { repository: string; tag: string }): Promise<void>;
  createTag(wish: { repository: string; tag: string; target?: string; annotated?: boolean }): Promise<string>;
  moveTag(wish: { repository: string; tag: string; to: string }): Promise<void>;
  deleteTag(wish: { repository: string; tag: string }): Promise<void>;
}
