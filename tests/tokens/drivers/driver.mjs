// Makes the tokens that the lines of standard input ask for; see ../languages.py.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { userAuthToken, identityToken } = await import(pathToFileURL(process.argv[2]));
for (const line of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const [kind, ...fields] = line.split("\t");
  const [secret, userId, email, name] = fields.slice(0, 4).map((field) => Buffer.from(field, "base64").toString());
  const token = kind === "hmac"
    ? userAuthToken(secret, userId, email)
    : identityToken(secret, { userId, email, name }, Number(fields[5]), Number(fields[4]));
  console.log(token);
}
