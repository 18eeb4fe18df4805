import { gitRegistry } from "./git-registry.ts";
import { archive, version } from "./records.ts";

const platforms = ["linux_amd64", "linux_arm64", "darwin_arm64"];

type Files = Readonly<Record<string, unknown>>;

const provider = (versions: readonly string[], { protocols = "5.0", count = 2, withdrawn = [] as string[] } = {}) => ({
  withdrawn: withdrawn.map((one) => ({ version: one, reason: "leaks" })),
  versions: versions.map((text) =>
    version(text, { protocols: [protocols], targets: platforms.slice(0, count).map((platform) => archive(platform)) }),
  ),
});
const module = (...versions: string[]) => ({ versions: versions.map((text) => ({ version: text })) });

/** Of an address that ends: most of what it takes is to be removed. */
const many = ["1.4.0", "1.3.0", "1.2.0", "1.1.0", "1.0.0"];

/** What each commit changes: everything that can happen to what an address publishes, in few namespaces or in all. */
const changes: readonly Files[] = [
  {
    ".github/registrar.yml": "aliases:\n  hooli/dns: acme/dns\nnamespaces:\n  globex:\n    owner: acme\n",
    "keys/acme/a.asc": "one",
    "providers/acme/dns.json": provider(["1.1.0", "1.0.0"]),
    "providers/acme/net.json": provider(["2.0.0", "1.0.0"]),
    "providers/acme/gone.json": provider(many, { count: 3 }),
    "providers/Globex/queue.json": provider(["1.0.0", "0.9.0"]),
    "providers/initech/mail.json": provider(["1.0.0"]),
    "providers/umbrella/lab.json": provider(["3.0.0", "2.0.0", "1.0.0"]),
    "modules/Acme/net/aws.json": module("v1.0.0"),
    "modules/initech/dns/azure.json": module(...many),
  },
  // Additions, changed documents, a withdrawal, an end and a beginning, in some namespaces.
  {
    "providers/acme/dns.json": provider(["1.2.0", "1.1.0", "1.0.0"], { count: 3 }),
    "providers/acme/net.json": provider(["2.0.0", "1.0.0"], { withdrawn: ["1.0.0"], protocols: "6.0" }),
    "providers/acme/gone.json": null,
    "providers/acme/new.json": provider(many),
    "modules/Acme/net/aws.json": module("v1.0.0", "v2.0.0"),
    "providers/initech/mail.json": provider(["1.0.0"], { protocols: "6.0", count: 1 }),
  },
  // Another key, which every document of two namespaces carries; what one version was becomes another one.
  {
    "keys/acme/a.asc": "two",
    "providers/acme/net.json": provider(["3.0.0"]),
    "providers/umbrella/lab.json": provider(["3.0.0", "1.0.0"], { count: 1 }),
    "modules/initech/dns/azure.json": null,
  },
  // The configuration, so that everything is looked at: an alias moves on, a namespace has its own keys again.
  {
    ".github/registrar.yml": "aliases:\n  hooli/queue: globex/queue\n",
    "keys/globex/b.asc": "three",
    "providers/initech/mail.json": null,
    "providers/acme/gone.json": provider(["1.0.0", "0.1.0"]),
    "providers/acme/new.json": null,
    "modules/Acme/net/aws.json": module("v1.0.0"),
  },
];

/** A registry with a history of states that differ in all that can differ; commits oldest first. */
export async function killWorlds(): Promise<{ readonly repository: string; readonly commits: readonly string[] }> {
  const { folder, commit } = await gitRegistry();
  const commits: string[] = [];
  for (const files of changes) commits.push((await commit(files)).commit);
  return { repository: folder, commits };
}
