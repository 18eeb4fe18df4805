import { type Finding, type Outcome, worstOutcome } from "../registry/finding.ts";
import type { KeyFile } from "../registry/keys.ts";
import { plainText, quoted } from "../registry/plain-text.ts";
import { defaultSettings } from "../registry/settings.ts";
import { signature as signatureRule } from "../rules/index.ts";
import { judgeSignature } from "../rules/judge-signature.ts";
import { keyChange } from "../rules/key-change.ts";
import { parsedProblems, severalKeys, textProblems } from "../rules/key-file-problems.ts";
import { findingOf, notice, type Said } from "../rules/rule.ts";
import type { KeyElement, ParsedKeyFile } from "../upstream/parsed-key.ts";
import type { SignatureReport } from "../upstream/signature-report.ts";
import type { ReadKeys } from "./base.ts";

/** What the OpenPGP adapter does for this task. */
export interface SignatureTools {
  readonly readKeys: ReadKeys;
  /** A file as a client takes it. */
  readonly readKeyElement: (file: KeyFile) => Promise<KeyElement>;
  readonly checkAsClient: (input: {
    readonly sums: Uint8Array;
    readonly signature: Uint8Array;
    readonly elements: readonly KeyElement[];
    readonly now: Date;
  }) => Promise<SignatureReport>;
}

/** What is worth knowing of an answer, for scripts. */
export type SignatureFlag =
  | "expired-key"
  /** The signature has, or will have, an end of its own. */
  | "expiring-signature"
  | "expired-signature"
  | "weak"
  | NonNullable<SignatureReport["problem"]>
  | "private-key"
  /** A file that the registry would not take, for another reason than a private key. */
  | "unusable-key-file";

export interface SignatureAnswer {
  /** OpenTofu's answer, were each file one entry of `gpg_public_keys`, in this order. */
  readonly accepted: boolean;
  /** Registrar's answer under the default policy; never milder. */
  readonly outcome: Outcome;
  /** Fingerprint of the primary key that verifies it; null when none does. */
  readonly by: string | null;
  readonly flags: readonly SignatureFlag[];
  readonly findings: readonly Finding[];
  /** Everything that was read of the signature. */
  readonly report: SignatureReport;
}

/** Whether a release would be accepted with these keys: by OpenTofu, and by this registry. Never throws. */
export async function verifySignature(
  tools: SignatureTools,
  input: {
    readonly sums: Uint8Array;
    readonly signature: Uint8Array;
    readonly keys: readonly KeyFile[];
    readonly now: Date;
  },
): Promise<SignatureAnswer> {
  const { sums, signature, keys, now } = input;
  const elements = await Promise.all(keys.map(tools.readKeyElement));
  const report = await tools.checkAsClient({ sums, signature, elements, now });
  const files = await Promise.all(keys.map(async (file) => ({ file, parsed: await tools.readKeys([file]) })));
  return answer({ report, elements, files, now });
}

interface Facts {
  readonly report: SignatureReport;
  readonly elements: readonly KeyElement[];
  readonly files: readonly { readonly file: KeyFile; readonly parsed: readonly ParsedKeyFile[] }[];
  readonly now: Date;
}

/** Pure. */
function answer({ report, elements, files, now }: Facts): SignatureAnswer {
  const fingerprints = elements.flatMap((element) =>
    element === "unreadable" ? [] : element.map(({ fingerprint }) => fingerprint),
  );
  const ofSignature = judgeSignature({
    report,
    policy: defaultSettings.policy,
    keys: { usable: fingerprints, problems: [] },
    of: "The release",
    namespace: "these key files",
    keyWord: "given key",
    newKey: "keys/NAMESPACE/NAME.asc",
  }).map((said) => findingOf(signatureRule, said, { path: "" }));
  const problems = files.map(({ file, parsed }) => ({ file, parsed, said: problemsOf(file, parsed) }));
  const ofFiles = problems.flatMap(({ file, parsed, said }) =>
    [
      ...said.map((one) => weighed(one, { report, file })),
      ...severalKeys(quoted(file.path), parsed).map(mentioned),
    ].map((one) => findingOf(keyChange, one, { path: plainText(file.path) })),
  );
  const findings = [...ofSignature, ...ofFiles];
  const hasPrivate = ofFiles.some(({ message }) => message.includes("has a private key"));
  const flags: SignatureFlag[] = [
    ...(report.problem === null ? [] : [report.problem]),
    ...(report.expiredKey === null ? [] : ["expired-key" as const]),
    ...expiryFlag(report, now),
    ...(report.weak.length === 0 ? [] : ["weak" as const]),
    ...(hasPrivate ? ["private-key" as const] : []),
    ...(problems.some(({ said }) => said.length > 0) && !hasPrivate ? ["unusable-key-file" as const] : []),
  ];
  const by = report.verifiedBy?.fingerprint ?? null;
  return { accepted: report.accepted, outcome: worstOutcome(findings), by, flags, findings, report };
}

function problemsOf(file: KeyFile, parsed: readonly ParsedKeyFile[]): readonly Said[] {
  const name = quoted(file.path);
  const said = textProblems(name, file.text);
  return said.length > 0 ? said : parsedProblems(name, { before: parsed, after: parsed });
}

/**
 * A private key is a fault wherever it lies, and so is a file whose key decided. Another one that cannot be used is only
 * mentioned: the registry leaves it out, and clients never got so far.
 */
function weighed(said: Said, { report, file }: { readonly report: SignatureReport; readonly file: KeyFile }): Said {
  const decided = report.verifiedBy?.path === file.path;
  if (!report.accepted || decided || said.message.includes("has a private key")) return said;
  return mentioned(said);
}

const mentioned = ({ message, next }: Said): Said => notice(message, next === undefined ? {} : { next });

function expiryFlag({ signatureExpires }: SignatureReport, now: Date): readonly SignatureFlag[] {
  if (signatureExpires === null) return [];
  return [new Date(signatureExpires) < now ? "expired-signature" : "expiring-signature"];
}
