import { verify } from "node:crypto";
import type { App } from "../entities/app.ts";
import { ApiError, badCredentials } from "../errors.ts";
import type { Store } from "../store.ts";
import type { Viewer } from "../viewer.ts";

/** Who an `Authorization` header stands for: none, a token (as such or as a password), or the JWT of an app. */
export function authenticate(store: Store, header: string | undefined): Viewer {
  const credential = credentialOf(header);
  if (credential === null) return { kind: "anonymous" };
  if (/^ey[\w-]+\.[\w-]+\.[\w-]+$/.test(credential)) return { kind: "app", app: verifyJwt(store, credential) };
  const token = store.tokens.get(credential);
  if (token === undefined || token.expiresAt <= Date.now()) throw badCredentials();
  return token.viewer;
}

function credentialOf(header: string | undefined): string | null {
  if (header === undefined || header.trim() === "") return null;
  const [, scheme = "", value = ""] = /^(\S+)\s+(.*)$/.exec(header.trim()) ?? [];
  if (/^(token|bearer)$/i.test(scheme)) return value.trim();
  if (!/^basic$/i.test(scheme)) throw badCredentials();
  const pair = Buffer.from(value, "base64").toString();
  const colon = pair.indexOf(":");
  // A token may stand in either place; git clients send `x-access-token:TOKEN`.
  return pair.slice(colon + 1) || pair.slice(0, colon) || null;
}

const LONGEST_JWT = 600;
/** GitHub lets a clock be a little ahead. */
const LEEWAY = 60;

/** https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
function verifyJwt(store: Store, jwt: string): App {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const { alg } = decode(header);
  const { iss, iat, exp } = decode(payload);
  const app = [...store.apps.values()].find(({ id, clientId }) => String(iss) === String(id) || iss === clientId);
  if (app === undefined) throw new ApiError(404, "Integration not found");
  const undecodable = new ApiError(401, "A JSON web token could not be decoded");
  if (alg !== "RS256") throw undecodable;
  const data = Buffer.from(`${header}.${payload}`);
  if (!verify("RSA-SHA256", data, app.publicKey, Buffer.from(signature, "base64url"))) throw undecodable;
  const now = Date.now() / 1000;
  if (typeof exp !== "number") throw new ApiError(401, "Missing 'expiration time' claim ('exp') in assertion");
  if (exp <= now)
    throw new ApiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (exp > now + LONGEST_JWT + LEEWAY)
    throw new ApiError(401, "'Expiration time' claim ('exp') is too far in the future");
  if (typeof iat !== "number" || iat > now + LEEWAY) {
    throw new ApiError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  return app;
}

function decode(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    throw new ApiError(401, "A JSON web token could not be decoded");
  }
}
