import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Null when gpg is there; else why what needs it is skipped. */
export const gpgMissing: string | null =
  spawnSync("gpg", ["--version"]).status === 0
    ? null
    : "gpg is not installed: keys and signatures made by it are not tested";

if (gpgMissing !== null) process.stderr.write(`skipped: ${gpgMissing}\n`);

export interface Gpg {
  /** Runs gpg; returns its output. Throws with what it said when it fails. */
  run(args: readonly string[], input?: string | Uint8Array): Buffer;
  /** Status lines of `gpg --verify`, such as `GOODSIG …`, over one file and one detached signature. */
  verify(data: Uint8Array, signature: Uint8Array): string;
  /** Makes a key without passphrase; returns its fingerprint. `at` is gpg's `--faked-system-time`, like `20200101T000000`. */
  generate(
    userId: string,
    options: {
      readonly algorithm: string;
      readonly expire?: string;
      readonly at?: string;
      readonly args?: readonly string[];
    },
  ): string;
  /** A detached signature, binary unless `args` say otherwise. */
  sign(
    data: Uint8Array,
    options: { readonly by: readonly string[]; readonly at?: string; readonly args?: readonly string[] },
  ): Uint8Array;
  /** The public keys in one armoured block. */
  export(...fingerprints: readonly string[]): string;
  /** The revocation certificate that gpg made with the key. */
  revocation(fingerprint: string): string;
  /** Ends this home's agent and removes the home. */
  close(): void;
}

/** gpg with a home of its own. */
export function openGpg(): Gpg {
  // Sockets of the agent live in the home, and a socket's path may have 107 characters.
  const home = mkdtempSync(join(tmpdir(), "gpg-"));
  const run: Gpg["run"] = (args, input) => {
    const common = [
      "--homedir",
      home,
      "--batch",
      "--yes",
      "--no-tty",
      "--pinentry-mode",
      "loopback",
      "--passphrase",
      "",
    ];
    const result = spawnSync("gpg", [...common, ...args], { input: input ?? "", maxBuffer: 1 << 26 });
    if (result.status !== 0) throw new Error(`gpg ${args.join(" ")}\n${result.stderr}`);
    return result.stdout;
  };
  // With the exclamation mark the clock stands still; else a second may pass while gpg works.
  const at = (time: string | undefined) => (time === undefined ? [] : ["--faked-system-time", `${time}!`]);
  return {
    run,
    verify(data, signature) {
      const paths = [join(home, "file.sig"), join(home, "file")] as const;
      writeFileSync(paths[0], signature);
      writeFileSync(paths[1], data);
      const result = spawnSync("gpg", ["--homedir", home, "--batch", "--status-fd", "1", "--verify", ...paths]);
      return `${result.stdout}`.replaceAll("[GNUPG:] ", "");
    },
    generate(userId, { algorithm, expire = "never", at: time, args = [] }) {
      const made = run([
        ...at(time),
        ...args,
        "--status-fd",
        "1",
        "--quick-generate-key",
        userId,
        algorithm,
        "sign",
        expire,
      ]);
      return /KEY_CREATED \w ([0-9A-F]{40})/.exec(`${made}`)?.[1] ?? "";
    },
    sign(data, { by, at: time, args = [] }) {
      const users = by.flatMap((user) => ["--local-user", user]);
      return Uint8Array.from(run([...at(time), ...args, ...users, "--detach-sign"], data));
    },
    export: (...fingerprints) => `${run(["--armor", "--export", ...fingerprints])}`,
    revocation(fingerprint) {
      // gpg keeps it from being used by accident with a colon before its BEGIN line.
      return readFileSync(join(home, "openpgp-revocs.d", `${fingerprint}.rev`), "utf8").replace(
        /^:-----BEGIN/m,
        "-----BEGIN",
      );
    },
    close() {
      spawnSync("gpgconf", ["--homedir", home, "--kill", "all"]);
      // The agent removes its sockets while it ends; where both remove at once, rmSync stops half-way without a word.
      for (let tries = 0; existsSync(home) && tries < 100; tries += 1) {
        rmSync(home, { recursive: true, force: true });
        if (existsSync(home)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      }
    },
  };
}
