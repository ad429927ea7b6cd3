// jwe_worker.mjs DIR: encrypts and decrypts with npm's jose, over and over, in one
// warm process. It answers as jwe_engine_worker does.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { CompactEncrypt, compactDecrypt, importJWK } from 'jose';

import { versionOf } from './libraries.mjs';

// How many promises are awaited together; see worker.mjs.
const AWAITED_TOGETHER = 16;

const [directory] = process.argv.slice(2);
const linesOf = (name) => readFileSync(`${directory}/${name}`, 'utf8').trimEnd().split('\n');
const loaded = new Map();

async function load({ operation, alg, enc, size }) {
  const jwk = JSON.parse(readFileSync(`${directory}/${alg}.${enc}.key`, 'utf8'));
  const nameOfAlg = alg === 'dir' ? enc : alg;
  if (operation === 'decrypt') {
    const key = await importJWK(jwk, nameOfAlg);
    const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc] };
    const work = async (token) => {
      const { plaintext } = await compactDecrypt(token, key, options);
      if (plaintext.length !== size) throw new Error('jose decrypted to something else');
    };
    return { work, items: linesOf(`${alg}.${enc}.${size}.tokens`) };
  }
  const { d, p, q, dp, dq, qi, key_ops, ...publicJwk } = jwk;
  const key = await importJWK(publicJwk, nameOfAlg);
  const header = { alg, enc, kid: jwk.kid };
  const items = linesOf(`${size}.plaintexts`).map((text) => new TextEncoder().encode(text));
  return { work: (text) => new CompactEncrypt(text).setProtectedHeader(header).encrypt(key), items };
}

async function answer(order) {
  const id = JSON.stringify({ ...order, rounds: 0 });
  if (!loaded.has(id)) loaded.set(id, await load(order));
  const { work, items } = loaded.get(id);
  const start = process.cpuUsage();
  for (let round = 0; round < order.rounds; ++round) {
    for (let i = 0; i < items.length; i += AWAITED_TOGETHER) {
      await Promise.all(items.slice(i, i + AWAITED_TOGETHER).map(work));
    }
  }
  const { user, system } = process.cpuUsage(start);
  return { tokens: order.rounds * items.length, seconds: (user + system) / 1e6 };
}

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

say({ name: `jose ${versionOf('jose')}` });
for await (const line of createInterface({ input: process.stdin })) {
  say(await answer(JSON.parse(line)));
}
