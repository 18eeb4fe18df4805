import { join } from "node:path";
import { type ListedRule, listedRules, noticing, ownTest } from "./rule-exports.ts";
import { runTests, type TestRun } from "./run-tests.ts";

// Breaks each rule in turn and says which test notices first: `npm run mutate`.

const root = join(import.meta.dirname, "../..");

async function noticedBy({ name, rule }: ListedRule): Promise<TestRun["failed"]> {
  const own = ownTest(root, rule);
  const first = own === undefined ? null : (await runTests([`test/rules/${own}`], name)).failed;
  return first ?? (await runTests(noticing, name)).failed;
}

async function main(wanted: readonly string[]): Promise<number> {
  const all = listedRules();
  const unknown = wanted.filter((name) => all.every((listed) => listed.name !== name));
  if (unknown.length > 0) {
    say(`No rule is called ${unknown.join(", ")}; there are ${all.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  const started = performance.now();
  const sound = await runTests(noticing, "");
  if (sound.failed !== null) {
    say(`With no rule broken a test fails already: ${sound.failed.file}: ${sound.failed.test}`);
    return 2;
  }
  say(`${sound.tests} tests pass while no rule is broken.`);
  const chosen = wanted.length === 0 ? all : all.filter(({ name }) => wanted.includes(name));
  const missed: string[] = [];
  for (const listed of chosen) {
    const failed = await noticedBy(listed);
    if (failed === null) missed.push(listed.name);
    say(failed === null ? `MISSED  ${listed.name}` : `caught  ${listed.name}: ${failed.file}: ${failed.test}`);
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  say(`${chosen.length - missed.length} of ${chosen.length} broken rules are noticed by a test, in ${seconds} s.`);
  if (missed.length > 0) say(`Nothing notices that these judge nothing: ${missed.join(", ")}. Write a test for each.`);
  return missed.length > 0 ? 1 : 0;
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

process.exitCode = await main(process.argv.slice(2));
