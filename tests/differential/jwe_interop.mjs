// jwe_interop.mjs ASSAY DIRECTORY: encrypted tokens and keys go between Assay
// and npm's jose, both ways, for every pair of algorithms. What one encrypts the
// other decrypts to the same bytes; what was damaged on the way nobody decrypts.
// Prints the matrix; a cell is what went from Assay to jose and from jose to
// Assay.
import assert from 'node:assert/strict';

import * as jose from 'jose';

import { Assay, lines } from './assay.mjs';

const ENCS = ['A128CBC-HS256', 'A192CBC-HS384', 'A256CBC-HS512', 'A128GCM', 'A192GCM', 'A256GCM'];
const CURVES = ['P-256', 'P-384', 'P-521', 'X25519'];
const ROWS = [
  { alg: 'dir' },
  ...['A128KW', 'A192KW', 'A256KW', 'A128GCMKW', 'A192GCMKW', 'A256GCMKW',
    'PBES2-HS256+A128KW', 'PBES2-HS384+A192KW', 'PBES2-HS512+A256KW',
    'RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512'].map((alg) => ({ alg })),
  ...['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW']
    .flatMap((alg) => CURVES.map((crv) => ({ alg, crv }))),
];
const P2C = 2048; // Of jose.

const PLAINTEXTS = ['x', 'žluťoučký kůň 🐎 \u0000"\\/', '0'.repeat(1000)];

const assay = new Assay(process.argv[2], process.argv[3]);
const encode = (text) => new TextEncoder().encode(text);

// One bit of the tag, one of the ciphertext, one of the encrypted key or IV.
function damaged(token) {
  const segments = token.split('.');
  const flip = (text) => (text[0] === 'A' ? 'B' : 'A') + text.slice(1);
  return [4, 3, segments[1] === '' ? 2 : 1].map((at) => segments
    .map((segment, i) => (i === at ? flip(segment) : segment)).join('.'));
}

function keygen({ alg, crv }, enc) {
  const args = ['keygen', '--alg', alg, '--kid', 'from assay'];
  if (crv) args.push('--crv', crv);
  if (alg === 'dir') args.push('--enc', enc);
  return JSON.parse(assay.run(args).stdout);
}

function encrypt(keyPath, enc) {
  const args = ['encrypt', '--keys', keyPath, '--enc', enc, '--p2c', '1000',
    '--plaintext', 'base64url'];
  const input = PLAINTEXTS.map((text) => jose.base64url.encode(encode(text))).join('\n');
  return lines(assay.run(args, input).stdout);
}

function decrypt(keyPath, tokens) {
  return lines(assay.run(['decrypt', '--keys', keyPath], tokens.join('\n')).stdout)
    .map((line) => JSON.parse(line));
}

async function joseDecryptsWhatAssayEncrypts(row, enc) {
  const jwk = keygen(row, enc);
  const key = await jose.importJWK(jwk, row.alg === 'dir' ? enc : row.alg);
  const tokens = encrypt(assay.writeKey('assay.jwk', assay.verifyingKey(jwk)), enc);
  assert.equal(tokens.length, PLAINTEXTS.length);
  const options = {
    keyManagementAlgorithms: [row.alg], contentEncryptionAlgorithms: [enc], maxPBES2Count: P2C,
  };
  for (const [i, token] of tokens.entries()) {
    const { plaintext, protectedHeader } = await jose.compactDecrypt(token, key, options);
    assert.equal(new TextDecoder().decode(plaintext), PLAINTEXTS[i]);
    assert.equal(protectedHeader.kid, 'from assay');
  }
  await assert.rejects(jose.compactDecrypt(damaged(tokens[0])[0], key, options));
}

async function joseKey({ alg, crv }, enc) {
  if (alg === 'dir') {
    const secret = await jose.generateSecret(enc, { extractable: true });
    return { jwk: await jose.exportJWK(secret), publicKey: secret };
  }
  if (alg.startsWith('PBES2')) {
    const password = encode('a password that nobody guesses');
    return { jwk: { kty: 'oct', k: jose.base64url.encode(password) }, publicKey: password };
  }
  if (alg.startsWith('A')) {
    const secret = await jose.generateSecret(alg, { extractable: true });
    return { jwk: await jose.exportJWK(secret), publicKey: secret };
  }
  const { privateKey, publicKey } = await jose.generateKeyPair(alg, { crv, extractable: true });
  return { jwk: await jose.exportJWK(privateKey), publicKey };
}

async function assayDecryptsWhatJoseEncrypts(row, enc) {
  const { jwk, publicKey } = await joseKey(row, enc);
  const keyPath = assay.writeKey('jose.jwk', { ...jwk, alg: row.alg, kid: 'k' });
  const isEcdh = row.alg.startsWith('ECDH');
  const tokens = await Promise.all(PLAINTEXTS.map((text, i) => {
    const header = { alg: row.alg, enc, ...(i === 0 ? {} : { kid: 'k' }) };
    const token = new jose.CompactEncrypt(encode(text)).setProtectedHeader(header);
    if (row.alg.startsWith('PBES2')) token.setKeyManagementParameters({ p2c: P2C });
    if (isEcdh && i > 0) {
      token.setKeyManagementParameters({ apu: encode('Alice'), apv: encode('Bob') });
    }
    return token.encrypt(publicKey);
  }));
  const results = decrypt(keyPath, tokens);
  assert.deepEqual(results.map((result) => result.verdict), tokens.map(() => 'VALID'));
  assert.deepEqual(results.map((result) => new TextDecoder()
    .decode(jose.base64url.decode(result.plaintext))), PLAINTEXTS);
  assert.deepEqual(results.map(({ alg, enc: used }) => [alg, used]),
    tokens.map(() => [row.alg, enc]));
  assert.deepEqual(decrypt(keyPath, damaged(tokens[0])).map((result) => result.verdict),
    ['DECRYPTION_FAILED', 'DECRYPTION_FAILED', 'DECRYPTION_FAILED']);
}

let failed = 0;
let cells = 0;

async function cell(direction, row, enc) {
  cells += 1;
  try {
    await direction(row, enc);
    return 'ok';
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${direction.name} ${row.alg} ${row.crv ?? ''} ${enc}\n${error.stack}`);
    return 'FAILED';
  }
}

console.log(['alg'.padEnd(22), ...ENCS.map((enc) => enc.padEnd(14))].join(' '));
for (const row of ROWS) {
  const printed = [];
  for (const enc of ENCS) {
    const there = await cell(joseDecryptsWhatAssayEncrypts, row, enc);
    const back = await cell(assayDecryptsWhatJoseEncrypts, row, enc);
    printed.push(`${there} ${back}`.padEnd(14));
  }
  console.log([`${row.alg} ${row.crv ?? ''}`.padEnd(22), ...printed].join(' '));
}
assert.equal(cells, ROWS.length * ENCS.length * 2);
console.log(`${cells - failed} passed, ${failed} failed`);
if (failed > 0) process.exit(1);
