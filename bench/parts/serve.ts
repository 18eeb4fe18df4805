import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { git, type Input } from "../input.ts";
import { median, say, seconds } from "../measure.ts";

const root = join(import.meta.dirname, "..");
const durationSeconds = 4;
const sampled = 1000;
const ports = { serve: 18_180, nginx: 18_181, bare: 18_182 } as const;
type Server = keyof typeof ports;

/** Server and generator each have a core of their own, where there are two. */
const pinned = (core: number, command: readonly string[]): readonly string[] =>
  cpus().length > 1 && existsSync("/usr/bin/taskset") ? ["taskset", "-c", `${core}`, ...command] : command;

/** `serve`, nginx with the same files and a handler that returns a constant, in turn under the same load by wrk. */
export async function benchServe(input: Input): Promise<readonly string[]> {
  const missing = ["nginx", "wrk"].filter((name) => !has(name));
  if (missing.length > 0) throw new Error(`serve needs ${missing.join(" and ")}: apt-get install nginx-light wrk`);
  const wanted = samplePaths(input);
  const children: ChildProcess[] = [];
  const start = (command: readonly string[]) => {
    const [program = "", ...args] = pinned(1, command);
    const child = spawn(program, args, { stdio: "ignore" });
    children.push(child);
    return child;
  };
  try {
    const cli = join(root, "../src/cli.ts");
    const ours = start([process.execPath, cli, "serve", "--registry", input.registry, "--port", `${ports.serve}`]);
    await until(ports.serve, wanted[0] ?? "");
    const answers = await Promise.all(
      wanted.map(async (path) => {
        const answer = await get(ports.serve, path);
        return { path, ok: answer.ok, body: Buffer.from(await answer.arrayBuffer()) };
      }),
    );
    // Of a real registry some versions are no client's to use, and not published.
    const published = answers.filter(({ ok }) => ok);
    const [paths, bodies] = [published.map(({ path }) => path), published.map(({ body }) => body)];
    start(["nginx", "-c", nginxFiles(input, paths, bodies)]);
    const constant = join(input.folder, "bare.mjs");
    const size = Math.round(median(bodies.map(({ length }) => length)));
    writeFileSync(constant, bareHandler(size));
    start([process.execPath, constant]);
    for (const server of ["nginx", "bare"] as const) await until(ports[server], paths[0] ?? "");
    const script = join(input.folder, "paths.lua");
    writeFileSync(script, lua(paths));
    const rates: Record<Server, number[]> = { serve: [], nginx: [], bare: [] };
    for (let round = 1; round <= input.rounds; round += 1) {
      for (const server of Object.keys(ports) as Server[]) {
        const rate = wrk(ports[server], script);
        rates[server].push(rate);
        say(`serve: round ${round} of ${input.rounds}, ${server}: ${rate.toFixed(0)} requests a second`);
      }
    }
    const [mine, nginx, bare] = (["serve", "nginx", "bare"] as const).map((server) => median(rates[server])) as [
      number,
      number,
      number,
    ];
    const half = Math.round(mine / 2);
    const latency = paced("serve", half, paths);
    const bareLatency = paced("bare", half, paths);
    const memory = `${(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${ours.pid}/status`, "utf8"))?.[1]) / 1024).toFixed(0)} MB`;
    const perSecond = (rate: number) => `${Math.round(rate)} requests/s`;
    return [
      `| serve ${paths.length} documents of ${size} bytes (median) | ${perSecond(mine)} | nginx, the same files: ${perSecond(nginx)} | ${(mine / nginx).toFixed(2)} of it | ${memory} |`,
      `| | | \`node:http\`, a constant: ${perSecond(bare)} | ${(mine / bare).toFixed(2)} of it | |`,
      `| latency at ${perSecond(half)}, half of that | ${latency} | \`node:http\`, a constant: ${bareLatency} | | |`,
    ];
  } finally {
    for (const child of children) child.kill("SIGTERM");
  }
}

const has = (program: string): boolean => {
  try {
    execFileSync("which", [program], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

const get = (port: number, path: string) => fetch(`http://127.0.0.1:${port}${path}`);

async function until(port: number, path: string): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) {
    const answer = await get(port, path).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
  }
  throw new Error(`Nothing answers on port ${port}.`);
}

/** Version lists and download documents of providers from all over the registry. */
function samplePaths({ registry }: Input): readonly string[] {
  const records = git(registry, "ls-files", "providers").split("\n");
  const step = Math.max(1, Math.floor(records.length / sampled));
  const found = records.flatMap((path, at) => {
    if (at % step !== 0) return [];
    const address = path.split("/").slice(-2).join("/").replace(".json", "").toLowerCase();
    const { versions } = JSON.parse(readFileSync(join(registry, path), "utf8")) as {
      versions: { version: string; targets: { os: string; arch: string; shasum: string }[] }[];
    };
    const [first] = versions;
    const [target] = first?.targets ?? [];
    const isPlain = /^\d+\.\d+\.\d+$/.test(first?.version ?? "") && /^[0-9a-f]{64}$/.test(target?.shasum ?? "");
    if (first === undefined || target === undefined || !isPlain || path.split("/").length !== 3) return [];
    const top = `/v1/providers/${address}`;
    return [`${top}/versions`, `${top}/${first.version}/download/${target.os}/${target.arch}`];
  });
  return found.slice(0, sampled);
}

/** Debian's own settings where they matter (sendfile, tcp_nopush, gzip on), without a log, which `serve` has none of. */
function nginxFiles({ folder }: Input, paths: readonly string[], bodies: readonly Buffer[]): string {
  const www = join(folder, "www");
  for (const [at, path] of paths.entries()) {
    mkdirSync(dirname(join(www, path)), { recursive: true });
    writeFileSync(join(www, path), bodies[at] ?? "");
  }
  const file = join(folder, "nginx.conf");
  writeFileSync(
    file,
    `daemon off; user root; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log;
events { worker_connections 768; }
http { sendfile on; tcp_nopush on; gzip on; access_log off; default_type application/json; keepalive_requests 1000000;
  server { listen 127.0.0.1:${ports.nginx}; root ${www}; } }
`,
  );
  return file;
}

const bareHandler = (size: number): string => `import { createServer } from "node:http";
const body = "x".repeat(${size});
createServer((request, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}).listen(${ports.bare}, "127.0.0.1");
`;

const lua = (paths: readonly string[]): string => `local paths = { ${paths.map((path) => `"${path}"`).join(", ")} }
local at = 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
`;

function wrk(port: number, script: string): number {
  const url = `http://127.0.0.1:${port}/`;
  const [program = "", ...args] = pinned(0, ["wrk", "-t1", "-c32", `-d${durationSeconds}s`, "-s", script, url]);
  const output = execFileSync(program, args, { encoding: "utf8" });
  if (/Non-2xx/.test(output)) throw new Error(output);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
}

/** Latency in words, at a rate that the server can keep up with. */
function paced(server: Server, rate: number, paths: readonly string[]): string {
  say(`serve: ${rate} requests a second, ${server}`);
  const load = [process.execPath, join(root, "paced-load.ts"), `${ports[server]}`, `${rate}`, "10"];
  const [program = "", ...args] = pinned(0, load);
  const output = execFileSync(program, args, { input: JSON.stringify(paths), encoding: "utf8" });
  const { p50, p99 } = JSON.parse(output) as { readonly p50: number; readonly p99: number };
  return `p50 ${seconds(p50)}, p99 ${seconds(p99)}`;
}
