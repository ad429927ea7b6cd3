#!/bin/bash
# javascript_test.sh ASSAY SCRIPT: runs a script of this folder under Node, with
# the npm packages that bench/peers pins.
#
# Where Node or the npm registry is missing it says SKIPPED, and how to enable
# it, and passes; with CI=true a skip is a failure.
set -euo pipefail

assay="$(readlink -f "$1")"
script="$2"

work="$(mktemp -d)"
trap 'rm -rf "${work}"' EXIT
# Node finds packages beside a script's real place, so the scripts are copied.
cp bench/peers/*.mjs tests/differential/*.mjs "${work}/"
status=0
bench/peers/npm_modules.sh "${work}" || status=$?
if ((status == 77)) && [[ "${CI:-}" != true ]]; then
  echo "SKIPPED: the reason is above. Bazel remembers this result; run again with --nocache_test_results."
  exit 0
elif ((status != 0)); then
  exit 1
fi

mkdir "${work}/keys"
cd "${work}"
node "${script}" "${assay}" "${work}/keys"
