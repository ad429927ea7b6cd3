#!/bin/bash
# run.sh ASSAY ENGINE_WORKER [FLAGS]: sets the comparison up in a folder of its own, runs it
# there and removes the folder. Flags are those of compare.mjs (--help).
set -euo pipefail

assay="$(readlink -f "$1")"
engine="$(readlink -f "$2")"
shift 2
# Bazel starts programs and tests at the top of their runfiles.
here="${PWD}/bench/peers"

work="$(mktemp -d)"
trap 'rm -rf "${work}"' EXIT
# Node finds packages beside a script's real place, so the scripts are copied.
cp "${here}"/*.mjs "${here}"/worker.py "${work}/"
status=0
"${here}/npm_modules.sh" "${work}" || status=$?
if ((status == 77)) && [[ "${CI:-}" != true ]]; then
  echo "SKIPPED: the peers cannot be run here; the reason is above."
  exit 0
elif ((status != 0)); then
  exit 1
fi

cd "${work}"
node compare.mjs --assay "${assay}" --engine "${engine}" \
  --directory "${work}/tokens" "$@"
