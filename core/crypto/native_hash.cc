#include "core/crypto/native_hash.h"

namespace assay::crypto {

const EVP_MD* NativeHash(Hash hash) {
  switch (hash) {
    case Hash::kSha256:
      return EVP_sha256();
    case Hash::kSha384:
      return EVP_sha384();
    case Hash::kSha512:
      break;
  }
  return EVP_sha512();
}

}  // namespace assay::crypto
