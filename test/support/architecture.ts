import { dirname, join, normalize } from "node:path";

export interface SourceFile {
  /** From the project's root, e.g. `src/rules/scope.ts`. */
  readonly path: string;
  readonly text: string;
}

/** A part of the product: files below `at` (or the file itself), and the parts it may import beside itself. */
interface Part {
  readonly name: string;
  readonly at: readonly string[];
  readonly mayImport: readonly string[];
  /** Built-in modules it may use; absent: any. */
  readonly builtins?: readonly string[];
}

const pureBuiltins = ["node:crypto", "node:util"];

/** Most particular places first: a file belongs to the first part that holds it. Arrows point inward. */
const parts: readonly Part[] = [
  { name: "registry", at: ["src/registry"], mayImport: [], builtins: [] },
  {
    name: "upstream adapters",
    at: ["src/upstream/github-", "src/upstream/download.ts", "src/upstream/openpgp", "src/upstream/signature.ts"],
    mayImport: ["registry", "upstream", "github"],
  },
  { name: "upstream", at: ["src/upstream"], mayImport: ["registry"], builtins: pureBuiltins },
  { name: "ports", at: ["src/github/port.ts"], mayImport: ["registry"], builtins: [] },
  { name: "github", at: ["src/github"], mayImport: ["registry", "ports"] },
  { name: "rules", at: ["src/rules"], mayImport: ["registry", "upstream"], builtins: pureBuiltins },
  { name: "bump", at: ["src/bump"], mayImport: ["registry", "upstream", "rules"], builtins: pureBuiltins },
  { name: "policy", at: ["src/policy"], mayImport: ["registry", "upstream", "rules", "ports"], builtins: [] },
  { name: "publish targets", at: ["src/publish/targets"], mayImport: ["registry", "publish", "trees"] },
  { name: "publish", at: ["src/publish"], mayImport: ["registry"], builtins: [] },
  {
    name: "tasks",
    at: ["src/tasks"],
    mayImport: ["registry", "upstream", "ports", "rules", "policy", "bump", "publish"],
    builtins: pureBuiltins,
  },
  { name: "trees", at: ["src/trees"], mayImport: ["registry"] },
  { name: "client", at: ["src/client"], mayImport: ["registry"] },
  { name: "jobs", at: ["src/jobs"], mayImport: ["registry", "upstream", "ports", "tasks"] },
  { name: "config", at: ["src/config"], mayImport: ["registry"] },
  { name: "web", at: ["src/web"], mayImport: ["registry", "publish"] },
  {
    name: "compose",
    at: ["src/compose"],
    mayImport: [
      "registry",
      "upstream",
      "upstream adapters",
      "ports",
      "github",
      "publish",
      "publish targets",
      "tasks",
      "trees",
      "jobs",
      "config",
    ],
  },
  {
    name: "app",
    at: ["src/app", "src/index.ts", "src/server.ts"],
    mayImport: ["registry", "ports", "publish", "jobs", "config", "compose"],
  },
  { name: "sandbox", at: ["src/sandbox"], mayImport: [] },
  {
    name: "scenarios",
    at: ["src/scenarios"],
    mayImport: ["registry", "publish", "compose", "app", "web", "client", "sandbox"],
  },
  {
    name: "replay",
    at: ["src/replay"],
    mayImport: ["registry", "upstream", "compose", "app", "sandbox", "scenarios"],
  },
  {
    name: "cli",
    at: ["src/cli", "src/cli.ts"],
    mayImport: ["registry", "publish", "tasks", "compose", "config", "app", "web", "client", "scenarios", "replay"],
  },
];

/** Outside libraries and the only places that may import them. */
const homes: Readonly<Record<string, readonly string[]>> = {
  "@aws-sdk/client-s3": ["src/publish/targets/s3-store.ts"],
  "@octokit/auth-app": ["src/github"],
  "@octokit/graphql-schema": ["src/sandbox/graphql"],
  "@octokit/rest": ["src/github"],
  "@octokit/webhooks": ["src/app"],
  ajv: ["src/registry", "src/upstream", "src/publish/targets", "src/sandbox"],
  commander: ["src/cli"],
  "eckey-utils": ["src/upstream"],
  graphql: ["src/sandbox/graphql"],
  "jsonc-parser": ["src/registry"],
  "markdown-it": ["src/sandbox"],
  openpgp: ["src/upstream", "src/sandbox/author"],
  pino: ["src/server.ts"],
  probot: ["src/app", "src/index.ts"],
  "sanitize-html": ["src/sandbox"],
  semver: ["src/registry", "src/sandbox"],
  typebox: ["src/registry"],
  yaml: ["src/registry"],
  yauzl: ["src/upstream"],
  yazl: ["src/sandbox"],
};

/** Folders whose functions touch no file, network, clock, randomness, environment or logger. */
const pureFolders = ["src/registry", "src/rules", "src/policy", "src/bump", "src/publish/documents"];

/** Every module that a text imports or re-exports, dynamic imports included. */
export function readImports(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  // Between the keyword and `from` stand names, braces and commas only; anything else is other code with these words.
  const clauses = code.matchAll(/^\s*(?:import|export)\s+(?:type\s+)?[\w\s{},*$]*?\bfrom\s+["']([^"']+)["']/gm);
  const bare = code.matchAll(/^\s*import\s+["']([^"']+)["']/gm);
  const dynamic = code.matchAll(/\bimport\(\s*["']([^"']+)["']/g);
  return [...new Set([...clauses, ...bare, ...dynamic].flatMap((match) => match[1] ?? []))];
}

const lies = (path: string, at: string): boolean =>
  at.endsWith(".ts") ? path === at : path.startsWith(`${at}/`) || (/-$|openpgp$/.test(at) && path.startsWith(at));

const partOf = (path: string): Part | undefined => parts.find((part) => part.at.some((at) => lies(path, at)));

const resolved = (from: string, target: string): string => normalize(join(dirname(from), target));

/** One sentence for each import that points outward. */
export function findWrongArrows(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const part = partOf(file.path);
    if (part === undefined) return [`${file.path} belongs to no part; add it to test/support/architecture.ts.`];
    return readImports(file.text).flatMap((target) => wrongArrow(file.path, part, target));
  });
}

function wrongArrow(path: string, part: Part, target: string): string[] {
  if (target.startsWith("node:")) {
    if (part.builtins === undefined || part.builtins.includes(target)) return [];
    const does = /node:(fs|path)/.test(target) ? " (it reads files)" : "";
    return [`${path} imports ${target}${does}, but ${part.name} is pure: let an adapter do that and hand in data.`];
  }
  if (!target.startsWith(".")) return [];
  const to = resolved(path, target);
  const other = partOf(to);
  if (other === undefined) return to.startsWith("src/") ? [`${path} imports ${to}, which belongs to no part.`] : [];
  if (other === part || part.mayImport.includes(other.name)) return [];
  if (part.name === "sandbox") return [`${path} imports ${to}, but the sandbox imports nothing of the product.`];
  const may = part.mayImport.length === 0 ? "nothing else" : part.mayImport.join(", ");
  return [
    `${path} imports ${to}: the arrow from ${part.name} to ${other.name} is wrong; ${part.name} may import ${may}.`,
  ];
}

/** One sentence for each outside library that is used away from its home. */
export function findWrongHomes(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    readImports(text)
      .filter((target) => !target.startsWith(".") && !target.startsWith("node:"))
      .flatMap((target) => {
        const name = target
          .split("/")
          .slice(0, target.startsWith("@") ? 2 : 1)
          .join("/");
        const home = homes[name];
        if (home === undefined)
          return [`${path} imports ${name}, which has no home yet; give it one in test/support/architecture.ts.`];
        if (home.some((at) => lies(path, at))) return [];
        return [`${path} imports ${name}, whose home is ${home.join(" and ")}.`];
      }),
  );
}

/** The files of one import cycle, first and last the same; null when there is none. Types-only imports count too. */
export function findCycle(files: readonly SourceFile[]): readonly string[] | null {
  const graph = new Map(
    files.map(({ path, text }) => [
      path,
      readImports(text.replace(/^import type .*$/gm, ""))
        .filter((target) => target.startsWith("."))
        .map((target) => resolved(path, target)),
    ]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): readonly string[] | null => {
    const at = trail.indexOf(path);
    if (at !== -1) return [...trail.slice(at), path];
    if (done.has(path)) return null;
    for (const next of graph.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== null) return cycle;
    }
    done.add(path);
    return null;
  };
  for (const path of graph.keys()) {
    const cycle = visit(path, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

const impure =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.(?:env|stdout|stderr)|\bconsole\.|(?<![.\w])fetch\(|\bsetTimeout\(|\bcrypto\.random/g;

/** One sentence for each use of clock, chance, environment, network or logger in a pure folder. */
export function impureUses({ path, text }: SourceFile): string[] {
  if (!pureFolders.some((folder) => path.startsWith(`${folder}/`))) return [];
  return [...text.matchAll(impure)].map(
    (match) => `${path} uses ${match[0]}, but its folder is pure: take it as a value.`,
  );
}
