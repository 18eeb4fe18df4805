import type { Command } from "commander";
import { composeReader } from "../compose/reading.ts";
import { RegistrarError } from "../registry/errors.ts";
import { recordReview } from "../tasks/recorded-review.ts";
import { readAndDecide } from "../tasks/review-pull-request.ts";
import { parsePullRequest } from "./arguments.ts";
import { exitCodes, print, printJson, runCommand } from "./output.ts";
import { readerEnvironment } from "./sandbox-state.ts";
import { findingLine } from "./texts.ts";
import { writeRecording } from "./write-recording.ts";

const stages = ["evidence", "verdict", "decision", "plan"] as const;
type Stage = (typeof stages)[number];

export function addWhy(program: Command): void {
  program
    .command("why")
    .argument("<pull-request>", "its number")
    .description("judge a pull request now, without writing anything, and show each stage of it")
    .option("--stage <stage>", `only one stage: ${stages.join(", ")}`)
    .option("--record <folder>", "also write down what was read and what follows from it, as a case for tests")
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      `
Reads REGISTRAR_REPOSITORY, and APP_ID with PRIVATE_KEY or GITHUB_TOKEN if they are set; without REGISTRAR_REPOSITORY
the sandbox that runs in this folder is asked. Without the app's credentials nobody counts as Registrar itself.
Exits with 1 when the pull request would not be merged. Example:
  registrar why 12 --stage evidence --json`,
    )
    .action((text: string, options: { stage?: string; record?: string; json?: boolean }) =>
      runCommand(options.json === true, async () => {
        const number = parsePullRequest(text);
        const stage = parseStage(options.stage);
        const environment = await readerEnvironment();
        const review = await readAndDecide(composeReader(environment), number);
        if (review === null) {
          throw new RegistrarError(
            "bad-argument",
            `Pull request ${number} is merged or closed; only open ones are judged.`,
          );
        }
        if (options.record !== undefined)
          await writeRecording(options.record, recordReview(review, environment.serverUrl));
        const { facts, verdict, decision, plan } = review;
        const all = { evidence: facts.input, verdict, decision, plan };
        if (options.json === true)
          printJson(stage === null ? { number, headSha: facts.pullRequest.headSha, ...all } : all[stage]);
        else if (stage !== null) printJson(all[stage]);
        else {
          print(`Pull request ${number} at ${facts.pullRequest.headSha}: ${verdict.outcome}, so: ${decision.kind}\n`);
          for (const finding of verdict.findings) print(findingLine(finding));
        }
        return decision.kind === "merge" ? exitCodes.ok : exitCodes.no;
      }),
    );
}

function parseStage(text: string | undefined): Stage | null {
  if (text === undefined) return null;
  const stage = stages.find((candidate) => candidate === text);
  if (stage !== undefined) return stage;
  throw new RegistrarError(
    "bad-argument",
    `The stage must be one of ${stages.join(", ")}, got ${JSON.stringify(text)}.`,
  );
}
