import { execFileSync, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** The name that clients know the registry of docs/hosting.md by. */
export const nginxHost = "registry.example.com";

/** The programs that `startNginx` needs and this machine does not have. */
export const missingForNginx = (): readonly string[] =>
  ["nginx", "openssl"].filter((program) => spawnSync(program, ["version"]).error !== undefined);

/** nginx as docs/hosting.md has it, on a free port of this machine, with a certificate made for it. */
export async function startNginx(
  folder: string,
  upstream: string,
): Promise<{
  readonly port: number;
  /** File of the certificate, which is its own authority. */
  readonly pem: string;
  stop(): Promise<void>;
}> {
  const page = readFileSync(join(import.meta.dirname, "../../docs/hosting.md"), "utf8");
  const [key, pem] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", `/CN=${nginxHost}`, "-addext", `subjectAltName=DNS:${nginxHost}`];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...made, "-keyout", key, "-out", pem, ...subject], { stdio: "ignore" });
  const port = await freePort();
  const server = (/```nginx\n([\s\S]*?)```/.exec(page)?.[1] ?? "")
    .replace("listen 443 ssl", `listen 127.0.0.1:${port} ssl`)
    .replace("http://127.0.0.1:8080", upstream)
    .replace("/etc/ssl/registry.example.com.pem", pem)
    .replace("/etc/ssl/registry.example.com.key", key);
  if (!server.includes(`${port} ssl`))
    throw new Error("docs/hosting.md has no configuration of nginx that listens on 443");
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (of) => `${of}_temp_path ${folder}/${of};`,
  );
  const configuration = join(folder, "nginx.conf");
  writeFileSync(
    configuration,
    `daemon off; pid ${folder}/pid; error_log ${folder}/log; events {} http { access_log off; ${temporary.join(" ")} ${server} }`,
  );
  const nginx = spawn("nginx", ["-c", configuration, "-e", `${folder}/log`], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => nginx.once("exit", () => resolve()));
  const stop = async () => {
    nginx.kill("SIGTERM");
    await ended;
  };
  for (let turn = 0; !(await answers(port)); turn += 1) {
    if (turn > 200 || nginx.exitCode !== null) {
      await stop();
      throw new Error(`nginx did not start: ${readFileSync(`${folder}/log`, "utf8")}`);
    }
    await pause(100);
  }
  return { port, pem, stop };
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => socket.end(() => resolve(true)));
    socket.once("error", () => resolve(false));
  });

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
