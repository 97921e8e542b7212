// Proves your visitors to the chat. Node 16 or newer, nothing to install.
import { createHmac } from "node:crypto";

/** Prove exactly the userId and the userEmail that the page sends; "" stands for one it does not send. */
export function userAuthToken(secretKey, userId, userEmail = "") {
  return createHmac("sha256", secretKey).update(`${userId ?? ""}\n${userEmail ?? ""}`).digest("base64");
}

/** Prove a person for a while: a JWT. Leave out what you do not know; userId or email must be there. */
export function identityToken(secretKey, { userId, email, name }, lifetimeSeconds = 3600, issuedAt = Date.now() / 1000) {
  const iat = Math.floor(issuedAt);
  const claims = { kind: "USER", uid: userId || undefined, email: email || undefined, name: name || undefined };
  const parts = [{ alg: "HS256", typ: "JWT" }, { ...claims, iat, exp: iat + lifetimeSeconds }];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${signed}.${createHmac("sha256", secretKey).update(signed).digest("base64url")}`;
}
