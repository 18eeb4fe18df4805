import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { errorMessage, RegistrarError } from "../registry/errors.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import type { Recording } from "../tasks/recorded-review.ts";

/** Writes a recording into a folder, which is made where it is missing; other files there stay as they are. */
export async function writeRecording(folder: string, recording: Recording): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(recording)) await writeFile(join(folder, name), text);
  } catch (cause) {
    const reason = plainText(errorMessage(cause));
    throw new RegistrarError(
      "bad-argument",
      `The recording cannot be written to ${quoted(folder)} (${reason}). Name a folder that can be made or written to.`,
      { cause },
    );
  }
}
