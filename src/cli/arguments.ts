import { type Address, parseAddress } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";
import { quoted } from "../registry/plain-text.ts";

/** `acme/dns` or `acme/network/aws`; throws `bad-argument` for anything else. */
export function parseAddressArgument(text: string): Address {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  const message = `The address must be NAMESPACE/TYPE of a provider or NAMESPACE/NAME/SYSTEM of a module, got ${quoted(text)}.`;
  throw new RegistrarError("bad-argument", message);
}

/** The number of a pull request; throws `bad-argument` for anything else. */
export function parsePullRequest(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new RegistrarError("bad-argument", `The pull request must be a number such as 12, got ${quoted(text)}.`);
}

/** A whole number from 1; throws `bad-argument` for anything else. */
export function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new RegistrarError("bad-argument", `--limit must be a whole number from 1, got ${quoted(text)}.`);
}

/** `owner/name` of a repository on the GitHub at `serverUrl`, given as such or as its URL; throws `bad-argument` otherwise. */
export function parseRepository(text: string, serverUrl: string): string {
  const bare = text.startsWith(`${serverUrl}/`) ? text.slice(serverUrl.length + 1) : text;
  const [, owner, name] = /^([A-Za-z0-9-]+)\/([A-Za-z0-9._-]+?)(?:\.git)?\/?$/.exec(bare) ?? [];
  // Dots alone would be a step in a path.
  if (owner !== undefined && name !== undefined && !/^\.+$/.test(name)) return `${owner}/${name}`;
  const message = `--repository must be OWNER/NAME or ${serverUrl}/OWNER/NAME, got ${quoted(text)}.`;
  throw new RegistrarError("bad-argument", message);
}
