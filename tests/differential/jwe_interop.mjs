// jwe_interop.mjs ASSAY DIRECTORY: encrypted tokens and keys go between Assay
// and npm's jose, both ways, for every pair of algorithms and every form. What
// one encrypts the other decrypts to the same bytes; what was damaged on the way
// nobody decrypts. A general token has a second recipient wherever its alg can
// share a key. Prints a matrix for each form; a cell is what went from Assay to
// jose and from jose to Assay.
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

const FORMS = ['compact', 'flattened', 'general'];
const AAD = 'for all to see';
const SHARED = { jku: 'https://example.com/keys.jwks' };

const flip = (text) => (text[0] === 'A' ? 'B' : 'A') + text.slice(1);

// One bit of the tag, one of the ciphertext, one of the encrypted key or IV.
function damagedCompact(token) {
  const segments = token.split('.');
  return [4, 3, segments[1] === '' ? 2 : 1].map((at) => segments
    .map((segment, i) => (i === at ? flip(segment) : segment)).join('.'));
}

// And one of the additional authenticated data, of which the header is a part.
function damagedJson(token) {
  const jwe = JSON.parse(token);
  return ['tag', 'ciphertext', 'iv', 'aad']
    .map((name) => JSON.stringify({ ...jwe, [name]: flip(jwe[name]) }));
}

const damaged = (form, token) => (form === 'compact' ? damagedCompact(token)
  : damagedJson(token));

// What a key of jose's makes of a token.
function joseDecrypt(form, token, key, options) {
  if (form === 'compact') return jose.compactDecrypt(token, key, options);
  return form === 'flattened' ? jose.flattenedDecrypt(JSON.parse(token), key, options)
    : jose.generalDecrypt(JSON.parse(token), key, options);
}

const sharesKey = ({ alg }) => alg !== 'dir' && alg !== 'ECDH-ES';
const other = JSON.parse(assay.run(['keygen', '--alg', 'A256KW', '--kid', 'other']).stdout);
const otherPath = assay.writeKey('other.jwk', other);

// Keys are made once for a row, but for "dir", whose key is for one enc.
function oncePerRow(make) {
  const made = new Map();
  return (row, enc) => {
    const name = `${row.alg} ${row.crv} ${row.alg === 'dir' ? enc : ''}`;
    if (!made.has(name)) made.set(name, make(row, enc));
    return made.get(name);
  };
}

const assayKey = oncePerRow(({ alg, crv }, enc) => {
  const args = ['keygen', '--alg', alg, '--kid', 'from assay'];
  if (crv) args.push('--crv', crv);
  if (alg === 'dir') args.push('--enc', enc);
  const jwk = JSON.parse(assay.run(args).stdout);
  return { jwk, encrypting: assay.verifyingKey(jwk) };
});

// With two recipients, the second is the one whose key is at keyPath.
function encrypt(form, row, keyPath, enc) {
  const args = ['encrypt', '--keys', keyPath, '--enc', enc, '--p2c', '1000',
    '--plaintext', 'base64url'];
  if (form !== 'compact') {
    args.push('--form', 'jwe-json', '--aad', AAD, '--unprotected', JSON.stringify(SHARED));
  }
  if (form === 'general') args.push('--general');
  if (form === 'general' && sharesKey(row)) {
    args.push('--keys', otherPath, '--kid', 'other', '--kid', 'from assay');
  }
  const input = PLAINTEXTS.map((text) => jose.base64url.encode(encode(text))).join('\n');
  return lines(assay.run(args, input).stdout);
}

function decrypt(form, keyPath, tokens) {
  const args = ['decrypt', '--keys', keyPath];
  if (form !== 'compact') args.push('--form', 'jwe-json');
  return lines(assay.run(args, tokens.join('\n')).stdout).map((line) => JSON.parse(line));
}

async function joseDecryptsWhatAssayEncrypts(row, enc, check) {
  const { jwk, encrypting } = assayKey(row, enc);
  const key = await jose.importJWK(jwk, row.alg === 'dir' ? enc : row.alg);
  const keyPath = assay.writeKey('assay.jwk', encrypting);
  const options = {
    keyManagementAlgorithms: [row.alg], contentEncryptionAlgorithms: [enc], maxPBES2Count: P2C,
  };
  await check(async (form) => {
    const tokens = encrypt(form, row, keyPath, enc);
    assert.equal(tokens.length, PLAINTEXTS.length);
    for (const [i, token] of tokens.entries()) {
      const { plaintext, protectedHeader, ...rest } = await joseDecrypt(form, token, key, options);
      assert.equal(new TextDecoder().decode(plaintext), PLAINTEXTS[i]);
      assert.equal({ ...protectedHeader, ...rest.unprotectedHeader }.kid, 'from assay');
      if (form !== 'compact') {
        assert.equal(new TextDecoder().decode(rest.additionalAuthenticatedData), AAD);
        assert.deepEqual(rest.sharedUnprotectedHeader, SHARED);
      }
    }
    await assert.rejects(joseDecrypt(form, damaged(form, tokens[0])[0], key, options));
  });
}

const joseKey = oncePerRow(async ({ alg, crv }, enc) => {
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
});

// The first token of three has no kid, and key agreement's others have parties.
function joseCompact(row, enc, publicKey, text, i) {
  const header = { alg: row.alg, enc, ...(i === 0 ? {} : { kid: 'k' }) };
  const token = new jose.CompactEncrypt(encode(text)).setProtectedHeader(header);
  if (row.alg.startsWith('PBES2')) token.setKeyManagementParameters({ p2c: P2C });
  if (row.alg.startsWith('ECDH') && i > 0) {
    token.setKeyManagementParameters({ apu: encode('Alice'), apv: encode('Bob') });
  }
  return token.encrypt(publicKey);
}

// The first has all of its header protected, the others none of it but enc.
async function joseFlattened(row, enc, publicKey, text, i) {
  const own = { alg: row.alg, kid: 'k' };
  const token = new jose.FlattenedEncrypt(encode(text))
    .setProtectedHeader(i === 0 ? { ...own, enc } : { enc })
    .setSharedUnprotectedHeader(SHARED)
    .setAdditionalAuthenticatedData(encode(AAD));
  if (i > 0) token.setUnprotectedHeader(own);
  return JSON.stringify(await token.encrypt(publicKey));
}

async function joseGeneral(row, enc, publicKey, text, i) {
  const token = new jose.GeneralEncrypt(encode(text))
    .setProtectedHeader({ enc })
    .setSharedUnprotectedHeader(SHARED)
    .setAdditionalAuthenticatedData(encode(AAD));
  if (sharesKey(row)) {
    token.addRecipient(await jose.importJWK(other, 'A256KW'))
      .setUnprotectedHeader({ alg: 'A256KW', kid: 'other' });
  }
  token.addRecipient(publicKey)
    .setUnprotectedHeader({ alg: row.alg, ...(i === 0 ? {} : { kid: 'k' }) });
  return JSON.stringify(await token.encrypt());
}

const JOSE_ENCRYPTS = { compact: joseCompact, flattened: joseFlattened, general: joseGeneral };

// Of a row and a form, all that Assay says of jose's tokens, by enc; one run of
// the command for all of them.
const decrypted = new Map();

async function decryptRow(row, form) {
  const jwks = [];
  const tokens = [];
  for (const enc of ENCS) {
    const { jwk, publicKey } = await joseKey(row, enc);
    const key = { ...jwk, alg: row.alg, kid: 'k' };
    if (row.alg === 'dir' || jwks.length === 0) jwks.push(key);
    const good = await Promise.all(PLAINTEXTS
      .map((text, i) => JOSE_ENCRYPTS[form](row, enc, publicKey, text, i)));
    tokens.push([...good, ...damaged(form, good[0])]);
  }
  const results = decrypt(form, assay.writeKey('jose.jwks', { keys: jwks }), tokens.flat());
  assert.equal(results.length, tokens.flat().length);
  return new Map(ENCS.map((enc, i) => [enc, results.splice(0, tokens[i].length)]));
}

function resultsOf(row, form) {
  const name = `${row.alg} ${row.crv} ${form}`;
  if (!decrypted.has(name)) decrypted.set(name, decryptRow(row, form));
  return decrypted.get(name);
}

async function assayDecryptsWhatJoseEncrypts(row, enc, check) {
  await check(async (form) => {
    const results = (await resultsOf(row, form)).get(enc);
    const good = results.splice(0, PLAINTEXTS.length);
    assert.deepEqual(good.map((result) => result.verdict), PLAINTEXTS.map(() => 'VALID'));
    assert.deepEqual(good.map((result) => new TextDecoder()
      .decode(jose.base64url.decode(result.plaintext))), PLAINTEXTS);
    assert.deepEqual(good.map(({ alg, enc: used }) => [alg, used]),
      PLAINTEXTS.map(() => [row.alg, enc]));
    if (form !== 'compact') {
      assert.deepEqual(good.map(({ aad }) => aad),
        PLAINTEXTS.map(() => jose.base64url.encode(AAD)));
    }
    assert(results.length >= 3);
    assert.deepEqual(results.map((result) => result.verdict),
      results.map(() => 'DECRYPTION_FAILED'));
  });
}

let failed = 0;
let cells = 0;

// What became of each form.
async function cell(direction, row, enc) {
  const outcomes = {};
  const told = (form, error) => {
    failed += 1;
    console.log(`FAILED ${direction.name} ${form} ${row.alg} ${row.crv ?? ''} ${enc}\n${error.stack}`);
    return 'FAILED';
  };
  try {
    await direction(row, enc, async (check) => {
      for (const form of FORMS) {
        cells += 1;
        outcomes[form] = await check(form).then(() => 'ok', (error) => told(form, error));
      }
    });
  } catch (error) {
    told('any form', error);
  }
  return outcomes;
}

const printed = Object.fromEntries(FORMS.map((form) => [form, []]));
for (const row of ROWS) {
  const columns = [];
  for (const enc of ENCS) {
    columns.push([await cell(joseDecryptsWhatAssayEncrypts, row, enc),
      await cell(assayDecryptsWhatJoseEncrypts, row, enc)]);
  }
  for (const form of FORMS) {
    printed[form].push([`${row.alg} ${row.crv ?? ''}`.padEnd(22), ...columns
      .map(([there, back]) => `${there[form]} ${back[form]}`.padEnd(14))].join(' '));
  }
}
for (const form of FORMS) {
  console.log([form.padEnd(22), ...ENCS.map((enc) => enc.padEnd(14))].join(' '));
  console.log(printed[form].join('\n'));
}
assert.equal(cells, ROWS.length * ENCS.length * FORMS.length * 2);
console.log(`${cells - failed} passed, ${failed} failed`);
if (failed > 0) process.exit(1);
