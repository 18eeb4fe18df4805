import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { authorWebhookPath, webhookPath } from "../app/http-server.ts";
import { defaultSchedule } from "../app/schedule.ts";
import { type RunningRegistrar, startRegistrar } from "../app/start.ts";
import type { Log } from "../compose/service.ts";
import type { PublishReport } from "../publish/publish.ts";
import { RegistrarError } from "../registry/errors.ts";
import { type StaticServer, startStaticServer } from "../web/static-server.ts";
import { type Environment, environmentOf } from "./environment.ts";
import { type GitHubSide, startGitHubSide } from "./github-side.ts";
import { pollUntil } from "./poll.ts";
import { rest } from "./rest.ts";

/** A local GitHub, the product against it, and the published registry: all of it real, all of it on this machine. */
export interface Stage extends GitHubSide {
  readonly registrar: RunningRegistrar;
  readonly registryUrl: string;
  /** What has been published so far, oldest first. */
  readonly publications: readonly PublishReport[];
  readonly folder: string;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly log: Log;
  readonly port?: number;
  /** Settle window of the sandbox's registry, e.g. `1s`. */
  readonly settle?: string;
  /** Between two writes, for the local GitHub and for the product. Default: GitHub's second. */
  readonly writeSpacingMs?: number;
  /** How often Registrar looks for releases that no event told of. Default: as a real one, once an hour. */
  readonly sweepEverySeconds?: number;
  /** Whether the registry's owner may push past the rulesets. Default: no. */
  readonly ownerBypasses?: boolean;
  /** How old evidence may be when something is merged by it. Default: five minutes. */
  readonly evidenceLastsMs?: number;
  /** Between two dispatches of the workflow that publishes, in milliseconds. Default: a minute. */
  readonly dispatchPaceMs?: number;
  /** Whether the registry begins without any key. Default: no. */
  readonly withoutKeys?: boolean;
  /** Pauses before failed jobs are tried again, in milliseconds. */
  readonly pausesMs?: readonly number[];
  /** What is to differ from the stage's own environment, e.g. a way to GitHub that loses answers. */
  readonly environment?: (github: GitHubSide) => Promise<Partial<Environment>>;
}

export async function startStage(options: StageOptions): Promise<Stage> {
  await requireGit();
  const folder = await mkdtemp(join(tmpdir(), "registrar-sandbox-"));
  // Also when the process is ended in the middle.
  const sweep = () => rmSync(folder, { recursive: true, force: true });
  process.once("exit", sweep);
  const publications: PublishReport[] = [];
  const stops: (() => Promise<unknown>)[] = [
    async () => {
      await rm(folder, { recursive: true, force: true });
      process.removeListener("exit", sweep);
    },
  ];
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    const github = await startGitHubSide({ folder: join(folder, "github"), settle: "1s", ...options });
    stops.push(() => github.sandbox.stop());
    const registrar = await startProduct(github, {
      folder,
      options,
      onPublished: (report) => publications.push(report),
    });
    stops.push(() => registrar.stop());
    await pollUntil("the registry is published for the first time", () => publications.length > 0);
    const server: StaticServer = await startStaticServer({ folder: join(folder, "published") });
    stops.push(() => server.stop());
    // What Registrar looks for when it starts must not meet what is released from now on.
    await rest({ registrar, sandbox: github.sandbox });
    return { ...github, registrar, registryUrl: server.url, publications, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Both sides keep real git repositories. */
async function requireGit(): Promise<void> {
  const git = spawn("git", ["--version"], { stdio: "ignore" });
  const found = await new Promise<boolean>((resolve) => {
    git.once("error", () => resolve(false));
    git.once("close", (code) => resolve(code === 0));
  });
  if (!found)
    throw new RegistrarError("bad-environment", "The sandbox needs the program git. Install it, then try again.");
}

async function startProduct(
  github: GitHubSide,
  {
    folder,
    options,
    onPublished,
  }: { folder: string; options: StageOptions; onPublished: (report: PublishReport) => void },
): Promise<RunningRegistrar> {
  const { sandbox, app, authorApp } = github;
  const secrets = { webhook: crypto.randomUUID(), author: crypto.randomUUID() };
  const registrar = await startRegistrar(
    {
      ...environmentOf(github, { folder, webhookSecret: secrets.webhook, authorWebhookSecret: secrets.author }),
      ...(await options.environment?.(github)),
    },
    {
      log: options.log,
      onPublished,
      ...(options.pausesMs === undefined ? {} : { pausesMs: options.pausesMs }),
      ...(options.evidenceLastsMs === undefined ? {} : { evidenceLastsMs: options.evidenceLastsMs }),
      ...(options.writeSpacingMs === undefined ? {} : { writeSpacingMs: options.writeSpacingMs }),
      ...(options.dispatchPaceMs === undefined ? {} : { dispatchPaceMs: options.dispatchPaceMs }),
      ...(options.sweepEverySeconds === undefined
        ? {}
        : { schedule: { ...defaultSchedule, sweepMs: options.sweepEverySeconds * 1_000 } }),
    },
  );
  sandbox.setWebhook(app, { url: `${registrar.url}${webhookPath}`, secret: secrets.webhook });
  sandbox.setWebhook(authorApp, { url: `${registrar.url}${authorWebhookPath}`, secret: secrets.author });
  return registrar;
}
