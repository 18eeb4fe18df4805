import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const source = join(import.meta.dirname, "..", "..");
/** Everything that a document depends on beside the registry itself: what reads records and keys, and what renders them. */
const parts = ["registry", "publish", "upstream"] as const;

let known: string | undefined;

/**
 * Changes with the code that renders documents and with the versions of its libraries: what an older release rendered is
 * rendered again. A number that somebody has to remember to raise would one day leave old documents in place.
 */
export function codeDigest(): string {
  if (known !== undefined) return known;
  const digest = createHash("sha256");
  const add = (path: string) => {
    const bytes = readFileSync(join(source, path));
    digest.update(`${path}\0${bytes.length}\0`).update(bytes);
  };
  for (const part of parts) {
    const files = readdirSync(join(source, part), { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => name.endsWith(".ts")).sort()) add(join(part, file));
  }
  add(join("..", "package.json"));
  known = digest.digest("hex");
  return known;
}
