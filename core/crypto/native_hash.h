// BoringSSL's object for a hash.
#ifndef ASSAY_CORE_CRYPTO_NATIVE_HASH_H_
#define ASSAY_CORE_CRYPTO_NATIVE_HASH_H_

#include "core/crypto/boringssl.h"
#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

// Never null; lives as long as the program.
const EVP_MD* NativeHash(Hash hash);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_NATIVE_HASH_H_
