// The npm libraries, each behind one function: given a key and a policy, a
// verifier that returns the claims (or a promise of them) or throws. Whatever
// a library lets its user prepare outside the loop is prepared here.
import { createPublicKey, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import nodeRs from '@node-rs/jsonwebtoken';
import { createVerifier } from 'fast-jwt';
import { importJWK, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';

const secretOf = (jwk) => Buffer.from(jwk.k, 'base64url');

function keyObject(jwk) {
  return jwk.kty === 'oct' ? createSecretKey(secretOf(jwk))
    : createPublicKey({ key: jwk, format: 'jwk' });
}

function pemOrSecret(jwk) {
  return jwk.kty === 'oct' ? secretOf(jwk)
    : keyObject(jwk).export({ type: 'spki', format: 'pem' });
}

// `policy` is {alg, issuer, audience}; without one, the library's defaults.
export const libraries = {
  'fast-jwt': (jwk, policy) => createVerifier({
    key: pemOrSecret(jwk),
    cache: false,
    ...(policy && {
      algorithms: [policy.alg],
      allowedIss: policy.issuer,
      allowedAud: policy.audience,
      requiredClaims: ['exp'],
    }),
  }),

  jsonwebtoken: (jwk, policy) => {
    if (policy?.alg === 'EdDSA') return null;
    const key = keyObject(jwk);
    const options = policy && {
      algorithms: [policy.alg],
      issuer: policy.issuer,
      audience: policy.audience,
    };
    return (token) => jsonwebtoken.verify(token, key, options);
  },

  jose: async (jwk, policy) => {
    const key = await importJWK(jwk, policy?.alg ?? 'HS256');
    const options = policy && {
      algorithms: [policy.alg],
      issuer: policy.issuer,
      audience: policy.audience,
      requiredClaims: ['exp'],
    };
    return async (token) => (await jwtVerify(token, key, options)).payload;
  },

  '@node-rs/jsonwebtoken': (jwk, policy) => {
    const key = pemOrSecret(jwk);
    const options = policy && {
      algorithms: [policy.alg],
      iss: [policy.issuer],
      aud: [policy.audience],
      requiredSpecClaims: ['exp', 'iss', 'aud'],
      validateNbf: true,
    };
    return (token) => nodeRs.verifySync(token, key, options);
  },
};

// A library's exports may hide its package.json, so it is found beside its
// entry file.
export function versionOf(library) {
  const entry = createRequire(import.meta.url).resolve(library);
  const root = entry.slice(0, entry.lastIndexOf(`/${library}/`) + library.length + 2);
  return JSON.parse(readFileSync(`${root}package.json`, 'utf8')).version;
}
