import { describe, expect, it } from "vitest";
import type { IssueComment } from "../../../src/github/port.ts";
import {
  answeredStops,
  mostAnAuthor,
  pendingComments,
  receiptMarker,
} from "../../../src/policy/commands/pending-comments.ts";

const bot = 99;
const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString().replace(".000", "");
const comment = (id: number, more: Partial<IssueComment> = {}): IssueComment => ({
  id,
  number: 7,
  author: { id: 5, login: "carl", isBot: false },
  body: "/registrar stop",
  createdAt: at(0),
  updatedAt: more.createdAt ?? at(0),
  ...more,
});
const answer = (to: IssueComment, more: Partial<IssueComment> = {}): IssueComment =>
  comment(to.id + 10_000, {
    author: { id: bot, login: "registrar[bot]", isBot: true },
    body: `${receiptMarker(to)}\n\nTo carl: done`,
    ...more,
  });
const ids = (comments: readonly IssueComment[], botId: number | null = bot) =>
  pendingComments(comments, botId).map(({ comment: { id } }) => id);

describe("pendingComments", () => {
  it("are those with commands that have no answer of ours, in the order in which they were written", () => {
    const [first, second, third] = [comment(1), comment(2, { body: "hello" }), comment(3)];
    expect(ids([third, second, first])).toEqual([1, 3]);
    expect(ids([first, second, third, answer(first)])).toEqual([3]);
    expect(ids([first, answer(first), third, answer(third)])).toEqual([]);
  });

  it.each([
    ["an edited one, whatever it says now", comment(1, { updatedAt: at(1) })],
    ["a bot's", comment(1, { author: { id: 6, login: "helper[bot]", isBot: true } })],
    ["our own", comment(1, { author: { id: bot, login: "registrar[bot]", isBot: false } })],
    ["one whose author is gone", comment(1, { author: { id: 0, login: "ghost", isBot: false } })],
    ["one that only quotes", comment(1, { body: "> /registrar stop" })],
  ])("%s is none", (_, one) => {
    expect(ids([one])).toEqual([]);
  });

  it("an answer that somebody else has written answers nothing", () => {
    const one = comment(1);
    const forged = answer(one, { author: { id: 6, login: "mallory", isBot: false } });
    expect(ids([one, forged])).toEqual([1]);
  });

  it("are none where nobody knows which answers are ours", () => {
    expect(ids([comment(1)], null)).toEqual([]);
  });

  it("of one author are bounded: the last one is answered, further ones are not, and others have their own", () => {
    const flood = Array.from({ length: mostAnAuthor + 5 }, (_, index) => comment(index + 1));
    const other = comment(500, { author: { id: 6, login: "dora", isBot: false } });
    const pending = pendingComments([...flood, other], bot);
    expect(pending.filter(({ tooMany }) => tooMany).map(({ comment: { id } }) => id)).toEqual([mostAnAuthor + 1]);
    expect(pending.map(({ comment: { id } }) => id)).toEqual([
      ...flood.slice(0, mostAnAuthor + 1).map(({ id }) => id),
      500,
    ]);
    const later = comment(600, { createdAt: at(61) });
    expect(pendingComments([...flood, later], bot).at(-1)).toMatchObject({ comment: later, tooMany: false });
  });

  it("of one author stay bounded when the author deletes what was answered", () => {
    const flood = Array.from({ length: mostAnAuthor }, (_, index) => comment(index + 1));
    const answers = flood.map((one) => answer(one));
    expect(pendingComments([...answers, comment(100)], bot)).toMatchObject([{ tooMany: true }]);
    expect(ids([...answers, answer(comment(100)), comment(101)])).toEqual([]);
  });
});

describe("answeredStops", () => {
  it("are the stops and resumes that were answered, with nothing else of their comments", () => {
    const [one, two, three] = [
      comment(1, { body: "/registrar explain\n/registrar stop" }),
      comment(2, { body: "/registrar recheck" }),
      comment(3, { body: "/registrar resume" }),
    ];
    const found = answeredStops([one, two, three, answer(one), answer(two)], bot);
    expect(found).toMatchObject([{ comment: one, lines: [{ read: { command: { kind: "stop" } } }] }]);
    expect(found).toHaveLength(1);
  });
});
