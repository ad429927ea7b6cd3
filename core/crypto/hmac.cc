#include "core/crypto/hmac.h"

namespace assay::crypto {
namespace {

constexpr size_t kMaxDigestLen = SHA512_DIGEST_LENGTH;

// Null for a secret shorter than the hash.
template <typename Algorithm>
std::unique_ptr<HmacStates<typename Algorithm::Ctx>> Prepare(
    absl::string_view secret) {
  if (secret.size() < Algorithm::kDigestLen) return nullptr;
  auto states = std::make_unique<HmacStates<typename Algorithm::Ctx>>();
  PrepareHmac<Algorithm>(secret, states.get());
  return states;
}

}  // namespace

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
      ComputeHmac<Sha256Algorithm>(*sha256_, {message}, mac);
      return true;
    case Hash::kSha384:
      ComputeHmac<Sha384Algorithm>(*sha384_, {message}, mac);
      return true;
    case Hash::kSha512:
      ComputeHmac<Sha512Algorithm>(*sha512_, {message}, mac);
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
