// BoringSSL's X.509, apart from boringssl.h: few need it, and it is large.
#ifndef ASSAY_CORE_CRYPTO_BORINGSSL_X509_H_
#define ASSAY_CORE_CRYPTO_BORINGSSL_X509_H_

#include <openssl/base.h>
#ifndef OPENSSL_IS_BORINGSSL
#error "not BoringSSL: add //bazel/third_party:boringssl_crypto to deps"
#endif

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#endif  // ASSAY_CORE_CRYPTO_BORINGSSL_X509_H_
