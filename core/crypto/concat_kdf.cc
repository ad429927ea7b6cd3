#include "core/crypto/concat_kdf.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

#include "core/crypto/boringssl.h"

namespace assay::crypto {
namespace {

constexpr size_t kMax32 = std::numeric_limits<uint32_t>::max();

// SHA-256 over what the KDF feeds it. Its state is worth the secret.
class Hasher {
 public:
  Hasher() { SHA256_Init(&ctx_); }
  ~Hasher() { OPENSSL_cleanse(&ctx_, sizeof(ctx_)); }

  void Add(absl::string_view bytes) {
    SHA256_Update(&ctx_, bytes.data(), bytes.size());
  }
  void AddNumber(size_t number) {
    const uint8_t bytes[4] = {
        static_cast<uint8_t>(number >> 24), static_cast<uint8_t>(number >> 16),
        static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)};
    SHA256_Update(&ctx_, bytes, sizeof(bytes));
  }
  void AddWithLen(absl::string_view bytes) {
    AddNumber(bytes.size());
    Add(bytes);
  }
  void Finish(uint8_t* digest) { SHA256_Final(digest, &ctx_); }

 private:
  SHA256_CTX ctx_;
};

// One hash's worth of the key. `counter` starts with 1.
void Round(size_t counter, absl::string_view secret, const ConcatKdfInfo& info,
           size_t key_len, uint8_t* digest) {
  Hasher hasher;
  hasher.AddNumber(counter);
  hasher.Add(secret);
  hasher.AddWithLen(info.algorithm_id);
  hasher.AddWithLen(info.party_u);
  hasher.AddWithLen(info.party_v);
  hasher.AddNumber(key_len * 8);
  hasher.Finish(digest);
}

}  // namespace

bool ConcatKdf(absl::string_view secret, const ConcatKdfInfo& info,
               size_t key_len, SecretBytes* key) {
  if (key_len == 0 || key_len > kMax32 / 8 ||
      info.algorithm_id.size() > kMax32 || info.party_u.size() > kMax32 ||
      info.party_v.size() > kMax32) {
    return false;
  }
  SecretBytes derived(key_len);
  uint8_t digest[SHA256_DIGEST_LENGTH];
  for (size_t done = 0; done < key_len; done += sizeof(digest)) {
    Round(done / sizeof(digest) + 1, secret, info, key_len, digest);
    std::memcpy(derived.data() + done, digest,
                std::min(sizeof(digest), key_len - done));
  }
  OPENSSL_cleanse(digest, sizeof(digest));
  *key = std::move(derived);
  return true;
}

}  // namespace assay::crypto
