import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { foldName } from "../../registry/address.ts";
import { RegistrarError } from "../../registry/errors.ts";
import { type Static, Type } from "../../registry/json-schema.ts";
import { quoted } from "../../registry/plain-text.ts";
import { type Basis, BasisSchema } from "./basis.ts";
import type { DirectoryFiles } from "./directory-files.ts";

/** Where the target keeps what it knows, below the published folder. Servers leave out names that begin with a dot. */
export const stateFolder = ".registrar";
const markerFile = `${stateFolder}/published.json`;
const writtenFolder = `${stateFolder}/written`;

const part = "(?!\\.\\.?(?:/|$))[0-9A-Za-z._-]+";
const paths = Type.Array(Type.String({ pattern: `^${part}(?:/${part})*$` }));
/** Paths below the folder; a path is named before it is first written, and until after it is removed. */
const WrittenSchema = Type.Object({ lists: paths, documents: paths }, { additionalProperties: false });
/** What was written below one folder. */
export type Written = Readonly<Static<typeof WrittenSchema>>;
const MarkerSchema = Type.Object({
  format: Type.Literal(1),
  commit: Type.Union([Type.String(), Type.Null()]),
  basis: Type.Optional(BasisSchema),
});

const ajv = new Ajv2020({ strict: true });
const isWritten = ajv.compile<Static<typeof WrittenSchema>>(WrittenSchema);
/** What was published completely the last time. */
export interface Marker {
  /** The source commit; null for a folder, and before the first publication has ended. */
  readonly commit: string | null;
  /** Where a later publication can build upon this one. */
  readonly basis?: Basis;
}
const isMarker = ajv.compile<Marker & { format: 1 }>(MarkerSchema);

/**
 * What the target has written, one small file for each published folder, so that cost and memory follow the change.
 * It only tells whose files they are: whether they are as they should be is always read from the files themselves.
 */
export class DirectoryState {
  readonly #root: string;
  readonly #files: DirectoryFiles;

  constructor(root: string, files: DirectoryFiles) {
    this.#root = root;
    this.#files = files;
  }

  /** Null where the folder has never been published to. */
  marker(): Marker | null {
    const value = this.#read(markerFile);
    if (value === undefined) return null;
    if (isMarker(value)) return value;
    throw this.#damaged(
      markerFile,
      "If a newer release has written it, use that one; otherwise publish to a new folder.",
    );
  }

  writeMarker(marker: Marker): void {
    const body = JSON.stringify({ ...marker, format: 1 });
    if (this.#files.compare(markerFile, body) !== "same") this.#files.write(markerFile, body);
  }

  /** Of one published folder; null where nothing was written there. */
  written(folder: string): Written | null {
    const path = fileOf(folder);
    const value = this.#read(path);
    if (value === undefined) return null;
    if (isWritten(value)) return value;
    throw this.#damaged(path, `Delete the folder ${quoted(folder)} and that file below it, then publish again.`);
  }

  write(folder: string, written: Written): void {
    this.#files.write(fileOf(folder), JSON.stringify(written));
  }

  forget(folder: string): void {
    this.#files.remove(fileOf(folder));
    this.#files.removeEmptyFolders(fileOf(folder), writtenFolder);
  }

  /** Every folder that something was written in, in no certain order; of some namespaces alone where they are given. */
  *folders(namespaces: ReadonlySet<string> | null): Generator<string> {
    const pending = namespaces === null ? [""] : this.#namespaceFolders(namespaces);
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      for (const entry of this.#list(`${writtenFolder}/${at}`)) {
        if (entry.isDirectory()) pending.push(`${at}${entry.name}/`);
        else if (entry.name.endsWith(".json")) yield `${at}${entry.name.slice(0, -".json".length)}`;
      }
    }
  }

  #namespaceFolders(namespaces: ReadonlySet<string>): string[] {
    return ["v1/modules/", "v1/providers/"].flatMap((root) =>
      this.#list(`${writtenFolder}/${root}`).flatMap(({ name }) =>
        namespaces.has(foldName(name)) ? [`${root}${name}/`] : [],
      ),
    );
  }

  #list(path: string) {
    try {
      return readdirSync(join(this.#root, path), { withFileTypes: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  #read(path: string): unknown {
    let text: string;
    try {
      text = readFileSync(join(this.#root, path), "utf8");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      throw error;
    }
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  #damaged(path: string, next: string): RegistrarError {
    return new RegistrarError(
      "publish-failed",
      `${quoted(path)} in ${quoted(this.#root)} is damaged or of another release. ${next}`,
    );
  }
}

const fileOf = (folder: string): string => `${writtenFolder}/${folder}.json`;
