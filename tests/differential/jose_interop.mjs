// jose_interop.mjs ASSAY DIRECTORY: tokens and keys go between Assay and npm's
// jose, both ways, for every algorithm: JWTs, and JWS as flattened and general
// JSON, detached and unencoded. What one signs the other verifies, with
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

const TEXT = 'any text. ž 🐎 "\\ end';
const BYTES = new TextEncoder().encode(TEXT);
const UNENCODED = ['--b64', 'false'];

// The object with one bit of its first signature changed.
function damageObject(object) {
  return JSON.parse(JSON.stringify(object).replace(/"signature":"(.)/,
    (match, first) => `"signature":"${first === 'A' ? 'B' : 'A'}`));
}

async function joseVerifiesObjectsThatAssaySigns(alg) {
  const jwks = ['a', 'b'].map((kid) => assay.keygen(alg, kid));
  const keys = await Promise.all(
    jwks.map((jwk) => jose.importJWK(assay.verifyingKey(jwk), alg)));
  const keyPath = assay.writeKey('assay.jwks', { keys: jwks });
  const payloadPath = assay.writeKey('payload', TEXT);
  const options = { algorithms: [alg] };
  for (const b64 of [[], UNENCODED]) {
    const form = ['--form', 'jws-json', '--kid', 'a', ...b64];
    const flattened = JSON.parse(assay.sign(keyPath, [TEXT], form)[0]);
    const { payload } = await jose.flattenedVerify(flattened, keys[0], options);
    assert.deepEqual(payload, BYTES);
    await assert.rejects(jose.flattenedVerify(damageObject(flattened), keys[0], options),
      jose.errors.JWSSignatureVerificationFailed);

    const general = JSON.parse(assay.sign(keyPath, [TEXT], [...form, '--kid', 'b'])[0]);
    for (const [i, kid] of ['a', 'b'].entries()) {
      const verified = await jose.generalVerify(general, keys[i], options);
      assert.deepEqual(verified.payload, BYTES);
      assert.equal(verified.protectedHeader.kid, kid);
    }

    const detached = JSON.parse(
      assay.run(['sign', '--keys', keyPath, ...form, '--detached', payloadPath]).stdout);
    assert.equal(detached.payload, undefined);
    const attached = { ...detached, payload: b64.length ? TEXT : jose.base64url.encode(BYTES) };
    await jose.flattenedVerify(attached, keys[0], options);
  }
}

async function assayVerifiesObjectsThatJoseSigns(alg) {
  const pairs = [await makeJoseKeys(alg), await makeJoseKeys(alg)];
  const jwks = await Promise.all(pairs.map(async ({ publicKey }, i) => (
    { ...await jose.exportJWK(publicKey), alg, kid: 'ab'[i] })));
  const keyPath = assay.writeKey('jose.jwks', { keys: jwks });
  const payloadPath = assay.writeKey('payload', TEXT);
  const all = ['--signatures', 'all', '--require-kid', 'a', '--require-kid', 'b'];
  for (const b64 of [[], UNENCODED]) {
    const header = b64.length ? { alg, b64: false, crit: ['b64'] } : { alg };
    // jose leaves out a payload that is not encoded.
    const attach = (object) => (b64.length ? { ...object, payload: TEXT } : object);
    const flattened = attach(await new jose.FlattenedSign(BYTES)
      .setProtectedHeader(header).setUnprotectedHeader({ kid: 'a' })
      .sign(pairs[0].privateKey));
    const general = new jose.GeneralSign(BYTES);
    for (const [i, { privateKey }] of pairs.entries()) {
      general.addSignature(privateKey).setProtectedHeader({ ...header, kid: 'ab'[i] });
    }
    const objects = [flattened, attach(await general.sign())];
    const form = ['--form', 'jws-json', ...b64];
    const lines = objects.map((object) => JSON.stringify(object));
    for (const result of expectVerdicts(keyPath, lines, 'VALID', form)) {
      assert.equal(Buffer.from(result.payload, 'base64url').toString(), TEXT);
    }
    expectVerdicts(keyPath, [lines[1]], 'VALID', [...form, ...all]);
    const damaged = objects.map((object) => JSON.stringify(damageObject(object)));
    expectVerdicts(keyPath, damaged, 'INVALID_SIGNATURE', [...form, '--signatures', 'all']);

    const { payload, ...detached } = flattened;
    expectVerdicts(keyPath, [JSON.stringify(detached)], 'VALID',
      [...form, '--detached', payloadPath]);
    const compact = [`${detached.protected}..${detached.signature}`];
    // Without the unprotected kid, both keys are tried.
    expectVerdicts(keyPath, compact, 'VALID',
      ['--form', 'jws', ...b64, '--detached', payloadPath]);
  }
}

const ASYMMETRIC = ALGORITHMS.filter((alg) => !alg.startsWith('HS'));
await runCases([
  ...ALGORITHMS.map((alg) => [`jose verifies what assay signs: ${alg}`,
    () => joseVerifiesWhatAssaySigns(alg)]),
  ...ALGORITHMS.map((alg) => [`assay verifies what jose signs: ${alg}`,
    () => assayVerifiesWhatJoseSigns(alg)]),
  ...ALGORITHMS.map((alg) => [`jose verifies objects that assay signs: ${alg}`,
    () => joseVerifiesObjectsThatAssaySigns(alg)]),
  ...ALGORITHMS.map((alg) => [`assay verifies objects that jose signs: ${alg}`,
    () => assayVerifiesObjectsThatJoseSigns(alg)]),
  ...ASYMMETRIC.map((alg) => [`jose's PEM keys serve assay: ${alg}`,
    () => pemKeysOfJoseServeAssay(alg)]),
  ...['HS256', 'RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'].map((alg) => [`thumbprints agree: ${alg}`,
    () => thumbprintsAgree(alg)]),
]);
