/**
 * Comments that one process answers within an hour before it lets further ones wait. GitHub takes 500 content-creating writes
 * an hour, and whoever comments for fun must not use up what merges need. What waits loses nothing: a review reads all
 * commands whenever it looks, and before each merge.
 */
export const mostAnswersAnHour = 120;
const hourMs = 3_600_000;

/** When there is room for an answer again, given when earlier ones were written (milliseconds; old ones are dropped); null: now. */
export function roomForAnswerAt(answers: number[], now: number): string | null {
  while ((answers[0] ?? now) <= now - hourMs) answers.shift();
  const [oldest] = answers;
  return oldest === undefined || answers.length < mostAnswersAnHour ? null : new Date(oldest + hourMs).toISOString();
}
