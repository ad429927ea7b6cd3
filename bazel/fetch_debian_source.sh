#!/bin/bash
# fetch_debian_source.sh PACKAGE VERSION OUTPUT: downloads the upstream archive
# of a Debian source package to OUTPUT.
#
# The machine's own apt configuration says where from; it usually lists binary
# packages only, so the matching deb-src entries are written into a private
# directory that also holds apt's lists and cache. No system file is touched and
# root is not needed. The caller checks the archive against a pinned checksum,
# which is why the entries can be marked as trusted.
set -euo pipefail

package="$1" version="$2" output="$3"

state="$(mktemp -d)"
trap 'rm -rf "${state}"' EXIT
mkdir -p "${state}"/{sources,lists/partial,cache/archives/partial,download}

# apt itself reads its sources, in either format, and names the entries.
entries() {
  apt-get indextargets "$@" 'Created-By: Packages' \
    --format 'deb-src [trusted=yes] $(REPO_URI) $(RELEASE) $(COMPONENT)' | sort -u
}
entries 'Origin: Debian' >"${state}/sources/source.list"
# The origin is known only once `apt-get update` has run.
[[ -s "${state}/sources/source.list" ]] || entries >"${state}/sources/source.list"

# #clear: the hooks of the machine's configuration act on system directories.
cat >"${state}/apt.conf" <<EOF
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "${state}/sources";
Dir::State::lists "${state}/lists";
Dir::Cache "${state}/cache";
APT::Sandbox::User "";
EOF

# An unrelated source that does not answer is no reason to stop here.
apt-get -c "${state}/apt.conf" update ||
  echo "apt-get update complained; going on" >&2
(
  cd "${state}/download"
  apt-get -c "${state}/apt.conf" source --download-only --tar-only \
    "${package}=${version}"
)
archives=("${state}"/download/*.orig.tar.*)
mv "${archives[0]}" "${output}"
