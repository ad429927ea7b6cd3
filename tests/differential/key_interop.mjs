// key_interop.mjs ASSAY DIRECTORY: keys go between Assay and npm's jose in other
// ways than as they are: encrypted under a password (RFC 7517 7), and in the
// certificates that a token brings along (x5c, RFC 7515 4.1.6). Both ways, and
// what was changed on the way is of no use.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import * as jose from 'jose';

import { Assay, lines } from './assay.mjs';
import { runCases } from './cases.mjs';
import { intermediate, leaf, leafKey, root } from './certificates.mjs';

const assay = new Assay(process.argv[2], process.argv[3]);
const encode = (text) => new TextEncoder().encode(text);

const PASSWORD = 'a password that nobody guesses ž';
const passwordPath = assay.writeKey('password', `${PASSWORD}\n`);
const withPassword = ['--password-file', passwordPath];
const otherPassword = ['--password-file', assay.writeKey('other-password', 'another\n')];
const CLAIMS = JSON.stringify({ iss: 'me', n: 7 });

const flip = (text) => (text[0] === 'A' ? 'B' : 'A') + text.slice(1);

// A token or file with another tag or signature.
const damaged = (token) => (token[0] === '{' ? JSON.stringify({ ...JSON.parse(token),
  tag: flip(JSON.parse(token).tag) }) : token.replace(/[^.]+$/, flip));

// What a command that cannot read its keys says.
function refusal(args, input) {
  assert.throws(() => assay.run(args, input), (error) => /exit [2-9]/.test(error.message));
  try {
    assay.run(args, input);
  } catch (error) {
    return error.message;
  }
  return '';
}

const OPENS = { keyManagementAlgorithms: ['PBES2-HS512+A256KW'], maxPBES2Count: 1000000 };

// An encrypted key of Assay's, and what jose finds in it.
async function encryptedKey(alg) {
  const path = `${process.argv[3]}/${alg}.jwe`;
  assay.run(['keygen', '--alg', alg, '--kid', alg, '--out', path,
    '--encrypt-with-password-file', passwordPath]);
  const file = readFileSync(path, 'utf8').trim();
  const { plaintext, protectedHeader } = await jose.compactDecrypt(file, encode(PASSWORD), OPENS);
  assert.equal(protectedHeader.cty, 'jwk+json');
  return { path, jwk: JSON.parse(new TextDecoder().decode(plaintext)) };
}

async function joseOpensKeysThatSign(alg) {
  const { path, jwk } = await encryptedKey(alg);
  assert.equal(jwk.kid, alg);
  const token = await new jose.SignJWT(JSON.parse(CLAIMS)).setProtectedHeader({ alg, kid: alg })
    .sign(await jose.importJWK(jwk, alg));
  const [result] = assay.verify(path, [token], withPassword);
  assert.equal(result.verdict, 'VALID');
}

async function joseOpensKeysThatDecrypt(alg) {
  const { path, jwk } = await encryptedKey(alg);
  const [token] = lines(assay.run(['encrypt', '--keys', path, '--enc', 'A128GCM',
    ...withPassword], 'told to nobody').stdout);
  const { plaintext } = await jose.compactDecrypt(token, await jose.importJWK(jwk, alg));
  assert.equal(new TextDecoder().decode(plaintext), 'told to nobody');
}

// One key, or a set of them, compact or as flattened JSON.
async function assayOpensWhatJoseEncrypts(alg) {
  const { privateKey, publicKey } = await jose.generateKeyPair('ES256', { extractable: true });
  const jwk = { ...await jose.exportJWK(privateKey), kid: 'k' };
  const encrypt = (Form, cty, keys) => new Form(encode(JSON.stringify(keys)))
    .setProtectedHeader({ alg, enc: 'A128CBC-HS256', cty })
    .setKeyManagementParameters({ p2c: 2048 })
    .encrypt(encode(PASSWORD));
  const files = [await encrypt(jose.CompactEncrypt, 'jwk+json', jwk),
    await encrypt(jose.CompactEncrypt, 'jwk-set+json', { keys: [jwk] }),
    JSON.stringify(await encrypt(jose.FlattenedEncrypt, 'jwk+json', jwk))];
  for (const file of files) {
    const path = assay.writeKey('jose.jwe', file);
    const [token] = assay.sign(path, [CLAIMS], withPassword);
    const { payload } = await jose.compactVerify(token, publicKey);
    assert.equal(new TextDecoder().decode(payload), CLAIMS);
    assert.match(refusal(['sign', '--keys', path, ...otherPassword], CLAIMS),
      /the password does not open this encrypted key/);
    assay.writeKey('jose.jwe', damaged(file));
    assert.match(refusal(['sign', '--keys', path, ...withPassword], CLAIMS),
      /the password does not open this encrypted key/);
  }
}

const body = (pem) => pem.split('\n').slice(1, -1).join('');
const x5c = [leaf, intermediate].map(body);
const TRUST = ['--trust-x5c-root', assay.writeKey('root.pem', root)];
const NAMED = [...TRUST, '--x5c-name', 'uri:urn:example:a'];

function verifyX5c(tokens, args) {
  return lines(assay.run(['verify', '--output', 'ndjson', ...args], tokens.join('\n')).stdout)
    .map((line) => JSON.parse(line));
}

async function joseVerifiesByTheCertificateThatAssaySends() {
  const path = assay.writeKey('leaf.pem', leafKey);
  const [token] = assay.sign(path, [CLAIMS], ['--header', JSON.stringify({ x5c })]);
  const sent = jose.decodeProtectedHeader(token).x5c[0];
  const key = await jose.importX509(
    `-----BEGIN CERTIFICATE-----\n${sent}\n-----END CERTIFICATE-----`, 'ES256');
  const { payload } = await jose.compactVerify(token, key);
  assert.equal(new TextDecoder().decode(payload), CLAIMS);
  assert.deepEqual(verifyX5c([token], NAMED).map(({ verdict }) => verdict), ['VALID']);
}

async function assayVerifiesByTheCertificateThatJoseSends() {
  const key = await jose.importPKCS8(leafKey, 'ES256');
  const sign = (header) => new jose.SignJWT(JSON.parse(CLAIMS))
    .setProtectedHeader({ alg: 'ES256', ...header }).sign(key);
  const good = await sign({ x5c });
  const { privateKey } = await jose.generateKeyPair('ES256');
  const tokens = [good, await sign({ x5c: [...x5c, body(root)] }), await sign({ x5c: [x5c[0]] }),
    await sign({ x5c: [...x5c].reverse() }), await sign({}), damaged(good),
    await new jose.SignJWT(JSON.parse(CLAIMS)).setProtectedHeader({ alg: 'ES256', x5c })
      .sign(privateKey)];
  const results = verifyX5c(tokens, [...NAMED, '--x5c-eku', '1.3.6.1.5.5.7.3.3']);
  assert.deepEqual(results.map(({ verdict }) => verdict === 'VALID'),
    [true, true, false, false, false, false, false]);
  assert.equal(results[0].kid, await jose.calculateJwkThumbprint(await jose.exportJWK(
    await jose.importX509(leaf, 'ES256', { extractable: true }))));
  const byOthers = [[...TRUST, '--x5c-name', 'uri:urn:example:b'],
    [...NAMED, '--x5c-eku', '1.3.6.1.5.5.7.3.1'],
    ['--keys', assay.writeKey('own.jwk', assay.keygen('ES256', 'own'))]];
  for (const args of byOthers) {
    assert.deepEqual(verifyX5c([good], args).map(({ verdict }) => verdict === 'VALID'), [false]);
  }
}

await runCases([
  ...['EdDSA'].map((alg) => [`jose opens encrypted keys of assay: ${alg}`,
    () => joseOpensKeysThatSign(alg)]),
  ...['ECDH-ES'].map((alg) => [`jose opens encrypted keys of assay: ${alg}`,
    () => joseOpensKeysThatDecrypt(alg)]),
  ...['PBES2-HS256+A128KW', 'PBES2-HS384+A192KW', 'PBES2-HS512+A256KW'].map((alg) => [
    `assay opens encrypted keys of jose: ${alg}`, () => assayOpensWhatJoseEncrypts(alg)]),
  ['jose verifies by the certificate that assay sends', joseVerifiesByTheCertificateThatAssaySends],
  ['assay verifies by the certificate that jose sends', assayVerifiesByTheCertificateThatJoseSends],
]);
