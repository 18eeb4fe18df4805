import type { Note } from "../../github/port.ts";
import { plainText } from "../../registry/plain-text.ts";
import { commandForms } from "../commands/command.ts";
import { keepStop, type Stop } from "../kept.ts";
import { codeSpan } from "../markdown.ts";

const whoOf = ({ by, as }: Stop): string =>
  `${codeSpan(plainText(by.login, 60))} (${as === "maintainer" ? "a maintainer" : "an owner"})`;

/** That merging is stopped; empty where it is not. Markdown. */
export function stopSection(stop: Stop | null | undefined): string {
  if (stop?.stopped !== true) return "";
  return `**Stopped** by ${whoOf(stop)}: nothing is merged here until ${codeSpan(commandForms.resume)}. It is judged as ever.`;
}

/** What is kept of it, where no push reaches. */
export const stopNote = (number: number, stop: Stop): Note => ({
  title: stop.stopped ? `Merging pull request ${number} is stopped` : `Merging pull request ${number} goes on`,
  summary: `${stop.stopped ? "Stopped" : "Let go on"} by ${whoOf(stop)}. Registrar keeps this here, on the registry's first commit, because only Registrar can write it and no push to the pull request loses it.`,
  kept: keepStop(stop),
});
