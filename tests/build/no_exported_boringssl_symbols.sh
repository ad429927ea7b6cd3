#!/bin/bash
# no_exported_boringssl_symbols.sh BINARY...: fails if a program exports a symbol
# that BoringSSL defines. One that does would answer the calls that gRPC's
# libraries mean for OpenSSL, in the same process, with other structures.
#
# In a BUILD file:
#   sh_test(
#       name = "assayd_exports_test",
#       srcs = ["//tests/build:no_exported_boringssl_symbols.sh"],
#       args = ["$(rootpath //service:assayd)"],
#       data = ["//service:assayd"],
#   )
set -euo pipefail

# Enough of libcrypto's naming to catch any leak: visibility is set for the
# library as a whole, so it leaks all or nothing.
names='(OPENSSL|CRYPTO|BORINGSSL|EVP|RSA|ECDSA|EC|ECDH|ED25519|X25519|BN|SHA(1|224|256|384|512)?|HMAC|AES|ASN1|BIO|CBS|CBB|ERR|PEM|PKCS[0-9]+|RAND|X509|d2i|i2d|bn|ecp|gcm|sha(1|256|512)|aes|aesni|rsaz|vpaes|chacha20|poly1305|md5)_'

failed=0
for binary in "$@"; do
  # A static program, or one without any BoringSSL, would prove nothing.
  if ! nm -D "${binary}" >/dev/null; then
    echo "FAIL: ${binary} cannot be read" >&2
    failed=1
    continue
  fi
  exported="$(nm -D --defined-only "${binary}" |
    awk '{print $NF}' | grep -E "^${names}" || true)"
  if [[ -n "${exported}" ]]; then
    echo "FAIL: ${binary} exports symbols of BoringSSL:" >&2
    head -20 <<<"${exported}" >&2
    failed=1
  else
    echo "ok: ${binary} exports no symbol of BoringSSL"
  fi
done
exit "${failed}"
