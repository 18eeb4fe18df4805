import { type Address, parseAddress } from "../registry/address.ts";
import { RegistrarError } from "../registry/errors.ts";

/** The address that a person typed, of the kind that a command is for. */
export function parseSandboxAddress(text: string, kind: Address["kind"]): Address {
  const address = parseAddress(text);
  if (address?.kind === kind) return address;
  const expected = kind === "provider" ? "a provider such as acme/dns" : "a module such as acme/network/aws";
  throw new RegistrarError("bad-argument", `Expected ${expected}, got ${JSON.stringify(text)}.`);
}
