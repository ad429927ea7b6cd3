#include "core/crypto/digest.h"

#include "core/crypto/boringssl.h"

namespace assay::crypto {

void Digest(Hash hash, absl::string_view message, uint8_t* digest) {
  switch (hash) {
    case Hash::kSha256:
      SHA256(Bytes(message), message.size(), digest);
      return;
    case Hash::kSha384:
      SHA384(Bytes(message), message.size(), digest);
      return;
    case Hash::kSha512:
      SHA512(Bytes(message), message.size(), digest);
      return;
  }
}

std::string Sha256(absl::string_view message) {
  std::string digest(HashLen(Hash::kSha256), '\0');
  Digest(Hash::kSha256, message, reinterpret_cast<uint8_t*>(&digest[0]));
  return digest;
}

}  // namespace assay::crypto
