/* node same-program.mjs SOURCE SERVED NAME…: whether each script is the same program in both folders. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "acorn";

const [source, served, ...names] = process.argv.slice(2);
let comments = 0;

/** The syntax tree without positions; literals, regular expressions and templates as they are written. */
function tree(path, onComment) {
  const ast = parse(readFileSync(path, "utf8"), { ecmaVersion: "latest", sourceType: "module", onComment });
  return JSON.stringify(ast, (key, value) => (key === "start" || key === "end" ? undefined : value), 1);
}

for (const name of names) {
  assert.equal(tree(join(served, name), () => comments++), tree(join(source, name)), name);
}
console.log(`${names.length} scripts, ${comments} comments in what is served`);
