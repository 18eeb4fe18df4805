/** A registry of a few records and bumps of every kind, in the form of the real data. */

const hash = (seed: string): string => Buffer.from(seed.padEnd(32, ".")).toString("hex").slice(0, 64);

/** An entry as the data has it: two archives, in the author's own names. */
export function provider(
  address: string,
  version: string,
  own: { owner?: string; platforms?: readonly string[] } = {},
) {
  const [namespace = "", type = ""] = address.split("/");
  const { owner = namespace, platforms = ["linux_amd64", "darwin_arm64"] } = own;
  const at = (file: string) =>
    `https://github.com/${owner}/terraform-provider-${type}/releases/download/v${version}/${file}`;
  const name = `terraform-provider-${type}_${version}`;
  return {
    version,
    protocols: ["5.0"],
    shasums_url: at(`${name}_SHA256SUMS`),
    shasums_signature_url: at(`${name}_SHA256SUMS.sig`),
    targets: platforms.map((platform) => {
      const [os = "", arch = ""] = platform.split("_");
      const filename = `${name}_${platform}.zip`;
      return { os, arch, filename, download_url: at(filename), shasum: hash(`${address} ${version} ${platform}`) };
    }),
  };
}

export const change = (path: string, what: object) => ({
  path,
  status: "M",
  had: 1,
  has: 2,
  added: [],
  removed: [],
  changed: [],
  ...what,
});

export const dns = "providers/acme/dns.json";
export const web = "providers/Globex/web.json";
export const network = "modules/acme/network/aws.json";

const text = (value: unknown) => JSON.stringify(value, null, 2);

export const files: Readonly<Record<string, string>> = {
  [dns]: text({
    repository: "https://github.com/acme/terraform-provider-dns",
    // Old dirt: one platform twice, and a version that is none.
    versions: [
      provider("acme/dns", "1.0.0", { platforms: ["linux_amd64", "linux_amd64"] }),
      provider("acme/dns", "0.9"),
    ],
  }),
  [web]: text({
    repository: "https://github.com/Globex/terraform-provider-web",
    versions: [provider("Globex/web", "2.0.0")],
  }),
  [network]: text({ versions: [{ version: "v1.0.0" }, { version: "nightly" }] }),
};
