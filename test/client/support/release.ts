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

/** Serves the files of a provider release over HTTP, signed, and gives the entry of `versions` that a record has for it. */
export async function release(type: string, version: string, signer: Author): Promise<Record<string, unknown>> {
  const name = `terraform-provider-${type}_${version}`;
  const filename = `${name}_${os}_${arch}.zip`;
  const archive = await zip(`terraform-provider-${type}_v${version}`, "no real provider; init only unpacks it\n");
  const shasum = createHash("sha256").update(archive).digest("hex");
  const sums = Buffer.from(`${shasum}  ${filename}\n`);
  const base = await serve({
    [`/${filename}`]: archive,
    [`/${name}_SHA256SUMS`]: sums,
    [`/${name}_SHA256SUMS.sig`]: Buffer.from(await signer.sign(sums)),
  });
  return {
    version,
    protocols: ["5.0"],
    shasums_url: `${base}/${name}_SHA256SUMS`,
    shasums_signature_url: `${base}/${name}_SHA256SUMS.sig`,
    targets: [{ os, arch, filename, download_url: `${base}/${filename}`, shasum }],
  };
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

async function serve(files: Readonly<Record<string, Buffer>>): Promise<string> {
  const server = createServer((request, response) => {
    const body = files[request.url ?? ""];
    response.writeHead(body === undefined ? 404 : 200, { "content-length": body?.length ?? 0 });
    response.end(request.method === "HEAD" ? undefined : body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
