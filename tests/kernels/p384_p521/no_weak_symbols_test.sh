#!/bin/bash
# no_weak_symbols_test.sh ARCHIVE...: fails if an object defines a weak symbol,
# or has something to run at the program's start. The linker may take a weak
# function from any object, and an initialiser runs before anybody has asked for
# the instructions: code compiled for AVX-512 would reach machines that lack it.
set -euo pipefail

failed=0
checked=0
for archive in "$@"; do
  [[ "${archive}" == *.a || "${archive}" == *.lo ]] || continue
  checked=$((checked + 1))
  # The compiler's references to the personality routine are data.
  weak="$(nm -C --defined-only "${archive}" |
    awk '$2 ~ /^[WVwvu]$/ && $3 !~ /^DW[.]ref[.]/')"
  if [[ -n "${weak}" ]]; then
    printf 'FAIL: weak symbols in %s:\n%s\n' "${archive}" "${weak}" >&2
    failed=1
  fi
  # By name: those of sanitizers are called otherwise.
  initialisers="$(nm "${archive}" |
    awk '$3 ~ /^_GLOBAL__sub_I_/ && $3 !~ /^_GLOBAL__sub_I_[0-9]+_/')"
  if [[ -n "${initialisers}" ]]; then
    printf 'FAIL: initialisers in %s:\n%s\n' "${archive}" "${initialisers}" >&2
    failed=1
  fi
done
if [[ "${checked}" == 0 ]]; then
  echo "FAIL: no archive among: $*" >&2
  exit 1
fi
exit "${failed}"
