import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";

/** A publish target as somebody names it. */
export interface TargetAddress {
  readonly kind: "directory";
  /** As written; relative ones are meant from the working folder. */
  readonly path: string;
}

/** Parses `dir:PATH`. */
export function parseTarget(text: string): TargetAddress {
  const colon = text.indexOf(":");
  const kind = colon < 0 ? "" : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (kind === "dir" && rest !== "" && !rest.includes("\0")) return { kind: "directory", path: rest };
  throw new RegistrarError("bad-argument", `The publish target ${quoted(text)} ${problemOf(kind, rest)}.`);
}

function problemOf(kind: string, rest: string): string {
  if (kind === "dir") return rest === "" ? "names no folder; write dir:PATH" : "has a character that no path can have";
  const known = "expected dir:PATH, for example dir:/srv/registry";
  // A Windows path also has a colon, after one letter.
  return kind.length > 1 ? `has the unknown kind ${quoted(kind)}; ${known}` : `does not say what kind it is; ${known}`;
}
