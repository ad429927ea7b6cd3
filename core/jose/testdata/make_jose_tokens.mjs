// Writes jose_tokens.txt: JWEs by the npm package jose, an implementation that
// shares nothing with ours. Run where jose can be found:
//   NODE_PATH=... node make_jose_tokens.mjs > jose_tokens.txt
// Lines: "key NAME KIND VALUE" and "token ALG ENC KEY_NAME TOKEN".
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';
const resolved = createRequire(import.meta.url).resolve('jose');
const jose = await import(pathToFileURL(resolved));

const plaintext = new TextEncoder().encode('Assay decrypts what jose encrypts');
const secret = (len) => new Uint8Array(len).map((_, i) => 7 * i + len);
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

const keys = {};
for (const len of [16, 24, 32, 48, 64]) {
  keys[`oct${len}`] = secret(len);
  console.log('key', `oct${len}`, 'oct', base64url(secret(len)));
}
async function generate(name, alg, options) {
  const pair = await jose.generateKeyPair(alg, {extractable: true, ...options});
  keys[name] = pair.publicKey;
  const jwk = await jose.exportJWK(pair.privateKey);
  const value = jwk.kty === 'OKP' ? `${jwk.x}.${jwk.d}` : JSON.stringify(jwk);
  console.log('key', name, jwk.kty === 'OKP' ? 'x25519' : 'jwk', value);
}
await generate('rsa', 'RSA-OAEP-256', {});
for (const crv of ['P-256', 'P-384', 'P-521', 'X25519']) {
  await generate(crv, 'ECDH-ES', {crv});
}

async function token(alg, enc, name, apu) {
  let key = keys[name];
  if (alg.startsWith('RSA')) {  // A CryptoKey is bound to its hash.
    const jwk = await jose.exportJWK(key);
    key = await jose.importJWK(jwk, alg);
  }
  const jwe = new jose.CompactEncrypt(plaintext).setProtectedHeader({alg, enc});
  if (apu) {
    jwe.setKeyManagementParameters(
        {apu: new TextEncoder().encode('Alice'), apv: new TextEncoder().encode('Bob')});
  }
  console.log('token', alg, enc, name, await jwe.encrypt(key));
}

for (const [enc, len] of [['A128CBC-HS256', 32], ['A192CBC-HS384', 48],
                          ['A256CBC-HS512', 64], ['A128GCM', 16],
                          ['A192GCM', 24], ['A256GCM', 32]]) {
  await token('dir', enc, `oct${len}`);
}
for (const enc of ['A128GCM', 'A256CBC-HS512']) {
  for (const bits of [128, 192, 256]) {
    await token(`A${bits}KW`, enc, `oct${bits / 8}`);
    await token(`A${bits}GCMKW`, enc, `oct${bits / 8}`);
    await token(`PBES2-HS${2 * bits}+A${bits}KW`, enc, 'oct24');
  }
  for (const alg of ['RSA-OAEP', 'RSA-OAEP-256', 'RSA-OAEP-384', 'RSA-OAEP-512']) {
    await token(alg, enc, 'rsa');
  }
  for (const alg of ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW']) {
    for (const crv of ['P-256', 'P-384', 'P-521', 'X25519']) {
      await token(alg, enc, crv, crv === 'P-256');
    }
  }
}
