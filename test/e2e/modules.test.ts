import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { composeService } from "../../src/compose/service.ts";
import { environmentOf } from "../../src/scenarios/environment.ts";
import { startStaticServer } from "../../src/web/static-server.ts";
import { aModuleAuthor } from "../support/stage/module-author.ts";
import { pollUntil } from "../support/stage/stage.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

const run = promisify(execFile);
const host = "registry.test.example";

/** The product's own queue, worker and publication against the stage's GitHub; jobs are sent by hand. */
async function aService(stage: TaskStage) {
  const folder = await mkdtemp(join(tmpdir(), "registrar-modules-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const service = composeService(
    environmentOf(stage, { folder, webhookSecret: "not used here", authorWebhookSecret: null }),
    { log: () => {}, pausesMs: [20, 50, 100, 200, 400], writeSpacingMs: 0 },
  );
  onTestFinished(() => service.stop());
  const work = async (...jobs: readonly Parameters<typeof service.queue.send>[0][]) => {
    for (const job of jobs) {
      await service.queue.send(job);
      await pollUntil("the end of all work", () => service.queue.size === 0, { everyMs: 10 });
    }
  };
  return { folder, work };
}

/** Gets a module as a user's `init` does; gives the folder in which its files are then, or null without a client. */
async function install(folder: string, serverUrl: string, version: string): Promise<string | null> {
  const server = await startStaticServer({ folder: join(folder, "published") });
  onTestFinished(() => server.stop());
  const user = join(folder, `user-${version}`);
  await mkdir(user);
  const services = `host "${host}" {\n  services = {\n    "modules.v1" = "${server.url}/v1/modules/"\n  }\n}\n`;
  await writeFile(join(user, "client.tfrc"), services);
  const source = `module "it" {\n  source  = "${host}/acme/storage/aws"\n  version = "${version}"\n}\n`;
  await writeFile(join(user, "main.tf"), source);
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: user,
    TF_CLI_CONFIG_FILE: join(user, "client.tfrc"),
    CHECKPOINT_DISABLE: "1",
    // Published addresses are https; the local GitHub has no certificate.
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `url.${serverUrl}/.insteadOf`,
    GIT_CONFIG_VALUE_0: `${serverUrl.replace("http:", "https:")}/`,
  };
  try {
    await run("terraform", ["init", "-no-color", "-input=false"], { cwd: user, env });
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return null;
    throw error;
  }
  return join(user, ".terraform", "modules", "it");
}

describe("when a module's author tags a version", () => {
  it("is bumped, verified, merged, published and installed at the tag's commit", async ({ skip }) => {
    const stage = await aTaskStage();
    const author = await aModuleAuthor(stage);
    const { folder, work } = await aService(stage);
    const second = await author.commit("second");
    await author.tag("v1.2.0", { annotated: true });
    // What comes afterwards must not reach users of v1.2.0.
    await author.commit("third");

    await work({ kind: "bump", path: author.path, tag: "v1.2.0" });
    expect(await stage.get<{ merged: boolean; title: string }>("pulls/1")).toMatchObject({
      merged: true,
      title: "acme/storage/aws v1.2.0",
    });
    expect((await author.versions()).map(({ version, commit }) => [version, commit])[0]).toEqual(["v1.2.0", second]);
    expect((await stage.comments(1)).join()).toContain("is verified and merged");

    await work({ kind: "publish" });
    const base = join(folder, "published", "v1", "modules", "acme", "storage", "aws");
    const list = JSON.parse(await readFile(join(base, "versions"), "utf8")) as unknown;
    expect(list).toEqual({ modules: [{ versions: [{ version: "1.2.0" }, { version: "1.0.0" }] }] });
    expect(await readFile(join(base, "1.2.0", "download"), "utf8")).toContain(`?ref=${second}`);

    const installed = await install(folder, stage.sandbox.serverUrl, "1.2.0");
    if (installed === null) return skip("terraform is not on this machine's PATH.");
    expect(await readFile(join(installed, "main.tf"), "utf8")).toContain("second");
    // Users of what was published keep it, whatever happens to the tag.
    await author.moveTag("v1.2.0", await author.commit("evil"));
    await work({ kind: "bump", path: author.path, tag: "v1.2.0" }, { kind: "publish" });
    expect(await readFile(join(base, "1.2.0", "download"), "utf8")).toContain(`?ref=${second}`);
  });
});
