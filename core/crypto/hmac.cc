#include "core/crypto/hmac.h"

#include <cstring>

namespace assay::crypto {
namespace {

constexpr size_t kMaxBlockLen = SHA512_CBLOCK;
constexpr size_t kMaxDigestLen = SHA512_DIGEST_LENGTH;

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

}  // namespace

template <typename Algorithm>
std::unique_ptr<HmacKey::KeyedStates<typename Algorithm::Ctx>> HmacKey::Prepare(
    absl::string_view secret) {
  if (secret.size() < Algorithm::kDigestLen) return nullptr;
  uint8_t key[kMaxBlockLen] = {};
  if (secret.size() > Algorithm::kBlockLen) {
    HashLongSecret<Algorithm>(secret, key);
  } else {
    std::memcpy(key, secret.data(), secret.size());
  }
  auto keyed = std::make_unique<KeyedStates<typename Algorithm::Ctx>>();
  AbsorbPadded<Algorithm>(key, 0x36, &keyed->inner);
  AbsorbPadded<Algorithm>(key, 0x5c, &keyed->outer);
  OPENSSL_cleanse(key, sizeof(key));
  return keyed;
}

template <typename Algorithm>
void HmacKey::Compute(const KeyedStates<typename Algorithm::Ctx>& keyed,
                      absl::string_view message, uint8_t* mac) {
  KeyedStates<typename Algorithm::Ctx> copy = keyed;
  Algorithm::Update(&copy.inner, message.data(), message.size());
  Algorithm::Final(mac, &copy.inner);
  Algorithm::Update(&copy.outer, mac, Algorithm::kDigestLen);
  Algorithm::Final(mac, &copy.outer);
}

HmacKey::HmacKey(absl::string_view secret)
    : sha256_(Prepare<Sha256Algorithm>(secret)),
      sha384_(Prepare<Sha384Algorithm>(secret)),
      sha512_(Prepare<Sha512Algorithm>(secret)) {}

bool HmacKey::Supports(Hash hash) const {
  switch (hash) {
    case Hash::kSha256:
      return sha256_ != nullptr;
    case Hash::kSha384:
      return sha384_ != nullptr;
    case Hash::kSha512:
      return sha512_ != nullptr;
  }
  return false;
}

HmacKey::MidStates256 HmacKey::mid_states_256() const {
  if (sha256_ == nullptr) return {nullptr, nullptr};
  return {sha256_->inner.h, sha256_->outer.h};
}

HmacKey::MidStates512 HmacKey::mid_states_512(Hash hash) const {
  const auto& keyed = hash == Hash::kSha384 ? sha384_ : sha512_;
  if (keyed == nullptr) return {nullptr, nullptr};
  return {keyed->inner.h, keyed->outer.h};
}

bool HmacKey::Sign(Hash hash, absl::string_view message, uint8_t* mac) const {
  if (!Supports(hash)) return false;
  switch (hash) {
    case Hash::kSha256:
      Compute<Sha256Algorithm>(*sha256_, message, mac);
      return true;
    case Hash::kSha384:
      Compute<Sha384Algorithm>(*sha384_, message, mac);
      return true;
    case Hash::kSha512:
      Compute<Sha512Algorithm>(*sha512_, message, mac);
      return true;
  }
  return false;
}

bool HmacKey::Verify(Hash hash, absl::string_view message,
                     absl::string_view mac) const {
  uint8_t expected[kMaxDigestLen];
  if (mac.size() != HashLen(hash) || !Sign(hash, message, expected)) {
    return false;
  }
  const bool equal = CRYPTO_memcmp(expected, mac.data(), mac.size()) == 0;
  // A forger's message has a valid MAC here: it must not leak later.
  OPENSSL_cleanse(expected, sizeof(expected));
  return equal;
}

}  // namespace assay::crypto
