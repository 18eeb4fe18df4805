import { judge } from "../../src/rules/verdict.ts";
import { registry } from "../../test/support/builders/registry.ts";
import { release } from "../../test/support/builders/release.ts";
import type { Input } from "../input.ts";
import { median, say, seconds } from "../measure.ts";

const systems = ["darwin", "freebsd", "linux", "netbsd", "openbsd", "windows", "solaris"];
const platforms = systems.flatMap((os) => [`${os}_amd64`, `${os}_arm64`]);

/** One bump with 14 archives judged, all evidence at hand: the first time in a process, and when it is warm. */
export async function benchJudge({ rounds }: Input): Promise<readonly string[]> {
  say("judge");
  const world = registry().withProvider("acme/dns", ["1.0.0"]).adding(release("1.1.0", { platforms }));
  const once = () => {
    const started = performance.now();
    const { outcome } = judge(world.input);
    if (outcome !== "pass") throw new Error(`The bump is judged "${outcome}".`);
    return performance.now() - started;
  };
  const first = once();
  const warm = Array.from({ length: 20 * rounds }, once);
  const text = JSON.stringify(world.input);
  const parse = Array.from({ length: 20 * rounds }, () => {
    const started = performance.now();
    JSON.parse(text);
    return performance.now() - started;
  });
  const memory = `${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MB`;
  return [
    `| judge one bump with 14 archives, first in a process | ${seconds(first)} | | | ${memory} |`,
    `| the same, warm | ${seconds(median(warm))} | \`JSON.parse\` of what is judged: ${seconds(median(parse))} | ${(median(warm) / median(parse)).toFixed(0)} times as long | |`,
  ];
}
