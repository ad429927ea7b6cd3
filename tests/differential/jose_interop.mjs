// jose_interop.mjs ASSAY DIRECTORY: tokens and keys go between Assay and npm's
// jose, both ways, for every algorithm. What one signs the other verifies, with
// the same claims; what one signs and somebody damages the other rejects.
import assert from 'node:assert/strict';

import * as jose from 'jose';

import { Assay } from './assay.mjs';
import { runCases } from './cases.mjs';

const ALGORITHMS = [
  'HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512',
  'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519',
];
const issuer = 'https://issuer.example';
const audience = 'https://api.example';
const POLICY = ['--issuer', issuer, '--audience', audience, '--require', 'exp,iat'];

const assay = new Assay(process.argv[2], process.argv[3]);
const now = Math.floor(Date.now() / 1000);

// Claims whose text is easily mangled on the way.
const CLAIMS = [
  { sub: 'plain' },
  { sub: 'žluťoučký kůň 🐎 \u0000 "\\/' },
  { sub: '', aud: ['https://other.example', audience] },
  { sub: 'nested', deep: { list: [1, -0.5, 1e21, null, true, [], {}] } },
].map((claims) => ({ iss: issuer, aud: audience, exp: now + 600, iat: now, ...claims }));

// One bit of the signature's first byte.
function damage(token) {
  const at = token.lastIndexOf('.') + 1;
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}

async function makeJoseKeys(alg) {
  if (alg.startsWith('HS')) {
    const secret = await jose.generateSecret(alg, { extractable: true });
    return { privateKey: secret, publicKey: secret };
  }
  return jose.generateKeyPair(alg, { extractable: true });
}

function joseSign(claims, privateKey, header) {
  return new jose.SignJWT(claims).setProtectedHeader(header).sign(privateKey);
}

function expectVerdicts(keyPath, tokens, verdict, args = POLICY) {
  const results = assay.verify(keyPath, tokens, args);
  assert.deepEqual(results.map((result) => result.verdict), tokens.map(() => verdict));
  return results;
}

async function joseVerifiesWhatAssaySigns(alg) {
  const jwk = assay.keygen(alg, `assay-${alg}`);
  const key = await jose.importJWK(assay.verifyingKey(jwk), alg);
  const tokens = assay.sign(assay.writeKey('assay.jwk', jwk),
    CLAIMS.map((claims) => JSON.stringify(claims)), ['--typ', 'at+jwt']);
  const options = { issuer, audience, algorithms: [alg], typ: 'at+jwt', requiredClaims: ['exp'] };
  for (const [i, token] of tokens.entries()) {
    const { payload, protectedHeader } = await jose.jwtVerify(token, key, options);
    assert.deepEqual(payload, CLAIMS[i]);
    assert.deepEqual(protectedHeader, { alg, kid: `assay-${alg}`, typ: 'at+jwt' });
    await assert.rejects(jose.jwtVerify(damage(token), key, options),
      jose.errors.JWSSignatureVerificationFailed);
  }
}

async function assayVerifiesWhatJoseSigns(alg) {
  const { privateKey, publicKey } = await makeJoseKeys(alg);
  const kid = `jose-${alg}`;
  const keyPath = assay.writeKey('jose.jwk', { ...await jose.exportJWK(publicKey), alg, kid });
  const headers = [{ alg, kid, typ: 'JWT' }, { alg }];
  for (const header of headers) {
    const tokens = await Promise.all(
      CLAIMS.map((claims) => joseSign(claims, privateKey, header)));
    const results = expectVerdicts(keyPath, tokens, 'VALID');
    assert.deepEqual(results.map((result) => result.claims), CLAIMS);
    assert.deepEqual(results.map((result) => result.alg), tokens.map(() => alg));
    expectVerdicts(keyPath, tokens.map(damage), 'INVALID_SIGNATURE');
  }
}

// PEM has no alg: any that fits the key will do.
async function pemKeysOfJoseServeAssay(alg) {
  const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true });
  const publicPath = assay.writeKey('jose-public.pem', await jose.exportSPKI(publicKey));
  const privatePath = assay.writeKey('jose-private.pem', await jose.exportPKCS8(privateKey));
  const byJose = await joseSign(CLAIMS[0], privateKey, { alg });
  const [byAssay] = assay.sign(privatePath, [JSON.stringify(CLAIMS[0])], ['--alg', alg]);
  const { payload } = await jose.jwtVerify(byAssay, publicKey, { algorithms: [alg] });
  assert.deepEqual(payload, CLAIMS[0]);
  expectVerdicts(publicPath, [byJose, byAssay], 'VALID');
  expectVerdicts(privatePath, [byJose, byAssay], 'VALID');
}

// RFC 7638: to both, a key without a kid is called by the same thumbprint.
async function thumbprintsAgree(alg) {
  const { privateKey } = await makeJoseKeys(alg);
  const jwk = await jose.exportJWK(privateKey);
  const keyPath = assay.writeKey('no-kid.jwk', jwk);
  const [token] = assay.sign(keyPath, [JSON.stringify(CLAIMS[0])], ['--alg', alg]);
  assert.equal(jose.decodeProtectedHeader(token).kid, await jose.calculateJwkThumbprint(jwk));
}

const ASYMMETRIC = ALGORITHMS.filter((alg) => !alg.startsWith('HS'));
await runCases([
  ...ALGORITHMS.map((alg) => [`jose verifies what assay signs: ${alg}`,
    () => joseVerifiesWhatAssaySigns(alg)]),
  ...ALGORITHMS.map((alg) => [`assay verifies what jose signs: ${alg}`,
    () => assayVerifiesWhatJoseSigns(alg)]),
  ...ASYMMETRIC.map((alg) => [`jose's PEM keys serve assay: ${alg}`,
    () => pemKeysOfJoseServeAssay(alg)]),
  ...['HS256', 'RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'].map((alg) => [`thumbprints agree: ${alg}`,
    () => thumbprintsAgree(alg)]),
]);
