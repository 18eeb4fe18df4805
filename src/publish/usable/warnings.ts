import { plainText } from "../../registry/plain-text.ts";
import type { RecordHead } from "../../registry/schema.ts";

/** What clients print for every user at init (client contract, section 3): nothing that a terminal takes for a command. */
export const usableWarnings = ({ warnings }: RecordHead): readonly string[] =>
  (warnings ?? [])
    .filter((text) => text.trim() !== "")
    .map((text) =>
      text
        .split(/\r?\n/)
        .map((line) => plainText(line, 2000))
        .join("\n"),
    );
