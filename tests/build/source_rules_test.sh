#!/usr/bin/env bash
# Rules of the tree that no compiler checks, read off the sources:
#  - only core/crypto includes <openssl/...>, and only by boringssl.h and
#    boringssl_x509.h;
#  - core includes nothing of service, proto, gRPC or protobuf;
#  - lower layers of core do not include higher ones;
#  - only core/simd includes intrinsics;
#  - only core/json includes simdjson; the engine does not name it, and nobody
#    else checks UTF-8 by it;
#  - only core/keys/rcu.cc includes liburcu.
set -uo pipefail

# The sources stand where this script really is, in the work tree.
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
cd "$root" || exit 1
[ -d core/crypto ] || { echo "cannot find the sources from $root"; exit 1; }
failed=0

# refuse MESSAGE PATTERN PATH... : no C++ source below PATH may match.
refuse() {
  local message=$1 pattern=$2
  shift 2
  local hits
  hits=$(grep -rnE --include='*.h' --include='*.cc' --include='*.inc' "$pattern" "$@")
  if [ -n "$hits" ]; then
    printf '%s:\n%s\n' "$message" "$hits"
    failed=1
  fi
}

quoted='^#include "'
others=$(find core -mindepth 1 -maxdepth 1 -type d ! -name crypto)
# shellcheck disable=SC2086
refuse "only core/crypto may include BoringSSL" '^#include <openssl/' $others service bench
refuse "core/crypto includes BoringSSL by boringssl.h or boringssl_x509.h alone" '^#include <openssl/' \
  $(find core/crypto -name '*.cc' -o -name '*.h' ! -name boringssl.h ! -name boringssl_x509.h)
refuse "core must not know gRPC, protobuf or the service" \
  '^#include [<"](grpc|google/protobuf|assay/v1|service/|proto/|bench/)' core
# Of layers, what ships counts: a unit test may use a higher one.
layer() {
  local message=$1 pattern=$2 folder=$3
  # shellcheck disable=SC2046
  refuse "$message" "$pattern" $(find "$folder" \( -name '*.cc' -o -name '*.h' \) ! -name '*_test.cc')
}

# Of core/simd, base64url is everybody's, and plain_text the JSON reader's; kernels
# are for those who plan batches.
simd_kernels='core/simd/([a-z_]+\.h|(ecdsa|ed25519|rsa|sha2)/)'

layer "base knows no other layer" "${quoted}core/(simd|json|crypto|jose|keys|exec|engine)/" core/base
layer "simd knows base alone" "${quoted}core/(json|crypto|jose|keys|exec|engine)/" core/simd
layer "json knows base, base64url and plain_text alone" "${quoted}(core/(crypto|jose|keys|exec|engine)/|$simd_kernels)" core/json
layer "crypto knows base and simd alone" "${quoted}core/(json|jose|keys|exec|engine)/" core/crypto
layer "jose knows base, simd, json and crypto" "${quoted}core/(keys|exec|engine)/" core/jose
layer "keys knows base, base64url, crypto and jose" "${quoted}(core/(exec|engine)/|$simd_kernels)" core/keys
layer "exec knows base alone" "${quoted}core/(simd|json|crypto|jose|keys|engine)/" core/exec
refuse "service knows of simd what the processor has, and base64url" \
  "${quoted}core/simd/(ecdsa|ed25519|rsa|sha2)/" service
# shellcheck disable=SC2046
refuse "only core/simd includes intrinsics" '^#include <([a-z0-9]*intrin|cpuid|arm_neon)\.h>' \
  $(find core service bench tests \( -name '*.cc' -o -name '*.h' \) ! -path 'core/simd/*')
# shellcheck disable=SC2046
refuse "only core/json includes simdjson" '^#include [<"]simdjson' \
  $(find core service bench \( -name '*.cc' -o -name '*.h' \) ! -path 'core/json/*' ! -name '*_test.cc')
refuse "the engine knows JSON by core/json alone" 'simdjson' core/engine
refuse "UTF-8 is checked by json::IsUtf8" 'simdjson::validate_utf8' core/crypto core/jose core/keys service bench
refuse "only core/keys/rcu.cc includes liburcu" '^#include <urcu' \
  $(find core service bench \( -name '*.cc' -o -name '*.h' \) ! -path core/keys/rcu.cc)
exit $failed
