import type { RegistryReader } from "../github/port.ts";
import { type Address, addressText } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";
import { type RegistryTree, roleOf } from "../registry/tree.ts";
import { foldedAddress } from "../rules/index.ts";
import { type Base, type BaseReader, readBase, readBaseAt } from "./base.ts";

/** A registry that a command looks at: its state, and where the content of its files is read. */
export interface OpenRegistry {
  readonly host: BaseReader;
  readonly base: Base;
}

/** The registry in a folder or at a local commit. Throws `bad-configuration` where its configuration is wrong. */
export async function openTree(tree: RegistryTree): Promise<OpenRegistry> {
  const host = readerOfTree(tree);
  return checked({ host, base: await readBaseAt(host, tree.commit ?? "") });
}

/** The registry on GitHub, at the tip of its default branch. Throws as `openTree`. */
export async function openHost(host: RegistryReader): Promise<OpenRegistry> {
  const { defaultBranch } = await host.readIdentity();
  return checked({ host, base: await readBase(host, defaultBranch) });
}

function checked(registry: OpenRegistry): OpenRegistry {
  const { configurationProblems } = registry.base;
  if (configurationProblems.length === 0) return registry;
  const list = configurationProblems.map((problem) => `  - ${problem}`).join("\n");
  throw new RegistrarError("bad-configuration", `The registry's configuration is wrong, so nothing is done:\n${list}`);
}

/** A tree answers as GitHub does; each file is read when it is asked for. */
export function readerOfTree(tree: RegistryTree): BaseReader {
  const files = new Map(tree.files.map((file) => [file.id, file]));
  return {
    listFiles: async (_commit, paths) =>
      tree.files.filter((file) => paths.some((path) => file.path === path || file.path.startsWith(`${path}/`))),
    readBlob: async (id, maxBytes) => {
      const file = files.get(id);
      if (file === undefined) throw new RegistrarError("bad-tree", `The tree has no file ${quoted(id)}.`);
      if (file.size > maxBytes) {
        const message = `${quoted(file.path)} has ${file.size} bytes; at most ${maxBytes} are read.`;
        throw new RegistrarError("bad-tree", message);
      }
      for await (const { bytes } of tree.read([file])) return bytes;
      throw new RegistrarError("bad-tree", `${quoted(file.path)} could not be read.`);
    },
  };
}

/** The record that is published at an address, whatever its capitals; undefined when there is none. */
export function pathOfAddress({ files, layout }: Base, address: Address): string | undefined {
  const wanted = foldedAddress(address);
  return files.find(({ path }) => {
    const role = roleOf(path, layout);
    return role.kind === "record" && foldedAddress(role.address) === wanted;
  })?.path;
}

/** The same for a command that needs it: throws `bad-argument` where there is none. */
export function requirePath(base: Base, address: Address): string {
  const path = pathOfAddress(base, address);
  if (path !== undefined) return path;
  const what = `The registry has no ${address.kind} ${quoted(addressText(address))}.`;
  throw new RegistrarError("bad-argument", `${what} \`registrar init\` writes the record of a new one.`);
}
