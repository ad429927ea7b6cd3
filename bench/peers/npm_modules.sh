#!/bin/bash
# npm_modules.sh DIR: makes DIR/node_modules hold the npm packages that
# package-lock.json pins. They are installed once per lock file, in the user's
# cache, and linked from there.
#
# Exits 77 where there is no Node, no npm or no registry, having said on stderr
# what is missing and how to get it.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
dir="$1"

unavailable() {
  echo "$1" >&2
  exit 77
}

for tool in node npm; do
  command -v "${tool}" >/dev/null || unavailable \
    "${tool} is not on PATH. To enable: apt-get install nodejs npm (Node 20 or later)."
done
major="$(node -p 'process.versions.node.split(".")[0]')"
((major >= 20)) || unavailable \
  "Node $(node --version) is too old. To enable: put Node 20 or later on PATH."

# Bazel gives tests a home of their own; npm's settings and the cache are in
# the user's.
HOME="$(getent passwd "$(id -u)" | cut -d: -f6)"
export HOME
cache="${XDG_CACHE_HOME:-${HOME}/.cache}/assay"
lock_hash="$(sha256sum "${here}/package-lock.json" | cut -c1-16)"
modules="${cache}/npm-node${major}-$(uname -m)-${lock_hash}"

# Installed beside its place and moved there, so that what has the name is whole,
# and whoever comes second at the same time does no harm.
install() {
  local fresh
  mkdir -p "${cache}"
  fresh="$(mktemp -d "${modules}.XXXXXX")"
  cp "${here}/package.json" "${here}/package-lock.json" "${fresh}/"
  if ! (cd "${fresh}" && npm ci --ignore-scripts --no-audit --no-fund \
    --prefer-offline --fetch-retries=1 --loglevel=error) >"${fresh}/log" 2>&1; then
    cat "${fresh}/log" >&2
    rm -rf "${fresh}"
    unavailable "npm ci failed. To enable: let npm reach a registry (npm config get registry), then run again."
  fi
  mv -T "${fresh}" "${modules}" 2>/dev/null || rm -rf "${fresh}"
}

[[ -d "${modules}" ]] || install
ln -sfn "${modules}/node_modules" "${dir}/node_modules"
