import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepareInput } from "./input.ts";
import { say } from "./measure.ts";
import { benchJudge } from "./parts/judge.ts";
import { benchPublish } from "./parts/publish.ts";
import { benchServe } from "./parts/serve.ts";
import { benchValidate } from "./parts/validate.ts";

// `npm run bench -- [PART…] [--registry FOLDER] [--rounds N]`: all parts write docs/benchmarks.md, some only print.

const parts = { judge: benchJudge, serve: benchServe, validate: benchValidate, publish: benchPublish } as const;
const { values, positionals } = parseArgs({
  options: { registry: { type: "string" }, rounds: { type: "string", default: "3" } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !(name in parts));
const rounds = Number(values.rounds);
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  say(
    `Expected parts among ${Object.keys(parts).join(", ")} and --rounds with a number, got ${process.argv.slice(2).join(" ")}.`,
  );
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "registrar-bench-"));
try {
  const started = performance.now();
  say("preparing the registry");
  const input = prepareInput({ folder, from: values.registry ?? null, rounds });
  const lines: string[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (positionals.length === 0 || positionals.includes(name)) lines.push(...(await part(input)));
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.version}`;
  const text = `# Benchmarks

Written by \`npm run bench\`, ${new Date().toISOString().slice(0, 10)}, in ${Math.round((performance.now() - started) / 60_000)} minutes, on ${machine}.
Input: ${input.what}. Each figure is the median of ${rounds} runs, in turn with its yardstick on the same machine; memory is the
highest sum over a program and all that it started. \`serve\`, nginx and the constant handler have one core, their load the other.

| what | Registrar | yardstick | Registrar against it | peak memory |
|---|---|---|---|---|
${lines.join("\n")}

\`--registry FOLDER\` takes any registry tree (a clone of one, or an unpacked archive); without it one is generated. \`--rounds N\`, and
the names of parts (${Object.keys(parts).join(", ")}), make it shorter; then the table is printed only. \`serve\` needs \`nginx\` and \`wrk\`.
How each part measures is said in \`bench/parts/\`.
`;
  if (positionals.length > 0) process.stdout.write(text);
  else writeFileSync(join(import.meta.dirname, "../docs/benchmarks.md"), text);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
