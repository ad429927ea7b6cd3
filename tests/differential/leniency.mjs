// leniency.mjs ASSAY DIRECTORY: tokens that a verifier should refuse, all with a
// good HMAC, and what becomes of them: in Assay, whose verdict is tested here,
// and in npm libraries at their defaults, which is printed as a table.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';

import { Assay } from './assay.mjs';
import { runCases } from './cases.mjs';
import { libraries, versionOf } from './libraries.mjs';

const jwk = { kty: 'oct', alg: 'HS256', k: randomBytes(32).toString('base64url') };
const now = Math.floor(Date.now() / 1000);
const soon = now + 600;
const past = now - 600;

// Header and payload are the JSON's text (or bytes), so that they can be odd.
function makeToken(header, payload) {
  const input = [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.');
  const mac = createHmac('sha256', Buffer.from(jwk.k, 'base64url')).update(input);
  return `${input}.${mac.digest('base64url')}`;
}

const HEADER = '{"alg":"HS256"}';
const PAYLOAD = `{"sub":"joe","exp":${soon}}`;
const GOOD = makeToken(HEADER, PAYLOAD);

// 32 bytes leave two bits of the last base64url character unused: set one.
function withTrailingBits(token) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)) | 1];
}

// One whose MAC has a character that the alphabets write differently.
function inStandardAlphabet() {
  for (let i = 0; ; ++i) {
    const token = makeToken(HEADER, `{"sub":"joe","exp":${soon},"n":${i}}`);
    const [header, payload, mac] = token.split('.');
    if (!/[-_]/.test(mac)) continue;
    return [header, payload, mac.replaceAll('-', '+').replaceAll('_', '/')].join('.');
  }
}

const middle = GOOD.length - 10;
const CASES = [
  ['crit names an unknown extension', 'UNSUPPORTED',
    makeToken('{"alg":"HS256","crit":["policy"],"policy":"strict"}', PAYLOAD)],
  ['crit is an empty list', 'MALFORMED', makeToken('{"alg":"HS256","crit":[]}', PAYLOAD)],
  ['crit names a registered parameter', 'MALFORMED',
    makeToken('{"alg":"HS256","crit":["alg"]}', PAYLOAD)],
  ['duplicate alg in the header', 'MALFORMED',
    makeToken('{"alg":"none","alg":"HS256"}', PAYLOAD)],
  ['duplicate exp claim, the first is past', 'MALFORMED',
    makeToken(HEADER, `{"sub":"joe","exp":${past},"exp":${soon}}`)],
  ['duplicate sub claim', 'MALFORMED',
    makeToken(HEADER, `{"sub":"joe","sub":"admin","exp":${soon}}`)],
  ["'=' behind the signature", 'MALFORMED', `${GOOD}=`],
  ['a space behind the token', 'MALFORMED', `${GOOD} `],
  ['a space within the signature', 'MALFORMED',
    `${GOOD.slice(0, middle)} ${GOOD.slice(middle)}`],
  ["signature in base64's '+' and '/'", 'MALFORMED', inStandardAlphabet()],
  ['unused bits of the signature set', 'MALFORMED', withTrailingBits(GOOD)],
  ['nbf in the future', 'NOT_YET_VALID', makeToken(HEADER, `{"exp":${soon},"nbf":${soon - 60}}`)],
  ['exp as text', 'INVALID_CLAIM', makeToken(HEADER, `{"sub":"joe","exp":"${soon}"}`)],
  ['payload is no object', 'MALFORMED', makeToken(HEADER, '"joe"')],
  ['payload is not UTF-8', 'MALFORMED',
    makeToken(HEADER, Buffer.from(`{"sub":"jo\xff","exp":${soon}}`, 'latin1'))],
];

async function askLibrary(name, token) {
  try {
    const verify = await libraries[name](jwk);
    await verify(token);
    return 'ACCEPTS';
  } catch {
    return 'rejects';
  }
}

async function printTable() {
  const names = Object.keys(libraries);
  console.log(`\n| a token with a good MAC, but | assay | ${
    names.map((name) => `${name} ${versionOf(name)}`).join(' | ')} |`);
  console.log(`|---|---|${names.map(() => '---|').join('')}`);
  for (const [what, verdict, token] of CASES) {
    const answers = await Promise.all(names.map((name) => askLibrary(name, token)));
    console.log(`| ${what} | ${verdict} | ${answers.join(' | ')} |`);
  }
}

async function everyoneAcceptsTheGoodToken() {
  for (const name of Object.keys(libraries)) {
    assert.equal(await askLibrary(name, GOOD), 'ACCEPTS', name);
  }
}

const assay = new Assay(process.argv[2], process.argv[3]);
const keyPath = assay.writeKey('leniency.jwk', jwk);
const expectVerdict = (verdict, token) => {
  assert.deepEqual(assay.verify(keyPath, [token]).map((result) => result.verdict), [verdict]);
};

await printTable();
console.log();
await runCases([
  ['the libraries accept the good token', everyoneAcceptsTheGoodToken],
  ['assay accepts the good token', () => expectVerdict('VALID', GOOD)],
  ...CASES.map(([what, verdict, token]) => [
    `assay says ${verdict}: ${what}`, () => expectVerdict(verdict, token)]),
]);
