import { describe, expect, it } from "vitest";
import { providerDownloads } from "../../../src/publish/documents/provider-download.ts";
import { usableProvider } from "../../../src/publish/usable/provider.ts";
import { archive, key, providerRecord, version } from "../support/records.ts";

const render = (versions: readonly unknown[], keys = [key("one")]) =>
  providerDownloads("v1/providers/acme/dns", usableProvider(providerRecord(versions), keys));

describe("providerDownloads", () => {
  it("has one document for each archive", () => {
    const documents = render([version("1.0.0", { targets: [archive("linux_amd64"), archive("windows_386")] })]);
    expect(documents.map(({ path, kind }) => [path, kind])).toEqual([
      ["v1/providers/acme/dns/1.0.0/download/linux/amd64", "document"],
      ["v1/providers/acme/dns/1.0.0/download/windows/386", "document"],
    ]);
  });

  it("says everything that a client needs", () => {
    const [document] = render([version("1.0.0", { protocols: ["6.0"] })]);
    const base = "https://github.com/acme/terraform-provider-dns/releases/download/v1.0.0/terraform-provider-dns_1.0.0";
    expect(JSON.parse(document?.body ?? "")).toEqual({
      protocols: ["6.0"],
      os: "linux",
      arch: "amd64",
      filename: "terraform-provider-dns_1.0.0_linux_amd64.zip",
      download_url: `${base}_linux_amd64.zip`,
      shasums_url: `${base}_SHA256SUMS`,
      shasums_signature_url: `${base}_SHA256SUMS.sig`,
      shasum: "ab".repeat(32),
      signing_keys: { gpg_public_keys: [{ key_id: key("one").keyId, ascii_armor: key("one").armor }] },
    });
  });

  it("writes hashes in lower case", () => {
    const [document] = render([version("1.0.0", { targets: [archive("linux_amd64", { shasum: "AB".repeat(32) })] })]);
    expect(JSON.parse(document?.body ?? "").shasum).toBe("ab".repeat(32));
  });

  it("keeps the version's case in its path", () => {
    expect(render([version("1.0.0-RC1")])[0]?.path).toBe("v1/providers/acme/dns/1.0.0-RC1/download/linux/amd64");
  });

  it("gives each version its own key", () => {
    const [two, one] = render(
      [
        version("2.0.0", { signed_by: key("two").fingerprint }),
        version("1.0.0", { signed_by: key("one").fingerprint }),
      ],
      [key("one"), key("two")],
    );
    expect(JSON.parse(two?.body ?? "").signing_keys.gpg_public_keys).toEqual([
      { key_id: key("two").keyId, ascii_armor: key("two").armor },
    ]);
    expect(JSON.parse(one?.body ?? "").signing_keys.gpg_public_keys).toEqual([
      { key_id: key("one").keyId, ascii_armor: key("one").armor },
    ]);
  });

  it("has an empty list where no key applies", () => {
    expect(JSON.parse(render([version("1.0.0")], [])[0]?.body ?? "").signing_keys).toEqual({ gpg_public_keys: [] });
  });
});
