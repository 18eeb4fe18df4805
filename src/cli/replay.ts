import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { composeTree } from "../compose/trees.ts";
import { errorMessage, RegistrarError } from "../registry/errors.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import { type ReplayReport, replay } from "../replay/replay.ts";
import { isSound, type PlayedLine } from "../replay/report.ts";
import { exitCodes, print, runCommand } from "./output.ts";

interface Options {
  readonly registry: string;
  readonly bumps: string;
  readonly limit?: string;
  readonly profile?: boolean;
  readonly json?: boolean;
}

export function addReplay(program: Command): void {
  program
    .command("replay")
    .description("play real bumps of a registry as pull requests against the sandbox, and say how each ends")
    .requiredOption("--registry <folder>", "folder of the registry, in the state after the newest bump")
    .requiredOption("--bumps <file>", "one bump a line, newest first (docs/replay.md)")
    .option("--limit <n>", "play only the first n")
    .option("--profile", "also say where our own time goes")
    .option("--json", "print one JSON object a line: one for each bump, the totals last")
    .addHelpText(
      "after",
      "\nExits with 1 when a bump could not be played, a job was lost, or GitHub was asked what it does not allow.",
    )
    .action((options: Options) => runCommand(options.json === true, () => playAll(options)));
}

async function playAll(options: Options): Promise<number> {
  const json = options.json === true;
  const report = await replay({
    tree: await composeTree(options.registry),
    lines: await readLines(options.bumps),
    limit: parseLimit(options.limit),
    profile: options.profile === true,
    onPlayed: (line) => print(json ? JSON.stringify(line) : lineText(line)),
  });
  if (json) {
    const { totals, profile } = report;
    print(JSON.stringify({ totals, ...(options.profile === true ? { profile } : {}) }));
  } else print(reportText(report));
  return isSound(report.totals) ? exitCodes.ok : exitCodes.no;
}

async function readLines(file: string): Promise<readonly string[]> {
  try {
    return (await readFile(file, "utf8")).split("\n").filter((line) => line.trim() !== "");
  } catch (cause) {
    const message = `The file ${quoted(file)} cannot be read (${errorMessage(cause)}). Name a file with one bump a line.`;
    throw new RegistrarError("bad-argument", message, { cause });
  }
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new RegistrarError("bad-argument", `The limit must be a number above 0, got ${quoted(text)}.`);
}

function lineText({ commit, outcome, merged, findings, ownMs, error }: PlayedLine): string {
  const said = findings
    .filter((finding) => finding.outcome !== "pass")
    .map(
      ({ code, path, version }) =>
        `${code} ${plainText(path, 80)}${version === undefined ? "" : ` ${plainText(version, 40)}`}`,
    );
  const why = error === undefined ? [...new Set(said)].slice(0, 4).join(", ") : plainText(error);
  const own = ownMs === undefined ? "" : `${Math.round(ownMs)} ms`;
  return [plainText(commit, 12).padEnd(12), (merged ? "merged" : outcome).padEnd(10), own.padStart(7), why]
    .join("  ")
    .trimEnd();
}

function reportText({ totals, profile }: ReplayReport): string {
  const { bumps, merged, stopped, errors, jobsLost, jobsTriedAgain, violations, overBudget, ownMs, seconds } = totals;
  const list = (title: string, texts: readonly string[]) =>
    texts.slice(0, 5).map((text) => `${title}: ${plainText(text)}`);
  return [
    "",
    `${bumps} bumps in ${seconds} s (${totals.bumpsPerSecond} a second): ${merged} merged, ${stopped} stopped, ${errors} unplayable`,
    `our own time: ${ownMs.median} ms at the median, ${ownMs.p95} ms at 95 %, ${ownMs.most} ms at most`,
    `objections: ${
      Object.entries(totals.objections)
        .map(([code, count]) => `${code} ${count}`)
        .join(", ") || "none"
    }`,
    `jobs lost: ${jobsLost.length}; tried again: ${jobsTriedAgain.length}; requests refused: ${violations.length}; over the budget of requests: ${overBudget}`,
    ...list("lost", jobsLost),
    ...list("refused", violations),
    ...(profile.length === 0 ? [] : ["", "where our own time goes, in milliseconds a bump:"]),
    ...profile.map(({ place, ms }) => `${ms.toFixed(1).padStart(8)}  ${place}`),
  ].join("\n");
}
