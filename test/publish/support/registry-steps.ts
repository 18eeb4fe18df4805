import fc from "fast-check";
import { foldName, type Layout } from "../../../src/registry/address.ts";
import { configurationPath, detectLayout } from "../../../src/registry/tree.ts";
import type { Files } from "./files.ts";
import { key, version } from "./records.ts";

/** Paths are those of the layout `plain`; they are written in the layout that the registry has, or `astray` in the other. */
type Change =
  | { readonly kind: "write"; readonly files: Files; readonly astray?: boolean }
  /** Of a file, or of all that begins so. */
  | { readonly kind: "move"; readonly from: string; readonly to: string }
  /** Everything into the other layout. */
  | { readonly kind: "turn" }
  /** To what was there so many commits ago. */
  | { readonly kind: "back"; readonly commits: number };

/** A commit, and how it is published. */
export interface Step {
  readonly change: Change;
  /** The publication dies when it has put that many folders. */
  readonly cutAfter?: number;
  /** Git does not know the commits before. */
  readonly isNew?: boolean;
  /** From then on. */
  readonly serverUrl?: string;
}

const kelvin = "\u212Aelvin";
const providers = [
  ...["acme/dns", "Acme/dns", "acme/DNS", "acme/net", "globex/dns", "Globex/dns", "hooli/dns", "old/dns"],
  ...["kelvin/dns", `${kelvin}/dns`, "initech/queue", "a_b/dns", "-x/dns"],
].map((name) => `providers/${name}.json`);
const modules = [
  ...["acme/net/aws", "Acme/net/aws", "acme/Net/aws", "globex/net/aws", "Globex/net/aws", "old/net/aws"],
  ...["a_b/net/aws", "acme/net/AWS"],
].map((name) => `modules/${name}.json`);
const keys = [
  ...["acme/a", "acme/z", "Acme/c", "acme/dns/b", "acme/DNS/d", "globex/a", "globex/dns/b", "hooli/a", "keyring/k"],
  ...["kelvin/k", "old/o", "-x/k"],
].map((name) => `keys/${name}.asc`);
const others = [
  ...["README.md", "providers/README.md", "providers/acme/.hidden.json", "providers/a/acme/.hidden.json"],
  ...["providers/a/acme/.too.json", "keys/acme/.hidden.asc", "modules/net.json", "keys/acme/notes.txt"],
  ...["providers/acme/deep/er.json", "providers/x/y/z/.json"],
];
const folders = ["acme", "Acme", "globex", "Globex", "hooli", "old", "kelvin", kelvin, "keyring"];

const texts = ["one", "two", "revoked one", "revoked", "bad"];
const head = fc.record(
  {
    warnings: fc.constantFrom(["Moved."], ["Moved to globex."], []),
    withdrawn: fc.constantFrom(
      [{ version: "1.1.0", reason: "leaks" }],
      [{ version: "1.1.0", reason: "It leaks." }],
      [{ version: "1.0.0", reason: "leaks", since: "2026-01-01T00:00:00Z" }],
      "1.1.0",
    ),
    repository: fc.constantFrom("https://github.com/other/place", "git@x:y/z"),
  },
  { requiredKeys: [] },
);
const names = fc.subarray(["1.0.0", "1.1.0", "2.0.0", "0.9"]);
const provider = fc
  .record({
    head,
    names,
    more: fc.record(
      {
        signed_by: fc.constantFrom(...["one", "two", "revoked"].map((name) => key(name).fingerprint)),
        protocols: fc.constantFrom(["5.0"], ["6.0"], ["x"]),
        targets: fc.constant([]),
      },
      { requiredKeys: [] },
    ),
  })
  .map((of): unknown => ({ ...of.head, versions: of.names.map((name) => version(name, of.more)) }));
const module = fc
  .record({ head, names, commit: fc.constantFrom({}, { commit: "c".repeat(40) }) })
  .map((of): unknown => ({ ...of.head, versions: of.names.map((name) => ({ version: `v${name}`, ...of.commit })) }));
const odd = fc.constantFrom<unknown>("{", { link: "net.json" }, { versions: {} });
const mostly = (right: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: odd });

const configuration = fc
  .record(
    {
      layout: fc.constantFrom("plain", "lettered"),
      paused: fc.boolean(),
      publish: fc.record({ base_url: fc.constantFrom("/", "/registry/", "https://files.example/") }),
      aliases: fc.record(
        {
          "old/dns": fc.constantFrom("acme/dns", "globex/dns", "hooli/DNS"),
          "kelvin/dns": fc.constantFrom("hooli/dns", "Acme/DNS"),
          "Old/net/aws": fc.constantFrom("acme/net/aws", "Globex/net/aws"),
          "initech/dns": fc.constantFrom("acme/dns", "globex/dns"),
        },
        { requiredKeys: [] },
      ),
      namespaces: fc.record(
        {
          globex: fc.constantFrom({ owner: "acme" }, { owner: "keyring" }),
          Old: fc.constantFrom({ owner: "Acme" }, { owner: "kelvin" }),
          hooli: fc.constantFrom({ owner: "keyring" }, { owner: "acme" }),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .map((settings) => JSON.stringify(settings));

const fileOf = (paths: readonly string[], content: fc.Arbitrary<unknown>) =>
  fc
    .record({ path: fc.constantFrom(...paths), content: fc.option(content, { freq: 4 }) })
    .map(({ path, content }) => ({ [path]: content }));
const someFiles = fc.oneof(
  { weight: 6, arbitrary: fileOf(providers, mostly(provider)) },
  { weight: 3, arbitrary: fileOf(modules, mostly(module)) },
  { weight: 4, arbitrary: fileOf(keys, mostly(fc.constantFrom(...texts))) },
  { weight: 3, arbitrary: fileOf([configurationPath], configuration) },
  { weight: 1, arbitrary: fileOf(others, fc.constantFrom("{}", "text")) },
);
const write = fc
  .record({ files: fc.array(someFiles, { minLength: 1, maxLength: 3 }), astray: fc.nat(40) })
  .map(({ files, astray }): Change => {
    const all: Files = Object.assign({}, ...files);
    return { kind: "write", files: all, ...(astray === 40 ? { astray: true } : {}) };
  });
const moveOf = (paths: readonly string[]) =>
  fc
    .record({ from: fc.constantFrom(...paths), to: fc.constantFrom(...paths) })
    .map((of): Change => ({ kind: "move", ...of }));
const move = fc.oneof(
  moveOf(providers),
  moveOf(modules),
  moveOf(keys),
  ...["providers", "modules", "keys"].map((root) => moveOf(folders.map((folder) => `${root}/${folder}/`))),
);
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 20, arbitrary: write },
  { weight: 6, arbitrary: move },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("turn") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("back"), commits: fc.integer({ min: 1, max: 3 }) }) },
);
const how = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.record({ cutAfter: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.constant({ isNew: true }) },
  { weight: 1, arbitrary: fc.record({ serverUrl: fc.constantFrom("https://github.com", "https://git.example") }) },
);

const filled: Files = {
  [configurationPath]: JSON.stringify({
    aliases: { "old/dns": "acme/dns", "Old/net/aws": "Globex/net/aws" },
    namespaces: { globex: { owner: "acme" }, Old: { owner: "kelvin" }, hooli: { owner: "keyring" } },
  }),
  "providers/acme/dns.json": { versions: [version("1.0.0")] },
  "providers/globex/dns.json": { versions: [version("1.0.0")] },
  "providers/hooli/dns.json": { versions: [version("1.0.0")] },
  "modules/globex/net/aws.json": { versions: [{ version: "v1.0.0" }] },
  "keys/acme/a.asc": "one",
  "keys/keyring/k.asc": "two",
};
const fill: Step = { change: { kind: "write", files: filled } };
const beginning = fc.constantFrom<readonly Step[]>([], [fill], [fill, { change: { kind: "turn" } }]);

/** Everything that can happen to a registry and to its publications: nothing that documents follow from stays as it is. */
export const historyOf = (length: { readonly minLength: number; readonly maxLength: number }) =>
  fc
    .tuple(
      beginning,
      fc.array(
        fc.tuple(change, how).map(([of, more]): Step => ({ change: of, ...more })),
        length,
      ),
    )
    .map(([begun, steps]) => [...begun, ...steps]);

/** What a change does to a registry that holds `now`, after `before`. */
export function filesOf(
  change: Change,
  { now, before }: { readonly now: Files; readonly before: readonly Files[] },
): Files {
  const layout = detectLayout(Object.keys(now));
  const at = (path: string, of: Layout = layout) => (of === "plain" ? path : lettered(path));
  if (change.kind === "write") {
    const written = change.astray === true ? otherThan(layout) : layout;
    return Object.fromEntries(Object.entries(change.files).map(([path, value]) => [at(path, written), value]));
  }
  if (change.kind === "move") {
    const [from, to] = [at(change.from), at(change.to)];
    return moved(now, (path) => (path.startsWith(from) ? `${to}${path.slice(from.length)}` : path));
  }
  if (change.kind === "turn") return moved(now, layout === "plain" ? lettered : plain);
  const then = before.at(-change.commits) ?? {};
  return { ...Object.fromEntries(Object.keys(now).map((path) => [path, null])), ...then };
}

function moved(now: Files, to: (path: string) => string): Files {
  const gone = Object.keys(now).filter((path) => to(path) !== path);
  const there = gone.map((path) => [to(path), now[path]]);
  return { ...Object.fromEntries(gone.map((path) => [path, null])), ...Object.fromEntries(there) };
}

const otherThan = (layout: Layout): Layout => (layout === "plain" ? "lettered" : "plain");
const lettered = (path: string): string =>
  path.replace(/^(providers|modules|keys)\/(.)/u, (_, root, letter) => `${root}/${foldName(letter)}/${letter}`);
const plain = (path: string): string => path.replace(/^(providers|modules|keys)\/[^/]+\/(?=.)/, "$1/");
