import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { publish } from "../../src/publish/publish.ts";
import type { PublishSettings } from "../../src/publish/settings.ts";
import type { PublishTarget } from "../../src/publish/target.ts";
import { BoundedCache } from "../../src/web/bounded-cache.ts";
import { publishedPath } from "../../src/web/published-path.ts";
import { ServedRegistry } from "../../src/web/served-registry.ts";
import { schemaOf, schemas } from "./support/document-schemas.ts";
import { readTextKeys } from "./support/read-text-keys.ts";
import { archive, key, memoryTree, version } from "./support/records.ts";

/** A field as it should be, and now and then as a person or a program could have left it. */
const mostly = <T>(right: T, ...odd: readonly unknown[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant<unknown>(right) }, { weight: 1, arbitrary: fc.constantFrom(...odd) });
const url = (name: string) =>
  mostly(
    `https://x.example/${name}`,
    ...[
      "/relative",
      "//x.example/y",
      "ftp://x.example/y",
      "HTTPS://x.example/",
      "https://x:y/",
      "",
      null,
      undefined,
      7,
    ],
    ...["https:///none", "https://x.example/%zz", 'https://x.example/"', "https://x.example/a b", "http://x.example/y"],
  );
const versionText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("1.0.0", "1.1.0", "2.0.0", "1.0.0-RC1", "1.0.0-rc1", "v1.0.0", "3.0.0-a.1") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...["0.0.0", "1.0", "1", "01.0.0", "1.0.0+b1", "18446744073709551616.0.0", "1.0.0-9007199254740993", "1.0.0-"],
      ...["latest", "", " 1.0.0", "1.0.0/..", "..", "versions", "1.0.0-\u00e9", `1.0.0-${"a".repeat(130)}`, null, 1],
    ),
  },
);
const target = fc
  .record({
    platform: fc.constantFrom("linux_amd64", "linux_amd64", "darwin_arm64", "macOS_64bit", "linux_x86_64", "a/b_.."),
    download_url: url("a.zip"),
    filename: mostly("terraform-provider-dns_1.0.0_linux_amd64.zip", "terraform-provider-other.zip", "../a", "", null),
    shasum: mostly("ab".repeat(32), "AB".repeat(32), "ab", "", null, "g".repeat(64)),
  })
  .map(({ platform, ...more }) => archive(platform, more));
const providerVersion = fc
  .record({
    version: versionText,
    protocols: mostly(["5.0"], [], ["4.0"], ["6", "4.0"], ["5.0", "x"], [5], null, "5.0", ["18446744073709551616.0"]),
    shasums_url: url("sums"),
    shasums_signature_url: url("sums.sig"),
    targets: fc.oneof(
      { weight: 8, arbitrary: fc.array(target, { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
    signed_by: mostly(undefined, key("one").fingerprint, key("revoked").fingerprint, "AB".repeat(20), "x", ""),
  })
  .map(({ version: text, ...more }) => ({ ...version("1.0.0", more), version: text }));
const moduleVersion = fc.record(
  { version: versionText, commit: mostly("c".repeat(40), "", "abc", null, "C".repeat(40)) },
  { requiredKeys: ["version"] },
);
const head = fc.record(
  {
    warnings: mostly(["Moved."], [], null, "Moved.", [1], [""], ["\u001b[31m<b>\u2028"]),
    withdrawn: mostly(
      [],
      [{ version: "1.1.0", reason: "leaks" }],
      ["1.0.0-RC1"],
      null,
      "1.1.0",
      [{}],
      [{ version: "v1.0.0" }],
    ),
    repository: mostly(
      undefined,
      "https://github.com/other/place",
      "git@x:y/z",
      "https://github.com/other/..",
      "",
      null,
      3,
    ),
  },
  { requiredKeys: [] },
);
const record = <T>(one: fc.Arbitrary<T>) =>
  fc.oneof(
    {
      weight: 15,
      arbitrary: fc.tuple(head, fc.array(one, { maxLength: 5 })).map(([more, versions]) => ({ ...more, versions })),
    },
    { weight: 1, arbitrary: fc.constantFrom<unknown>({}, "{", "[]", { versions: null }, { versions: {} }) },
  );

const namespace = fc.constantFrom("acme", "Acme", "a_b", "x--y", "globex", "Kelvin", "constructor", "-x", "a.b");
const file = fc.oneof(
  fc
    .tuple(namespace, fc.constantFrom("dns", "DNS", "net", "terraform-x", "_"), record(providerVersion))
    .map(([of, type, content]) => [`providers/${of}/${type}.json`, content] as const),
  fc
    .tuple(namespace, fc.constantFrom("Net", "net", "n_t"), fc.constantFrom("aws", "AWS", "g-b"), record(moduleVersion))
    .map(([of, name, system, content]) => [`modules/${of}/${name}/${system}.json`, content] as const),
  fc
    .tuple(
      namespace,
      fc.constantFrom("a.asc", "dns/b.asc", "DNS/c.asc"),
      fc.constantFrom("one", "two", "revoked", "bad"),
    )
    .map(([of, name, content]) => [`keys/${of}/${name}`, content] as const),
);
const aliases = fc.dictionary(
  fc.constantFrom("old/dns", "Old/net/aws", "a_b/net/aws", "acme/dns", "no"),
  fc.constantFrom("acme/dns", "Acme/DNS", "acme/net/aws", "a_b/n_t/aws", "old/dns", "x"),
  { maxKeys: 3 },
);
const registry = fc.record({
  files: fc.array(file, { minLength: 1, maxLength: 12 }).map((entries) => Object.fromEntries(entries)),
  settings: fc.record<PublishSettings>({
    layout: fc.constantFrom("plain", null),
    aliases,
    namespaces: fc.constantFrom({}, { ACME: { owner: "globex" } }),
  }),
});

/** Everything that a publication puts, by its path; a path twice is an error. */
async function publishedFiles(files: Record<string, unknown>, settings: PublishSettings) {
  const found = new Map<string, string>();
  const target: PublishTarget = {
    label: "memory",
    open: async () => ({
      published: null,
      begin: async () => undefined,
      put: async ({ folder, documents }) => {
        for (const { path, body } of documents) {
          if (found.has(path) || !path.startsWith(`${folder}/`)) throw new Error(`${path} in ${folder}`);
          found.set(path, body);
        }
      },
      names: async () => [],
      finish: async () => ({ written: found.size, unchanged: 0, deleted: 0 }),
      close: async () => undefined,
    }),
  };
  await publish({ tree: memoryTree(files), target, settings, readKeys: readTextKeys });
  return found;
}

/** The paths that the lists speak of; each list is held against them, and they against it. */
function named(files: ReadonlyMap<string, string>): readonly string[] {
  const paths = [".well-known/terraform.json", "index/_namespaces.json"];
  const json = (path: string) => JSON.parse(files.get(path) ?? "null");
  const { namespaces, status } = json("index/_namespaces.json");
  // What is in no namespace has its place by itself.
  if (files.has("status/_registry.json")) paths.push("status/_registry.json");
  for (const of of status) paths.push(`status/${of}.json`);
  for (const of of namespaces) {
    paths.push(`index/${of}.json`);
    const { providers, modules } = json(`index/${of}.json`);
    for (const { address, versions, latest } of providers) {
      const listed = json(`v1/providers/${address}/versions`).versions;
      expect([listed.length, listed.some((one: { version: string }) => one.version === latest)]).toEqual([
        versions,
        true,
      ]);
      paths.push(`v1/providers/${address}/versions`);
      for (const one of listed)
        for (const { os, arch } of one.platforms)
          paths.push(`v1/providers/${address}/${one.version}/download/${os}/${arch}`);
    }
    for (const { address, versions } of modules) {
      const own = `v1/modules/${address}`;
      expect(json(`${own}/versions`).modules[0].versions).toHaveLength(versions);
      // The place in small letters may be another record's.
      for (const folder of new Set([own, own.toLowerCase()])) {
        const listed = json(`${folder}/versions`)?.modules[0].versions ?? [];
        if (listed.length > 0) paths.push(`${folder}/versions`);
        paths.push(...listed.map((one: { version: string }) => `${folder}/${one.version}/download`));
      }
    }
  }
  return paths;
}

const runs = { numRuns: 300 };

describe("whatever a registry holds", () => {
  it("is published as documents that fit their schemas, and lists name exactly the documents that there are", async () => {
    await fc.assert(
      fc.asyncProperty(registry, async ({ files, settings }) => {
        const found = await publishedFiles(files, settings);
        for (const [path, text] of found) {
          const fitting = schemas.filter(({ is }) => is(JSON.parse(text))).map(({ name }) => name);
          expect(fitting, `${path} ${text}`).toEqual([schemaOf(path)]);
          expect(publishedPath(`/${path}`)?.join("/"), path).toBe(path);
        }
        expect([...new Set(named(found))].sort()).toEqual([...found.keys()].sort());
      }),
      runs,
    );
  });

  it("is served as it is published", async () => {
    await fc.assert(
      fc.asyncProperty(registry, async ({ files, settings }) => {
        const found = await publishedFiles(files, settings);
        const tree = memoryTree(files, "a".repeat(40));
        const served = await ServedRegistry.open({
          tree,
          settings,
          readKeys: readTextKeys,
          records: new BoundedCache(2 ** 20),
        });
        for (const [path, body] of found) expect(await served.find(path.split("/")), path).toMatchObject({ body });
      }),
      runs,
    );
  });
});
