// The files that every contender reads: ALG.tokens, distinct good tokens of
// about 450 to 750 bytes with nine claims, and ALG.key, the JWK that verifies
// them.
import { writeFileSync } from 'node:fs';

export const policy = {
  issuer: 'https://issuer.example.com/tenant-7',
  audience: 'https://api.example.com',
};

function claims(i, now) {
  return JSON.stringify({
    iss: policy.issuer,
    sub: `user-${100_000_000 + i}`,
    aud: [policy.audience, 'https://other.example'],
    exp: now + 86_400,
    nbf: now - 60,
    iat: now - 60,
    jti: `3b1e4c8a-${100_000_000_000 + i * 7919}`,
    scope: 'read:orders write:orders',
    client_id: 's6BhdRkqt3',
  });
}

// Returns the shortest and the longest token's length.
export function writeTokenFiles(assay, alg, count) {
  const now = Math.floor(Date.now() / 1000);
  const payloads = Array.from({ length: count }, (_, i) => claims(i, now));
  const jwk = assay.keygen(alg, 'peers-1');
  const keyPath = assay.writeKey(`${alg}.private`, jwk);
  const tokens = assay.sign(keyPath, payloads, ['--typ', 'JWT']);
  writeFileSync(`${assay.directory}/${alg}.tokens`, `${tokens.join('\n')}\n`);
  assay.writeKey(`${alg}.key`, assay.verifyingKey(jwk));
  const lengths = tokens.map((token) => token.length);
  return [Math.min(...lengths), Math.max(...lengths)];
}
