import { maxKeyFileBytes } from "../registry/keys.ts";
import { readKeyElement, readKeys } from "../upstream/openpgp.ts";
import { checkAsClient, maxSignatureBytes, maxSumsBytes } from "../upstream/signature.ts";

/** What looks at keys and signatures in files, and how large those may be. */
export const composeSignatureTools = { readKeys, readKeyElement, checkAsClient };
export const signatureLimits = { sums: maxSumsBytes, signature: maxSignatureBytes, keyFile: maxKeyFileBytes } as const;
