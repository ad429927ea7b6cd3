#!/bin/bash
# pitfalls: padding and tag oracles (CVE-2017-12973). Opening AES-CBC-HMAC and
# unwrapping keys lets a secret decide once for each verdict, and nowhere else;
# and the check can fail: a comparison byte by byte is found.
set -euo pipefail

program="$1"

# Its reports are counted by the program, and not shown.
under_valgrind() {
  valgrind --quiet --log-file=/dev/null "${program}" "$1"
}

if ! under_valgrind constant; then
  echo "FAILED: a failure tells more than that it is one" >&2
  exit 1
fi

status=0
under_valgrind naive >/dev/null || status=$?
if [[ "${status}" != 1 ]]; then
  echo "FAILED: a comparison byte by byte was not found (exit ${status})" >&2
  exit 1
fi
echo "PASSED"
