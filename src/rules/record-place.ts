import { addressText, checkAddress, publishedProvider } from "../registry/address.ts";
import { plainText } from "../registry/plain-text.ts";
import { fail, notice, orPass, type RecordSubject, type Rule } from "./rule.ts";

export const recordPlace: Rule = {
  code: "record-place",
  title: "A record lies where its address says, and clients can ask for that address",
  help: "The path is the address: providers/NAMESPACE/TYPE.json or modules/NAMESPACE/NAME/SYSTEM.json, in ASCII.",
  example: "providers/acme/terraform-provider-dns.json (the type must not begin with terraform-).",
  liftable: false,
  per: "record",
  check: ({ change }: RecordSubject) => {
    if (change.after === null) return orPass([], "The record is removed; it has no place to judge.");
    const problems = checkAddress(change.address);
    // What the base already has is only mentioned.
    if (change.before !== null)
      return orPass(
        problems.map((problem) => notice(problem)),
        "The place is right.",
      );
    const said = problems.map((problem) => fail(problem, "Choose an address that clients can ask for."));
    return orPass(said.length > 0 ? said : capitals(change), "The place is right.");
  },
};

function capitals({ address }: RecordSubject["change"]) {
  if (address.kind !== "provider") return [];
  const { namespace, type } = publishedProvider(address);
  if (namespace === address.namespace && type === address.type) return [];
  return [
    notice(
      `Clients ask for providers in lower case only: ${plainText(addressText(address))} is published as ${namespace}/${type}.`,
    ),
  ];
}
