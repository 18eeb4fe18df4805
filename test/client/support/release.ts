import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import yazl from "yazl";
import { type Author, author } from "../../support/openpgp-author.ts";

export { type Author, author };

/** This machine's platform as Go and clients name it. */
const arch = process.arch === "x64" ? "amd64" : process.arch;
const os = process.platform === "win32" ? "windows" : process.platform;

export const ownPlatform = `${os}_${arch}`;

interface Options {
  /** As `linux_amd64`. Default: this machine's alone. */
  readonly platforms?: readonly string[];
  /** When it is signed; needed for a key that has expired since. */
  readonly signedAt?: Date;
}

/** The files of a signed provider release by their names, and the entry that a record has for it. */
export async function makeRelease(
  of: { readonly type: string; readonly version: string } & Options,
  signer: Author,
): Promise<{
  readonly files: Readonly<Record<string, Buffer>>;
  /** `base`: where the files are, without a slash at the end. */
  entry(base: string): Record<string, unknown>;
}> {
  const { type, version, platforms = [ownPlatform], signedAt } = of;
  const name = `terraform-provider-${type}_${version}`;
  const archives = await Promise.all(
    platforms.map(async (platform) => {
      const content = `no real provider for ${platform}; init only unpacks it\n`;
      const bytes = await zip(`terraform-provider-${type}_v${version}`, content);
      const shasum = createHash("sha256").update(bytes).digest("hex");
      return { platform, filename: `${name}_${platform}.zip`, bytes, shasum };
    }),
  );
  const sums = Buffer.from(archives.map(({ shasum, filename }) => `${shasum}  ${filename}\n`).join(""));
  const signature = await signer.sign(sums, signedAt === undefined ? {} : { date: signedAt, packet: true });
  return {
    files: {
      ...Object.fromEntries(archives.map(({ filename, bytes }) => [filename, bytes])),
      [`${name}_SHA256SUMS`]: sums,
      [`${name}_SHA256SUMS.sig`]: Buffer.from(signature),
    },
    entry: (base) => ({
      version,
      protocols: ["5.0"],
      shasums_url: `${base}/${name}_SHA256SUMS`,
      shasums_signature_url: `${base}/${name}_SHA256SUMS.sig`,
      targets: archives.map(({ platform, filename, shasum }) => {
        const [os, arch] = platform.split("_");
        return { os, arch, filename, download_url: `${base}/${filename}`, shasum };
      }),
    }),
  };
}

/** Serves the files of a provider release over HTTP, signed, and gives the entry of `versions` that a record has for it. */
export async function release(type: string, version: string, signer: Author): Promise<Record<string, unknown>> {
  const { files, entry } = await makeRelease({ type, version }, signer);
  const server = await serveFiles(files);
  onTestFinished(server.stop);
  return entry(server.url);
}

function zip(name: string, content: string): Promise<Buffer> {
  const file = new yazl.ZipFile();
  file.addBuffer(Buffer.from(content), name, { mode: 0o100755 });
  file.end();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    file.outputStream.on("data", (chunk: Buffer) => chunks.push(chunk));
    file.outputStream.on("end", () => resolve(Buffer.concat(chunks)));
    file.outputStream.on("error", reject);
  });
}

/** Files over HTTP by their names; whoever starts it ends it. */
export async function serveFiles(
  files: Readonly<Record<string, Buffer>>,
): Promise<{ readonly url: string; stop(): void }> {
  const server = createServer((request, response) => {
    const body = files[(request.url ?? "").slice(1)];
    response.writeHead(body === undefined ? 404 : 200, { "content-length": body?.length ?? 0 });
    response.end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
