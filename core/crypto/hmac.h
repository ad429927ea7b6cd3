// HMAC (RFC 2104) under one secret, with the key's own two hash blocks computed
// once: a MAC then costs a copy of two small states, no allocation.
//
// Thread safety: const methods may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_HMAC_H_
#define ASSAY_CORE_CRYPTO_HMAC_H_

#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/hmac_states.h"
#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

class HmacKey {
 public:
  // The secret itself is not kept.
  explicit HmacKey(absl::string_view secret);

  // Whether the secret is at least as long as the hash (RFC 7518 3.2).
  bool Supports(Hash hash) const;

  // Writes HashLen(hash) bytes. False if the hash is not supported.
  bool Sign(Hash hash, absl::string_view message, uint8_t* mac) const;
  // Compares in constant time; only the length is public.
  bool Verify(Hash hash, absl::string_view message,
              absl::string_view mac) const;

  // The states after the key's own block, inner and outer, for kernels that go
  // on from there; 8 words each, as secret as the key. Null if the hash is not
  // supported.
  struct MidStates256 {
    const uint32_t* inner;
    const uint32_t* outer;
  };
  struct MidStates512 {
    const uint64_t* inner;
    const uint64_t* outer;
  };
  MidStates256 mid_states_256() const;
  MidStates512 mid_states_512(Hash hash) const;  // kSha384 or kSha512

 private:
  // Null for a hash that the secret is too short for.
  std::unique_ptr<HmacStates<SHA256_CTX>> sha256_;
  std::unique_ptr<HmacStates<SHA512_CTX>> sha384_;
  std::unique_ptr<HmacStates<SHA512_CTX>> sha512_;
};

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_HMAC_H_
