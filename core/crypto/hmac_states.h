// HMAC (RFC 2104) by midstates: a hash that has taken in the key xor ipad, and
// one that has taken in the key xor opad. They are computed once per key; a MAC
// then costs a copy of both and no allocation.
//
// Nothing here asks for a least length of the key: who uses it does.
#ifndef ASSAY_CORE_CRYPTO_HMAC_STATES_H_
#define ASSAY_CORE_CRYPTO_HMAC_STATES_H_

#include <cstdint>
#include <cstring>
#include <initializer_list>

#include "absl/strings/string_view.h"
#include "core/crypto/boringssl.h"

namespace assay::crypto {

struct Sha256Algorithm {
  using Ctx = SHA256_CTX;
  static constexpr size_t kBlockLen = SHA256_CBLOCK;
  static constexpr size_t kDigestLen = SHA256_DIGEST_LENGTH;
  static constexpr auto Init = &SHA256_Init;
  static constexpr auto Update = &SHA256_Update;
  static constexpr auto Final = &SHA256_Final;
};

struct Sha384Algorithm {
  using Ctx = SHA512_CTX;
  static constexpr size_t kBlockLen = SHA384_CBLOCK;
  static constexpr size_t kDigestLen = SHA384_DIGEST_LENGTH;
  static constexpr auto Init = &SHA384_Init;
  static constexpr auto Update = &SHA384_Update;
  static constexpr auto Final = &SHA384_Final;
};

struct Sha512Algorithm {
  using Ctx = SHA512_CTX;
  static constexpr size_t kBlockLen = SHA512_CBLOCK;
  static constexpr size_t kDigestLen = SHA512_DIGEST_LENGTH;
  static constexpr auto Init = &SHA512_Init;
  static constexpr auto Update = &SHA512_Update;
  static constexpr auto Final = &SHA512_Final;
};

// As good as the key for making MACs, so wiped like it.
template <typename Ctx>
struct HmacStates {
  ~HmacStates() { OPENSSL_cleanse(this, sizeof(*this)); }
  Ctx inner, outer;
};

namespace hmac_internal {

// Starts `ctx` with one block of `key` xor `pad`.
template <typename Algorithm>
void AbsorbPadded(const uint8_t* key, uint8_t pad,
                  typename Algorithm::Ctx* ctx) {
  uint8_t block[Algorithm::kBlockLen];
  for (size_t i = 0; i < sizeof(block); ++i) block[i] = key[i] ^ pad;
  Algorithm::Init(ctx);
  Algorithm::Update(ctx, block, sizeof(block));
  OPENSSL_cleanse(block, sizeof(block));
}

template <typename Algorithm>
void HashLongSecret(absl::string_view secret, uint8_t* digest) {
  typename Algorithm::Ctx ctx;
  Algorithm::Init(&ctx);
  Algorithm::Update(&ctx, secret.data(), secret.size());
  Algorithm::Final(digest, &ctx);
  OPENSSL_cleanse(&ctx, sizeof(ctx));
}

}  // namespace hmac_internal

// The secret itself is not kept.
template <typename Algorithm>
void PrepareHmac(absl::string_view secret,
                 HmacStates<typename Algorithm::Ctx>* states) {
  uint8_t key[Algorithm::kBlockLen] = {};
  if (secret.size() > Algorithm::kBlockLen) {
    hmac_internal::HashLongSecret<Algorithm>(secret, key);
  } else if (!secret.empty()) {
    std::memcpy(key, secret.data(), secret.size());
  }
  hmac_internal::AbsorbPadded<Algorithm>(key, 0x36, &states->inner);
  hmac_internal::AbsorbPadded<Algorithm>(key, 0x5c, &states->outer);
  OPENSSL_cleanse(key, sizeof(key));
}

// The MAC of the pieces, one behind the other. Writes Algorithm::kDigestLen
// bytes.
template <typename Algorithm>
void ComputeHmac(const HmacStates<typename Algorithm::Ctx>& states,
                 std::initializer_list<absl::string_view> pieces,
                 uint8_t* mac) {
  HmacStates<typename Algorithm::Ctx> copy = states;
  for (const absl::string_view piece : pieces) {
    Algorithm::Update(&copy.inner, piece.data(), piece.size());
  }
  Algorithm::Final(mac, &copy.inner);
  Algorithm::Update(&copy.outer, mac, Algorithm::kDigestLen);
  Algorithm::Final(mac, &copy.outer);
}

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_HMAC_STATES_H_
