#!/bin/bash
# Runs the quickstart as a user would, with few tokens.
set -euo pipefail

quickstart="$1"
out="${TEST_TMPDIR}/out" err="${TEST_TMPDIR}/err"

fail() {
  echo "FAILED: $1" >&2
  cat "${out}" "${err}" >&2
  exit 1
}

"${quickstart}" --tokens 2000 >"${out}" 2>"${err}" ||
  fail "the quickstart exited with $?"
grep -q "^Every one of the 2,000 verdicts is the expected one.$" "${out}" ||
  fail "the conclusion is missing"
grep -q "^Every one of the 147 encrypted tokens was decrypted " "${out}" ||
  fail "the conclusion on encryption is missing"
(($(grep -cE "^(dir|A128KW|A256GCMKW|RSA-OAEP-256|ECDH-ES|ECDH-ES.A128KW|PBES2-.*) .* 21 +20 +1 " \
  "${out}") == 7)) || fail "not every pair of algorithms encrypted and refused"
for alg in {H,R,P,E}S{256,384,512} EdDSA Ed25519; do
  (($(grep -c "^${alg} " "${out}") == 2)) || fail "${alg} is not in both tables"
done
# One token in a hundred, twenty in all: each damage at least once.
(($(grep -cE "[A-Z]{5}.* [1-9]$" "${out}") == 18)) ||
  fail "not every damage was done"
[[ ! -s "${err}" ]] || fail "a pipe is no terminal: nothing belongs on stderr"
(($(wc -L <"${out}") <= 100)) || fail "a line is too long"
compgen -G "${TEST_TMPDIR}/assay-*" && fail "key files are left behind"

"${quickstart}" --help >"${out}" 2>"${err}" || fail "--help is no error"
grep -q -- "--tokens" "${out}" || fail "--help does not tell the flags"
code=0
"${quickstart}" --tokens nothing >"${out}" 2>"${err}" || code=$?
((code == 2)) || fail "a bad flag exits with ${code}, not 2"
