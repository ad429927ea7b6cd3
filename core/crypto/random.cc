#include "core/crypto/random.h"

#include "core/crypto/boringssl.h"

namespace assay::crypto {

// BoringSSL aborts the process rather than return without random bytes.
void RandomBytes(uint8_t* out, size_t len) { RAND_bytes(out, len); }

const char* CryptoLibraryName() { return OpenSSL_version(OPENSSL_VERSION); }

}  // namespace assay::crypto
