#!/bin/bash
# no_weak_symbols.sh LIBRARY...: fails if a static library defines a weak symbol,
# or has something to run at the program's start.
# Of several weak definitions the linker keeps any one: a function of the
# standard library that a kernel's file compiled for AVX-512 could become
# everybody's, also on processors without it. And an initialiser runs before
# anybody has asked for the instructions.
#
# In a BUILD file:
#   filegroup(
#       name = "kernel_archives",
#       srcs = ["//core/simd/sha2:sha512_avx512"],
#       output_group = "archive",
#   )
#   sh_test(
#       name = "weak_symbols_test",
#       srcs = ["//tests/build:no_weak_symbols.sh"],
#       args = ["$(rootpaths :kernel_archives)"],
#       data = [":kernel_archives"],
#   )
set -euo pipefail

failed=0
num_seen=0
for library in "$@"; do
  case "${library}" in
    *.a | *.o) ;;
    *) continue ;;
  esac
  if [[ -z "$(nm --defined-only "${library}")" ]]; then
    echo "FAIL: ${library} has no symbols, so this proves nothing" >&2
    failed=1
  fi
  num_seen=$((num_seen + 1))
  # Names in "__" and "DW.ref" are the compiler's (sanitizers, exceptions).
  weak="$(nm --defined-only "${library}" |
    awk 'NF == 3 && $2 ~ /^[WVwvu]$/ && $3 !~ /^(__|DW\.ref)/ { print $3 }' |
    c++filt)"
  if [[ -n "${weak}" ]]; then
    printf 'FAIL: %s defines weak symbols:\n%s\n' "${library}" "${weak}" >&2
    failed=1
  else
    echo "ok: ${library} defines no weak symbol"
  fi
  # By name: those of sanitizers are called otherwise.
  initialisers="$(nm "${library}" |
    awk '$3 ~ /^_GLOBAL__sub_I_/ && $3 !~ /^_GLOBAL__sub_I_[0-9]+_/ { print $3 }')"
  if [[ -n "${initialisers}" ]]; then
    printf 'FAIL: %s has initialisers:\n%s\n' "${library}" "${initialisers}" >&2
    failed=1
  fi
done
if [[ "${num_seen}" -eq 0 ]]; then
  echo "FAIL: no library among: $*" >&2
  failed=1
fi
exit "${failed}"
