import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { registryRepository } from "../../src/scenarios/demo.ts";
import { folderWith, registrar } from "../support/cli.ts";
import { pushToMain } from "../support/stage/by-hand.ts";
import { aTaskStage, type TaskStage } from "../support/stage/task-stage.ts";

function aFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = folderWith(files);
  onTestFinished(() => folder.remove());
  return folder.path;
}

/** What the server's environment says, for the local GitHub. */
const environmentOf = ({ sandbox, app }: TaskStage) => ({
  APP_ID: String(app.id),
  PRIVATE_KEY: app.privateKey,
  REGISTRAR_REPOSITORY: registryRepository,
  GITHUB_SERVER_URL: sandbox.serverUrl,
  GITHUB_API_URL: sandbox.apiUrl,
});

const bump = (stage: TaskStage, ...options: readonly string[]) =>
  registrar(["bump", "--all", ...options], { cwd: aFolder(), env: environmentOf(stage) });

async function release(stage: TaskStage, type: string, wish: { version: string; tamper?: "checksum" }) {
  const author = stage.authors.find(({ provider }) => provider.type === type);
  await author?.cutRelease({ published: new Date(Date.now() - 60_000).toISOString(), ...wish });
}

describe("registrar bump --all", () => {
  it("says in a dry run what it would open, as one JSON object, and writes nothing", async () => {
    const stage = await aTaskStage();
    await release(stage, "dns", { version: "9.0.0" });
    const { exit, stdout, stderr } = await bump(stage, "--dry-run", "--json");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      dryRun: true,
      skipped: null,
      records: 3,
      glanced: 3,
      looks: [{ path: "providers/acme/dns.json", reason: "new" }],
      unknown: [],
      pullRequests: [0],
      plan: {
        single: [{ path: "providers/acme/dns.json", branch: { title: "acme/dns 9.0.0" } }],
        groups: [],
        left: [],
      },
      refused: [],
    });
    expect(exit).toBe(0);
    expect(stage.writes()).toEqual([]);
  });

  it("opens the pull requests, and the next run has nothing to do", async () => {
    const stage = await aTaskStage();
    await release(stage, "dns", { version: "9.0.0" });
    const first = await bump(stage, "--json");
    expect([first.exit, JSON.parse(first.stdout).pullRequests]).toEqual([0, [1]]);
    expect(await stage.get("pulls")).toMatchObject([{ title: "acme/dns 9.0.0", user: { login: "registrar[bot]" } }]);
    stage.writes();
    // Nothing is remembered in another folder; it finds the open one.
    const second = await bump(stage, "--json");
    expect([second.exit, JSON.parse(second.stdout).pullRequests]).toEqual([0, []]);
    expect(stage.writes()).toEqual([]);
  });

  it("tells people in lines what it would open, what it leaves out and why", async () => {
    const stage = await aTaskStage();
    await pushToMain(stage, { ".github/registrar.yml": "policy: {settle: 0s}\nbump: {group_above: 1}\n" });
    for (const type of ["dns", "queue"]) await release(stage, type, { version: "9.0.0" });
    const author = stage.authors.find(({ provider }) => provider.type === "dns");
    await author?.cutRelease({ version: "0.0.9", published: "2020-01-01T00:00:00Z", tamper: "checksum" });
    const { exit, stdout } = await bump(stage, "--dry-run");
    expect(stdout.split("\n")).toEqual([
      "  would open: 2 new versions of 2 records",
      "      acme/dns 9.0.0",
      "      globex/queue 9.0.0",
      expect.stringMatching(/^ {2}left out: providers\/acme\/dns\.json 0\.0\.9: .*SHA256SUMS/),
      "3 records, 3 upstreams looked at, 1 bumps: nothing was written",
      "",
    ]);
    expect(exit).toBe(0);
  });

  it("says which upstreams it could not look at, and that the answer is not whole", async () => {
    const stage = await aTaskStage();
    stage.sandbox.deleteRepository("globex/terraform-provider-queue");
    const whole = await bump(stage, "--dry-run", "--json");
    expect(JSON.parse(whole.stdout)).toMatchObject({ ok: false, unknown: [{ path: "providers/globex/queue.json" }] });
    expect(whole.exit).toBe(1);
    const { exit, stdout } = await bump(stage, "--dry-run");
    expect(stdout).toMatch(/unknown: providers\/globex\/queue\.json: .*does not exist or is not public/);
    expect(exit).toBe(1);
  });

  it.each([
    ["are switched off", "bump: {enabled: false}\n", /Nothing is bumped: .*bump\.enabled: false/],
    ["cannot be, since the configuration is wrong", "polcy: {}\n", /Nothing is bumped: .*polcy/],
  ])("refuses where bumps %s", async (_what, text, says) => {
    const stage = await aTaskStage();
    await pushToMain(stage, { ".github/registrar.yml": text });
    const { exit, stderr, stdout } = await bump(stage);
    expect(stderr).toMatch(says);
    expect([exit, stdout]).toEqual([2, ""]);
  });

  it("asks the sandbox that runs in this folder where the environment names no registry", async () => {
    const stage = await aTaskStage();
    await release(stage, "dns", { version: "9.0.0" });
    const { serverUrl, apiUrl } = stage.sandbox;
    const { id, privateKey } = stage.app;
    const cwd = aFolder();
    const state = {
      pid: process.pid,
      serverUrl,
      apiUrl,
      repository: registryRepository,
      registryUrl: serverUrl,
      token: "",
      app: { appId: String(id), privateKey },
      dataFolder: join(cwd, "data"),
    };
    const folder = aFolder({ "var/sandbox.json": JSON.stringify(state) });
    const { exit, stdout } = await registrar(["bump", "--all", "--dry-run"], { cwd: folder });
    expect(stdout).toContain("would open: acme/dns 9.0.0");
    expect(exit).toBe(0);
  });
});

describe("registrar bump", () => {
  it("wants to be told that every record is meant", async () => {
    const { exit, stdout } = await registrar(["bump", "--json"], { cwd: aFolder() });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: "bad-argument" } });
    expect(JSON.parse(stdout).error.message).toContain("--all");
    expect(exit).toBe(2);
  });

  it("names everything that the environment lacks", async () => {
    const { exit, stderr } = await registrar(["bump", "--all"], { cwd: aFolder() });
    expect(stderr).toMatch(/APP_ID[\s\S]*PRIVATE_KEY[\s\S]*REGISTRAR_REPOSITORY/);
    expect(exit).toBe(2);
  });

  it("tells by its exit code that GitHub does not answer", async () => {
    const stage = await aTaskStage();
    const env = { ...environmentOf(stage), GITHUB_API_URL: "http://127.0.0.1:9/api/v3" };
    const { exit, stderr } = await registrar(["bump", "--all"], { cwd: aFolder(), env });
    expect(stderr).toMatch(/GitHub did not answer/);
    expect(exit).toBe(3);
  });
});
