import type { Address } from "../../registry/address.ts";

/** What somebody asks for in a comment. */
export type Command =
  | { readonly kind: "recheck" | "explain" | "stop" | "resume" | "help" }
  | {
      readonly kind: "waive";
      /** A rule's code, as written. */
      readonly rule: string;
      /** The beginning of a commit's id: 7 to 40 hex digits in small letters. */
      readonly sha: string;
      /** As written, one line; at most `longestReason` characters. */
      readonly because: string;
    }
  | { readonly kind: "bump"; readonly address: Address };

/** How each command is written, as people are told. */
export const commandForms = {
  recheck: "/registrar recheck",
  explain: "/registrar explain",
  stop: "/registrar stop",
  resume: "/registrar resume",
  waive: "/registrar waive RULE @COMMIT because REASON",
  bump: "/registrar bump NAMESPACE/NAME",
  help: "/registrar help",
} as const satisfies Readonly<Record<Command["kind"], string>>;

/** One line of a comment that was meant for us: a command, or what is wrong with it (plain text). */
export interface CommandLine {
  /** As written. */
  readonly text: string;
  readonly read: { readonly ok: true; readonly command: Command } | { readonly ok: false; readonly problem: string };
}

/** Longest reason of a waiver that is kept, in UTF-16 units. */
export const longestReason = 300;
