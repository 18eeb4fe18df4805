import type { Address } from "../../registry/address.ts";
import { digestFindings, type Verdict } from "../../rules/verdict.ts";
import type { Stop } from "../kept.ts";
import { objectionsOf, type Waiver } from "../waiver.ts";
import type { Command } from "./command.ts";
import type { PendingComment } from "./pending-comments.ts";

/** What somebody may do, by numeric ids and rights at this moment. */
export interface Rights {
  readonly maintains: boolean;
  /** Opened the pull request, or wrote or committed its head. */
  readonly interested: boolean;
  /** How many of the touched records come from a repository of this account, or of an organisation that it shows to belong to. */
  readonly owns: "all" | "some" | "none";
}

/** What commands are carried out on, as plain data. */
export interface Situation {
  readonly headSha: string;
  readonly verdict: Verdict;
  /** When the verdict on this head and these inputs was posted; null when none is, or another one. */
  readonly verdictPostedAt: string | null;
  /** Whether the commit's check can speak of this pull request: another one with the same head may have it. */
  readonly hasCheck: boolean;
  /** By the author's id; who is missing may do nothing. */
  readonly rights: ReadonlyMap<number, Rights>;
  readonly stop: Stop | null;
  readonly waivers: readonly Waiver[];
  /** The path of a record that the registry has; null where it has none. */
  readonly pathOf: (address: Address) => string | null;
  /** What a recheck makes anew: the records of a bump of Registrar's own. */
  readonly ownRecords: readonly string[];
}

/** What came of one command, for the answer. */
export type Reply =
  | { readonly kind: "malformed"; readonly problem: string }
  | {
      readonly kind:
        | "too-many"
        | "rechecked"
        | "explained"
        | "helped"
        | "stopped"
        | "resumed"
        | "not-stopped"
        | "nothing-open";
    }
  | { readonly kind: "forbidden"; readonly who: "maintainer" | "owner" | "stopper" | "uninvolved" }
  | { readonly kind: "waived"; readonly rule: string }
  | { readonly kind: "not-waived"; readonly rule: string; readonly why: WaiverRefusal }
  | { readonly kind: "bumping" | "unknown-address"; readonly address: Address };

export type WaiverRefusal = "other-head" | "not-posted" | "no-check" | "nothing-to-waive";

export interface Answer {
  readonly comment: PendingComment["comment"];
  readonly lines: readonly { readonly text: string; readonly reply: Reply }[];
}

/** What follows from all pending commands. Doing it twice does no more than doing it once. */
export interface Carried {
  readonly stop: Stop | null;
  readonly waivers: readonly Waiver[];
  readonly answers: readonly Answer[];
  /** Paths of records whose releases are to be looked at. */
  readonly bumps: readonly string[];
  /** Whether somebody asked to look again, and so gets a verdict of its own. */
  readonly recheck: boolean;
}

type State = Omit<Carried, "answers">;
type Effect = Partial<State> & { readonly reply: Reply };

/** Carries out commands in the order in which they were given. Pure and total: what is not plainly allowed does nothing. */
export function carryOut(pending: readonly PendingComment[], situation: Situation): Carried {
  let state: State = { stop: situation.stop, waivers: situation.waivers, bumps: [], recheck: false };
  const answers = pending.map(({ comment, lines, tooMany }): Answer => {
    const [first] = lines;
    if (tooMany) return { comment, lines: [{ text: first?.text ?? "", reply: { kind: "too-many" } }] };
    return {
      comment,
      lines: lines.map(({ text, read }) => {
        if (!read.ok) return { text, reply: { kind: "malformed", problem: read.problem } };
        const { reply, ...change } = effectOf(read.command, comment, { ...situation, ...state });
        state = { ...state, ...change, bumps: [...state.bumps, ...(change.bumps ?? [])] };
        return { text, reply };
      }),
    };
  });
  return { ...state, answers };
}

function effectOf(command: Command, comment: PendingComment["comment"], situation: Situation): Effect {
  switch (command.kind) {
    case "help":
      return { reply: { kind: "helped" } };
    case "explain":
      return { reply: { kind: "explained" } };
    case "recheck":
      return { reply: { kind: "rechecked" }, recheck: true, bumps: situation.ownRecords };
    case "bump": {
      const { address } = command;
      const path = situation.pathOf(address);
      return path === null
        ? { reply: { kind: "unknown-address", address } }
        : { reply: { kind: "bumping", address }, bumps: [path] };
    }
    case "stop":
      return stop(comment, situation);
    case "resume":
      return resume(comment, situation);
    case "waive":
      return waive(command, comment, situation);
  }
}

/** The same where there is no open pull request: on one that is closed or merged, and on an issue. */
export function carryOutElsewhere(
  pending: readonly PendingComment[],
  pathOf: Situation["pathOf"],
): Pick<Carried, "answers" | "bumps"> {
  const { answers, bumps } = carryOut(pending, { ...nothing, pathOf });
  const elsewhere = ({ text, reply }: Answer["lines"][number]) => ({
    text,
    reply: possibleElsewhere.has(reply.kind) ? reply : ({ kind: "nothing-open" } as const),
  });
  return { bumps, answers: answers.map(({ comment, lines }) => ({ comment, lines: lines.map(elsewhere) })) };
}

const possibleElsewhere: ReadonlySet<Reply["kind"]> = new Set([
  "helped",
  "bumping",
  "unknown-address",
  "malformed",
  "too-many",
]);

const nothing: Omit<Situation, "pathOf"> = {
  headSha: "",
  verdict: { outcome: "pass", findings: [] },
  verdictPostedAt: null,
  hasCheck: false,
  rights: new Map(),
  stop: null,
  waivers: [],
  ownRecords: [],
};

const nobody: Rights = { maintains: false, interested: true, owns: "none" };
const rightsOf = ({ author }: PendingComment["comment"], { rights }: Situation): Rights =>
  rights.get(author.id) ?? nobody;

function stop(comment: PendingComment["comment"], situation: Situation): Effect {
  const { maintains, owns } = rightsOf(comment, situation);
  if (!maintains && owns === "none") return { reply: { kind: "forbidden", who: "owner" } };
  const known = situation.stop;
  // A maintainer's stop is the stronger one, and an older comment says nothing new.
  const stands = known?.stopped === true && (known.as === "maintainer" || !maintains);
  if (stands || (known !== null && known.comment >= comment.id)) {
    return { reply: { kind: known.stopped ? "stopped" : "not-stopped" } };
  }
  return {
    reply: { kind: "stopped" },
    stop: wordOf(comment, { stopped: true, as: maintains ? "maintainer" : "owner" }),
  };
}

/** What a maintainer has stopped goes on when a maintainer says so; what an owner has, also when that owner does, or one of all records. */
function resume(comment: PendingComment["comment"], situation: Situation): Effect {
  const known = situation.stop;
  const { maintains, owns } = rightsOf(comment, situation);
  if (!maintains && owns === "none") return { reply: { kind: "forbidden", who: "owner" } };
  if (known === null || !known.stopped) return { reply: { kind: "not-stopped" } };
  if (known.comment >= comment.id) return { reply: { kind: "stopped" } };
  const own = known.as === "owner" && (known.by.id === comment.author.id || owns === "all");
  if (!maintains && !own) return { reply: { kind: "forbidden", who: "stopper" } };
  return {
    reply: { kind: "resumed" },
    stop: wordOf(comment, { stopped: false, as: maintains ? "maintainer" : "owner" }),
  };
}

const wordOf = ({ id, author }: PendingComment["comment"], said: Pick<Stop, "stopped" | "as">): Stop => ({
  ...said,
  by: { id: author.id, login: author.login },
  comment: id,
});

function waive(
  { rule, sha, because }: Command & { readonly kind: "waive" },
  comment: PendingComment["comment"],
  situation: Situation,
): Effect {
  const { headSha, verdict, verdictPostedAt, waivers } = situation;
  const { maintains, interested } = rightsOf(comment, situation);
  if (!maintains) return { reply: { kind: "forbidden", who: "maintainer" } };
  if (interested) return { reply: { kind: "forbidden", who: "uninvolved" } };
  const refuse = (why: WaiverRefusal): Effect => ({ reply: { kind: "not-waived", rule, why } });
  if (!headSha.startsWith(sha)) return refuse("other-head");
  const objections = objectionsOf(verdict, rule);
  if (objections.length === 0) return refuse("nothing-to-waive");
  if (!situation.hasCheck) return refuse("no-check");
  if (verdictPostedAt === null || !isAfter(comment.createdAt, verdictPostedAt)) return refuse("not-posted");
  const waiver: Waiver = {
    rule,
    headSha,
    objections: digestFindings(objections),
    by: { id: comment.author.id, login: comment.author.login },
    because,
  };
  return { reply: { kind: "waived", rule }, waivers: [...waivers.filter((known) => known.rule !== rule), waiver] };
}

/** GitHub's times have no fractions: in the same second nobody can have read the verdict first. */
export const isAfter = (time: string, other: string): boolean =>
  Math.floor(Date.parse(time) / 1000) > Math.floor(Date.parse(other) / 1000);
