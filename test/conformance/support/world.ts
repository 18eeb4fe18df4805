import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Author, author, makeRelease, ownPlatform, serveFiles } from "../../client/support/release.ts";
import { git } from "../../publish/support/git.ts";
import { extended, revoked } from "../../support/openpgp-author.ts";

export const platforms = [...new Set([ownPlatform, "linux_amd64", "darwin_arm64", "windows_amd64"])];

/** A registry whose authors did everything that is worth a look, with their releases served over HTTP. */
export interface World {
  /** Everything of this world lies below it. */
  readonly folder: string;
  /** The registry's files: a text, or what is printed as JSON. */
  readonly files: Readonly<Record<string, unknown>>;
  /** Where the modules' repositories are. */
  readonly serverUrl: string;
  stop(): Promise<void>;
}

/** Seconds. */
const year = 365 * 24 * 3600;

interface Released {
  readonly signer: Author;
  readonly platforms?: readonly string[];
  readonly signedAt?: Date;
}

export async function aWorld(): Promise<World> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "registrar-clients-")));
  const files: Record<string, Buffer> = {};
  const server = await serveFiles(files);
  const released = async (type: string, version: string, { signer, ...more }: Released) => {
    const made = await makeRelease({ type, version, ...more }, signer);
    Object.assign(files, made.files);
    return made.entry(server.url);
  };
  const twoYearsAgo = new Date(Date.now() - 2 * year * 1000);
  const [acme, old, next, stranger, expired, subkey, leaked] = await Promise.all([
    author("acme"),
    author("old"),
    author("next"),
    author("stranger"),
    author("expired", { date: twoYearsAgo, keyExpirationTime: year }),
    author("subkey", { date: twoYearsAgo, signingSubkey: year }),
    author("leaked"),
  ]);
  const longAgo = new Date(twoYearsAgo.getTime() + 86_400_000);
  const fingerprintOf = ({ key }: Author) => key.getFingerprint().toUpperCase();
  const commit = await aModule(join(folder, "upstream", "Acme", "terraform-aws-network"));
  return {
    folder,
    serverUrl: `file://${join(folder, "upstream")}`,
    files: {
      "keys/acme/acme.asc": acme.text,
      "providers/Acme/Good.json": {
        versions: [
          await released("good", "1.1.0", { signer: acme, platforms }),
          await released("good", "1.0.0", { signer: acme }),
        ],
        warnings: ["Good will move."],
      },
      "providers/Acme/early.json": {
        versions: [
          await released("early", "2.0.0-RC1", { signer: acme }),
          await released("early", "1.0.0", { signer: acme }),
        ],
      },
      "providers/Acme/withdrawn.json": {
        versions: [
          await released("withdrawn", "1.1.0", { signer: acme }),
          await released("withdrawn", "1.0.0", { signer: acme }),
        ],
        withdrawn: [{ version: "1.1.0", reason: "leaks" }],
      },
      "keys/rotated/a.asc": old.text,
      "keys/rotated/b.asc": next.text,
      "providers/rotated/demo.json": {
        versions: [
          {
            ...(await released("demo", "2.0.0", { signer: next })),
            signed_by: fingerprintOf(next),
          },
          // An old record does not know who signed.
          await released("demo", "1.0.0", { signer: old }),
        ],
      },
      "keys/expired/expired.asc": expired.text,
      "providers/expired/late.json": {
        versions: [await released("late", "1.0.0", { signer: expired, signedAt: longAgo })],
      },
      // The same key twice: as it was, and as it is now.
      "keys/extended/2024.asc": expired.text,
      "keys/extended/2026.asc": await extended(expired, 0),
      "providers/extended/again.json": {
        versions: [await released("again", "1.0.0", { signer: expired, signedAt: longAgo })],
      },
      "keys/subkey/subkey.asc": subkey.text,
      "providers/subkey/late.json": {
        versions: [await released("late", "2.0.0", { signer: subkey, signedAt: longAgo })],
      },
      "keys/leaked/a.asc": await revoked(leaked),
      "keys/leaked/b.asc": next.text,
      "providers/leaked/demo.json": {
        versions: [
          { ...(await released("demo", "2.1.0", { signer: leaked })), signed_by: fingerprintOf(leaked) },
          await released("demo", "2.0.1", { signer: next }),
        ],
      },
      "keys/wrong/other.asc": acme.text,
      "providers/wrong/signed.json": { versions: [await released("signed", "1.0.0", { signer: stranger })] },
      "modules/Acme/network/aws.json": {
        versions: [
          { version: "v1.1.0", commit },
          { version: "v1.0.0", commit },
        ],
      },
    },
    stop: async () => {
      server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** A repository with one commit; its id. */
async function aModule(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  git(folder, "init", "-q", "-b", "main");
  await writeFile(join(folder, "main.tf"), 'output "name" {\n  value = "network"\n}\n');
  git(folder, "add", ".");
  git(folder, "commit", "-q", "-m", "network");
  return git(folder, "rev-parse", "HEAD");
}
