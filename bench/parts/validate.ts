import { join } from "node:path";
import type { Input } from "../input.ts";
import { measure, median, type Run, say, seconds } from "../measure.ts";

const cli = join(import.meta.dirname, "../../src/cli.ts");
const parseAll = `
  const { readdirSync, readFileSync } = require("node:fs");
  let count = 0;
  for (const top of ["providers", "modules"])
    for (const name of readdirSync(top, { recursive: true }))
      if (name.endsWith(".json")) { JSON.parse(readFileSync(top + "/" + name, "utf8")); count += 1; }
  console.log(count);`;

/** A look at every record and key, in turn with a program that only reads and parses the same files. */
export async function benchValidate({ registry, rounds }: Input): Promise<readonly string[]> {
  const ours: Run[] = [];
  const bare: Run[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    say(`validate: round ${round} of ${rounds}`);
    ours.push(await measure(process.execPath, [cli, "validate", "--registry", registry, "--json"]));
    bare.push(
      await measure(
        process.execPath,
        [
          "-e",
          `const { existsSync } = require("node:fs");${parseAll.replace('["providers", "modules"]', '["providers", "modules"].filter((name) => existsSync(name))')}`,
        ],
        registry,
      ),
    );
  }
  const [mine, theirs] = [ours, bare].map((runs) => median(runs.map(({ ms }) => ms)));
  const peak = Math.max(...ours.map(({ peakMb }) => peakMb));
  return [
    `| validate the registry | ${seconds(mine ?? 0)} | \`JSON.parse\` of all files: ${seconds(theirs ?? 0)} | ${((mine ?? 0) / (theirs || 1)).toFixed(1)} times as long | ${peak.toFixed(0)} MB |`,
  ];
}
