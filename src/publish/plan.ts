import { type Address, addressText, checkAddress, type Layout } from "../registry/address.ts";
import type { Finding } from "../registry/finding.ts";
import { largestRecord } from "../registry/json-size.ts";
import { listed, quoted } from "../registry/plain-text.ts";
import { detectLayout, isIgnored, roleOf, type TreeFile } from "../registry/tree.ts";
import { claimAliases } from "./aliases.ts";
import { publishedFolders } from "./folders.ts";
import type { PublishSettings } from "./settings.ts";
import { leftOut } from "./usable/left-out.ts";

/** One record that is to be read, and the folders that its documents are published in: its own, and those of its aliases. */
export interface PlannedRecord {
  readonly file: TreeFile;
  readonly address: Address;
  readonly folders: readonly string[];
}

/** What a publication reads, told from the names of the tree alone. */
export interface PublishPlan {
  readonly layout: Layout;
  readonly keys: readonly TreeFile[];
  /** In path order. */
  readonly records: readonly PlannedRecord[];
  readonly findings: readonly Finding[];
}

/** A UTF-16 unit takes at most three bytes, so a longer file cannot be a record that is read. */
const largestFile = 3 * largestRecord;
const largestKey = 1024 * 1024;

/**
 * Where two records would publish the same folder, the one that is written in small letters has it, else the first in path
 * order, whatever it holds: an address must not change hands because a file is unreadable for a while, or because somebody
 * writes it in capitals, which sort first. For the same reason an alias takes no place that any record's file stands for.
 */
export function planPublish(files: readonly TreeFile[], settings: PublishSettings): PublishPlan {
  const layout = settings.layout ?? detectLayout(files.map((file) => file.path));
  const keys: TreeFile[] = [];
  const candidates: { readonly file: TreeFile; readonly address: Address }[] = [];
  const findings: Finding[] = [];
  const owners = new Map<string, string>();
  const unusable: { readonly file: TreeFile; readonly address: Address }[] = [];
  for (const file of files) {
    const role = roleOf(file.path, layout);
    if (role.kind === "other" || role.kind === "configuration" || isIgnored(file.path)) continue;
    const problem =
      fileProblem(file, role.kind) ?? (role.kind === "record" ? addressProblem(file, role.address) : undefined);
    if (problem !== undefined) {
      findings.push(problem);
      if (role.kind === "record") unusable.push({ file, address: role.address });
    } else if (role.kind === "key") {
      keys.push(file);
    } else if (role.kind === "record") {
      candidates.push({ file, address: role.address });
    } else {
      const where = `${quoted(file.path)} is not published: in the layout ${layout} it is no place for a record or a key.`;
      findings.push(leftOut({ code: "record-place", path: file.path }, where));
    }
  }
  const records = claimAll(candidates, { owners, findings });
  for (const { file, address } of unusable) {
    for (const folder of publishedFolders(address)) if (!owners.has(folder)) owners.set(folder, file.path);
  }
  const aliased = claimAliases(settings.aliases ?? {}, { records, owners });
  return { layout, keys, records: aliased.records, findings: [...findings, ...aliased.findings] };
}

function claimAll(
  candidates: readonly { readonly file: TreeFile; readonly address: Address }[],
  claimed: { readonly owners: Map<string, string>; readonly findings: Finding[] },
): readonly PlannedRecord[] {
  const small = ({ address }: { readonly address: Address }) =>
    addressText(address) === addressText(address).toLowerCase();
  const claims = new Map<TreeFile, readonly string[]>();
  for (const { file, address } of [...candidates.filter(small), ...candidates.filter((one) => !small(one))]) {
    claims.set(file, claimFolders(file, address, claimed));
  }
  return candidates.flatMap(({ file, address }) => {
    const folders = claims.get(file) ?? [];
    return folders.length > 0 ? [{ file, address, folders }] : [];
  });
}

function fileProblem(file: TreeFile, kind: "record" | "key" | "misplaced"): Finding | undefined {
  const { path } = file;
  if (!file.mode.startsWith("100")) {
    const what = file.mode === "120000" ? "a symbolic link" : "a submodule";
    return leftOut({ code: "scope", path }, `${quoted(path)} is not published: it is ${what}, not a regular file.`);
  }
  if (path.includes("\uFFFD")) {
    return leftOut({ code: "record-place", path }, `${quoted(path)} is not published: its name is not UTF-8.`);
  }
  const most = kind === "key" ? largestKey : largestFile;
  if (file.size > most) {
    const size = `it has ${file.size} bytes; at most ${most} are read`;
    return leftOut({ code: "record-shape", path }, `${quoted(path)} is not published: ${size}.`);
  }
  return undefined;
}

function addressProblem(file: TreeFile, address: Address): Finding | undefined {
  const problems = checkAddress(address);
  if (problems.length === 0) return undefined;
  return leftOut(
    { code: "record-place", path: file.path },
    `${quoted(file.path)} is not published: no client can ask for it. ${problems.join(" ")}`,
  );
}

function claimFolders(
  file: TreeFile,
  address: Address,
  claimed: { readonly owners: Map<string, string>; readonly findings: Finding[] },
): readonly string[] {
  const { owners, findings } = claimed;
  const wanted = publishedFolders(address);
  const taken = wanted.filter((folder) => owners.has(folder));
  if (taken.length > 0) {
    const others = new Set(taken.map((folder) => quoted(owners.get(folder) ?? "")));
    findings.push(
      leftOut(
        { code: "address-unique", path: file.path },
        `${addressText(address)} is not published below ${taken.join(", ")}: ${listed([...others])} has that place.`,
        "Keep one of the records; clients do not tell capitals from small letters there.",
      ),
    );
  }
  const free = wanted.filter((folder) => !owners.has(folder));
  for (const folder of free) owners.set(folder, file.path);
  return free;
}
