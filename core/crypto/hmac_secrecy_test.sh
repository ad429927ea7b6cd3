#!/bin/bash
# pitfalls: the timing of MAC comparison (CVE-2024-25189). Nothing that an HMAC
# verification does depends on the secret or on the right MAC; and the check can
# fail: a memcmp in its place is found.
set -euo pipefail

program="$1"
readonly kFound=99

under_valgrind() {
  valgrind --quiet --error-exitcode="${kFound}" "${program}" "$1"
}

if ! under_valgrind constant; then
  echo "FAILED: verifying an HMAC looks at secret bytes, or went wrong" >&2
  exit 1
fi

status=0
under_valgrind memcmp 2>/dev/null || status=$?
if [[ "${status}" != "${kFound}" ]]; then
  echo "FAILED: valgrind did not find a memcmp of secrets (exit ${status})" >&2
  exit 1
fi
echo "PASSED"
