// zip_interop.mjs ASSAY DIRECTORY: compressed content (zip DEF, RFC 7516 4.1.3)
// goes between Assay and npm's jose, both ways and in every form; what inflates
// beyond a bound is refused by both, and by Assay whatever is compressed unless
// it is allowed.
import assert from 'node:assert/strict';

import * as jose from 'jose';

import { Assay, lines } from './assay.mjs';
import { runCases } from './cases.mjs';

const assay = new Assay(process.argv[2], process.argv[3]);
const encode = (text) => new TextEncoder().encode(text);
const decode = (bytes) => new TextDecoder().decode(bytes);

const ENCS = ['A128GCM', 'A256CBC-HS512'];
const PLAINTEXTS = ['x', 'žluťoučký kůň 🐎 \u0000"\\/', '0123456789'.repeat(10000)];
const MAX = 250000; // Of both.

const jwk = JSON.parse(assay.run(['keygen', '--alg', 'A128KW', '--kid', 'k']).stdout);
const keyPath = assay.writeKey('zip.jwk', jwk);
const key = await jose.importJWK(jwk, 'A128KW');

function decrypt(tokens, args) {
  return lines(assay.run(['decrypt', '--keys', keyPath, ...args], tokens.join('\n')).stdout)
    .map((line) => JSON.parse(line));
}

async function joseInflatesWhatAssayDeflates(enc) {
  const input = PLAINTEXTS.map((text) => jose.base64url.encode(encode(text))).join('\n');
  const encrypt = ['encrypt', '--keys', keyPath, '--enc', enc, '--zip', '--plaintext', 'base64url'];
  const compact = lines(assay.run(encrypt, input).stdout);
  const flattened = lines(assay.run([...encrypt, '--form', 'jwe-json'], input).stdout);
  assert(compact[2].length < PLAINTEXTS[2].length / 10);
  for (const [i, text] of PLAINTEXTS.entries()) {
    const { plaintext, protectedHeader } = await jose.compactDecrypt(compact[i], key);
    assert.equal(protectedHeader.zip, 'DEF');
    assert.equal(decode(plaintext), text);
    const object = JSON.parse(flattened[i]);
    assert.equal(decode((await jose.flattenedDecrypt(object, key)).plaintext), text);
  }
}

async function assayInflatesWhatJoseDeflates(enc) {
  const header = { alg: 'A128KW', enc, kid: 'k', zip: 'DEF' };
  const compact = await Promise.all(PLAINTEXTS.map((text) => new jose.CompactEncrypt(encode(text))
    .setProtectedHeader(header).encrypt(key)));
  const flattened = await Promise.all(PLAINTEXTS.map(async (text) => JSON.stringify(
    await new jose.FlattenedEncrypt(encode(text)).setProtectedHeader(header).encrypt(key))));
  for (const [tokens, form] of [[compact, []], [flattened, ['--form', 'jwe-json']]]) {
    assert.deepEqual(decrypt(tokens, ['--allow-zip', ...form])
      .map(({ plaintext }) => decode(jose.base64url.decode(plaintext))), PLAINTEXTS);
    assert.deepEqual(decrypt(tokens, form).map(({ verdict }) => verdict),
      PLAINTEXTS.map(() => 'UNSUPPORTED'));
  }
}

async function bombsAreRefusedByBoth() {
  const bomb = await new jose.CompactEncrypt(new Uint8Array(MAX * 40))
    .setProtectedHeader({ alg: 'A128KW', enc: 'A128GCM', kid: 'k', zip: 'DEF' }).encrypt(key);
  await assert.rejects(jose.compactDecrypt(bomb, key));
  assert.deepEqual(decrypt([bomb], ['--allow-zip']).map(({ verdict }) => verdict), ['TOO_LARGE']);
}

await runCases([
  ...ENCS.map((enc) => [`jose inflates what assay deflates: ${enc}`,
    () => joseInflatesWhatAssayDeflates(enc)]),
  ...ENCS.map((enc) => [`assay inflates what jose deflates: ${enc}`,
    () => assayInflatesWhatJoseDeflates(enc)]),
  ['bombs are refused by both', bombsAreRefusedByBoth],
]);
