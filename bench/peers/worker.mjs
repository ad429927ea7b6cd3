// worker.mjs LIBRARY DIR: verifies DIR/ALG.tokens with one npm library, over and
// over, in one warm process. It says what it is, then answers each line in,
//   {"alg": "ES256", "rounds": 3, "policy": {...}}
// with {"tokens": N, "seconds": S} or {"unsupported": true}. Seconds are the
// process's processor time, its garbage collector's threads included.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { libraries, versionOf } from './libraries.mjs';

// For a library that answers by promises: how many are awaited together. Of 1, 16,
// 64 and 512, this suits jose best.
const AWAITED_TOGETHER = 16;

const [library, directory] = process.argv.slice(2);
const loaded = new Map();

async function verifyAll(verify, tokens) {
  if (!(verify(tokens[0]) instanceof Promise)) {
    for (const token of tokens) verify(token);
    return;
  }
  for (let i = 0; i < tokens.length; i += AWAITED_TOGETHER) {
    await Promise.all(tokens.slice(i, i + AWAITED_TOGETHER).map(verify));
  }
}

// A library that takes anything would win every race.
async function expectRejection(verify, token) {
  const at = token.lastIndexOf('.') + 2;
  const damaged = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
  try {
    await verify(damaged);
  } catch {
    return;
  }
  throw new Error(`${library} accepted a damaged token`);
}

async function load(alg, policy) {
  const jwk = JSON.parse(readFileSync(`${directory}/${alg}.key`, 'utf8'));
  const tokens = readFileSync(`${directory}/${alg}.tokens`, 'utf8').trimEnd().split('\n');
  const verify = await libraries[library](jwk, { alg, ...policy });
  if (verify === null) return null;
  await expectRejection(verify, tokens[0]);
  return { verify, tokens };
}

async function answer({ alg, rounds, policy }) {
  if (!loaded.has(alg)) loaded.set(alg, await load(alg, policy));
  const work = loaded.get(alg);
  if (work === null) return { unsupported: true };
  const start = process.cpuUsage();
  for (let round = 0; round < rounds; ++round) await verifyAll(work.verify, work.tokens);
  const { user, system } = process.cpuUsage(start);
  return { tokens: rounds * work.tokens.length, seconds: (user + system) / 1e6 };
}

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

say({ name: `${library} ${versionOf(library)}` });
for await (const line of createInterface({ input: process.stdin })) {
  say(await answer(JSON.parse(line)));
}
