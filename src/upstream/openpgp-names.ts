/** The parts of a key that its strength depends on, as the openpgp package names them. */
export interface AlgorithmFacts {
  readonly algorithm: string;
  readonly bits?: number;
  readonly curve?: string;
}

/** `RSA 4096`, `Ed25519`, `ECDSA nistP256`, `DSA 2048`: for people, not for machines. */
export function algorithmText(facts: AlgorithmFacts): string {
  const family = families[facts.algorithm] ?? facts.algorithm;
  if (facts.bits !== undefined) return `${family} ${facts.bits}`;
  return family === "ECDSA" && facts.curve !== undefined ? `${family} ${facts.curve}` : family;
}

/**
 * Why a key is too weak for design.md, section 5 (RSA below 2048 bits, DSA), as its algorithm text; null when it is not.
 * Clients set no floor, so this one is the registry's.
 */
export function weakAlgorithm(facts: AlgorithmFacts): string | null {
  const family = families[facts.algorithm];
  return family === "DSA" || (family === "RSA" && (facts.bits ?? 0) < 2048) ? algorithmText(facts) : null;
}

/** Whether keys of this algorithm can sign at all; the numbers are those of RFC 9580, section 9.1. */
export const canSign = (algorithm: number): boolean => [1, 3, 17, 19, 22, 27, 28].includes(algorithm);

/** `SHA-256` for 8; `hash 99` for one that has no name. RFC 9580, section 9.5. */
export const hashText = (id: number): string => hashes[id] ?? `hash ${id}`;

/** The digests that OpenTofu's library knows (go-crypto, internal/algorithm/hash.go): neither MD5 nor RIPEMD-160. */
export const isClientHash = (id: number): boolean => [2, 8, 9, 10, 11, 12, 14].includes(id);

/** The name of a public key algorithm by its number, as far as a signature packet alone tells it. */
export const signatureAlgorithmText = (id: number): string => algorithms[id] ?? `algorithm ${id}`;

const families: Readonly<Record<string, string>> = {
  rsaEncryptSign: "RSA",
  rsaEncrypt: "RSA",
  rsaSign: "RSA",
  dsa: "DSA",
  elgamal: "ElGamal",
  ecdsa: "ECDSA",
  eddsaLegacy: "Ed25519",
  ed25519: "Ed25519",
  ed448: "Ed448",
};

const algorithms: Readonly<Record<number, string>> = {
  1: "RSA",
  2: "RSA",
  3: "RSA",
  17: "DSA",
  19: "ECDSA",
  22: "Ed25519",
  27: "Ed25519",
  28: "Ed448",
};

const hashes: Readonly<Record<number, string>> = {
  1: "MD5",
  2: "SHA-1",
  3: "RIPEMD-160",
  8: "SHA-256",
  9: "SHA-384",
  10: "SHA-512",
  11: "SHA-224",
  12: "SHA3-256",
  14: "SHA3-512",
};
