/** Registrar in a process of its own, so that its time is told from the local GitHub's. Started by `product-process.ts`. */
import { startRegistrar } from "../app/start.ts";
import { CodeProfile } from "./code-profile.ts";
import type { FromProduct, ToProduct } from "./messages.ts";
import { OwnTime } from "./own-time.ts";

const say = (message: FromProduct) => process.send?.(message);
const time = new OwnTime();
const profile = new CodeProfile();
/** Who asked to be told when nothing runs. */
let awaited: number | null = null;
let running: Awaited<ReturnType<typeof startRegistrar>> | undefined;

const tellRest = () => {
  if (awaited === null || running === undefined || running.pending() > 0) return;
  say({ kind: "rests", id: awaited });
  awaited = null;
};

process.on("disconnect", () => process.exit());
process.on("message", async (message: ToProduct) => {
  switch (message.kind) {
    case "start":
      running = await startRegistrar(message.environment, {
        log: () => {},
        writeSpacingMs: 0,
        pausesMs: message.pausesMs,
        // What is played is all that happens: nothing is looked for in between.
        schedule: null,
        onReviewed: ({ facts, verdict, decision, merged }) =>
          say({
            kind: "reviewed",
            review: {
              number: facts.pullRequest.number,
              outcome: verdict.outcome,
              decision: decision.kind,
              merged,
              findings: verdict.findings.filter(({ outcome, notice }) => outcome !== "pass" || notice === true),
            },
          }),
        onJob: ({ kind, job, ...event }) => {
          if (kind === "started") time.jobBegins();
          else time.jobEnds();
          if (kind === "failed" || kind === "dead") {
            say({ kind, job: job.kind, error: "error" in event ? event.error : "" });
          }
          // The queue forgets a job right after it has told of its end.
          setImmediate(tellRest);
        },
      });
      say({ kind: "started", url: running.url });
      break;
    case "rest":
      awaited = message.id;
      tellRest();
      break;
    case "profile":
      await profile.start();
      break;
    case "measure":
      say({ kind: "measured", id: message.id, measured: time.take() });
      break;
    case "stop":
      say({ kind: "stopped", profile: await profile.stop() });
      process.exit();
  }
});
