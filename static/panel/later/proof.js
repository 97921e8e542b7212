/* Work for the device before a conversation starts: find the number whose SHA-256 with a salt is known (ALTCHA, version 1).
   Written out, since `crypto.subtle` is missing on pages without TLS and much slower for many short texts. */

const CHUNK_MS = 12; // between two frames, so that typing stays smooth
const LOOK_EVERY = 256;
const BLOCK = 64; // bytes

/** The first 32 bits of the fractional part of a root of a prime (FIPS 180-4 §4.2.2, §5.3.3). @param {number} root */
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
const PRIMES = /** @type {number[]} */ ([]);
for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const w = new Int32Array(64);

/** @param {number} x @param {number} by */
const turn = (x, by) => (x >>> by) | (x << (32 - by));

/** Take up one block (FIPS 180-4 §6.2.2). @param {Int32Array} state @param {DataView} data @param {number} at */
function mix(state, data, at) {
  for (let t = 0; t < 16; t++) w[t] = data.getInt32(at + 4 * t);
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15], y = w[t - 2];
    w[t] = (w[t - 16] + w[t - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let t = 0; t < 64; t++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

/** The SHA-256 of an ASCII text, as eight words. @param {string} text */
export function sha256(text) {
  const length = text.length, blocks = Math.ceil((length + 9) / BLOCK);
  const data = new DataView(new ArrayBuffer(blocks * BLOCK));
  for (let n = 0; n < length; n++) data.setUint8(n, text.charCodeAt(n));
  data.setUint8(length, 0x80);
  data.setUint32(blocks * BLOCK - 4, length * 8);
  const state = START.slice();
  for (let n = 0; n < blocks; n++) mix(state, data, n * BLOCK);
  return state;
}

/**
 * Find the number, in small pieces of work.
 * @param {{algorithm: string, challenge: string, maxNumber: number, salt: string, signature: string}} challenge
 */
export async function solve({ algorithm, challenge, maxNumber, salt, signature }) {
  if (algorithm !== "SHA-256") throw new Error(`no way to solve ${algorithm}`);
  const wanted = Int32Array.from({ length: 8 }, (_, n) => parseInt(challenge.slice(n * 8, n * 8 + 8), 16));
  let until = performance.now() + CHUNK_MS;
  for (let number = 0; number <= maxNumber; number++) {
    if (sha256(salt + number).every((word, n) => word === wanted[n])) return { algorithm, challenge, number, salt, signature };
    if (number % LOOK_EVERY === 0 && performance.now() > until) {
      await new Promise((resolve) => setTimeout(resolve));
      until = performance.now() + CHUNK_MS;
    }
  }
  throw new Error("the challenge has no solution");
}
