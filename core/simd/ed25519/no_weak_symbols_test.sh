#!/bin/bash
# no_weak_symbols_test.sh FILE...: the libraries among the files define no weak
# symbol, and only the one function that the kernel is reached by.
set -euo pipefail

defined=""
for file in "$@"; do
  [[ "${file}" == *.a || "${file}" == *.o ]] || continue
  defined+="$(nm -C --defined-only "${file}")"$'\n'
done

weak="$(grep -E '^[0-9a-f]+ [VWuvw] ' <<<"${defined}" || true)"
if [[ -n "${weak}" ]]; then
  echo "weak symbols:"
  echo "${weak}"
  exit 1
fi
global="$(grep -E '^[0-9a-f]+ [A-Z] ' <<<"${defined}" | cut -d' ' -f3- | sort -u || true)"
if [[ "${global}" != "assay::simd::Ed25519Avx512Kernel()" ]]; then
  echo "global symbols:"
  echo "${global}"
  exit 1
fi
