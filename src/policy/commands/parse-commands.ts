import { checkAddress, parseAddress } from "../../registry/address.ts";
import { quoted } from "../../registry/plain-text.ts";
import { type Command, type CommandLine, commandForms, longestReason } from "./command.ts";
import { commandLines } from "./command-lines.ts";

/** As many as one comment may hold; the others are answered, and not carried out. */
export const mostCommands = 3;
/** GitHub takes no longer comment. */
const longestBody = 65_536;

/** The commands of one comment, in their order. Pure and total: what is none is said to be none, and why. */
export function parseCommands(body: string): readonly CommandLine[] {
  const lines = body.length > longestBody ? [] : commandLines(body);
  const read = lines.slice(0, mostCommands).map((text) => ({ text, read: parseLine(text) }));
  const [next] = lines.slice(mostCommands);
  if (next === undefined) return read;
  const problem = `A comment may hold ${mostCommands} commands, and this one has ${lines.length}; give the others in a comment of their own.`;
  return [...read, { text: next, read: { ok: false, problem } }];
}

function parseLine(line: string): CommandLine["read"] {
  const [, word = "", ...rest] = line.trim().split(/[ \t]+/);
  const kind = word.toLowerCase();
  switch (kind) {
    case "recheck":
    case "explain":
    case "stop":
    case "resume":
    case "help":
      return rest.length === 0
        ? { ok: true, command: { kind } }
        : wrong(`"${kind}" takes nothing behind it, got ${quoted(rest.join(" "), 60)}`, kind);
    case "waive":
      return parseWaiver(rest);
    case "bump":
      return parseBump(rest);
    case "":
      return wrong("The command is missing", ...everyKind);
    default:
      return wrong(`There is no command ${quoted(word, 40)}`, ...everyKind);
  }
}

const everyKind = Object.keys(commandForms) as readonly Command["kind"][];

function parseWaiver([rule = "", commit = "", word = "", ...reason]: readonly string[]): CommandLine["read"] {
  const sha = commit.replace(/^@/, "").toLowerCase();
  const because = reason.join(" ");
  const problem = !/^[a-z][a-z-]{0,60}$/.test(rule)
    ? `A waiver names one rule, got ${quoted(rule, 60)}`
    : !/^[0-9a-f]{7,40}$/.test(sha)
      ? `A waiver names the commit that it is for, by 7 to 40 hex digits, got ${quoted(commit, 60)}`
      : word.toLowerCase() !== "because" || !/[\p{L}\p{N}]/u.test(because)
        ? "A waiver says why, in words, behind the word because"
        : because.length > longestReason
          ? `The reason of a waiver has at most ${longestReason} characters, got ${because.length}`
          : null;
  return problem === null ? { ok: true, command: { kind: "waive", rule, sha, because } } : wrong(problem, "waive");
}

function parseBump([text = "", ...more]: readonly string[]): CommandLine["read"] {
  const address = parseAddress(text);
  if (address === undefined || more.length > 0 || checkAddress(address).length > 0) {
    return wrong(`What to bump is one address, got ${quoted([text, ...more].join(" "), 60)}`, "bump");
  }
  return { ok: true, command: { kind: "bump", address } };
}

function wrong(what: string, ...kinds: readonly Command["kind"][]): CommandLine["read"] {
  const forms = kinds.map((kind) => `"${commandForms[kind]}"`).join(", ");
  return { ok: false, problem: `${what}. Right would be: ${forms}.` };
}
