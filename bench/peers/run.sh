#!/bin/bash
# run.sh PROGRAM ASSAY ENGINE_WORKER [FLAGS]: sets a comparison up in a folder of
# its own, runs it there and removes the folder. PROGRAM is compare.mjs or
# jwe.mjs; flags are its own (--help).
set -euo pipefail

program="$1"
assay="$(readlink -f "$2")"
engine="$(readlink -f "$3")"
shift 3
# Bazel starts programs and tests at the top of their runfiles.
here="${PWD}/bench/peers"

work="$(mktemp -d)"
trap 'rm -rf "${work}"' EXIT
# Node finds packages beside a script's real place, so the scripts are copied.
cp "${here}"/*.mjs "${here}"/*.py "${work}/"
status=0
"${here}/npm_modules.sh" "${work}" || status=$?
if ((status == 77)) && [[ "${CI:-}" != true ]]; then
  echo "SKIPPED: the peers cannot be run here; the reason is above."
  exit 0
elif ((status != 0)); then
  exit 1
fi

cd "${work}"
node "${program}" --assay "${assay}" --engine "${engine}" \
  --directory "${work}/tokens" "$@"
