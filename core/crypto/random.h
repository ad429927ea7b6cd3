// Random bytes from BoringSSL's generator, fit for keys and for jti.
#ifndef ASSAY_CORE_CRYPTO_RANDOM_H_
#define ASSAY_CORE_CRYPTO_RANDOM_H_

#include <cstddef>
#include <cstdint>

namespace assay::crypto {

void RandomBytes(uint8_t* out, size_t len);

// The library that does the cryptography, as it names itself, for --version.
const char* CryptoLibraryName();

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_RANDOM_H_
