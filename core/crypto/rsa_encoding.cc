#include "core/crypto/rsa_encoding.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/string_view.h"
#include "core/base/bytes.h"
#include "core/crypto/digest.h"

namespace assay::crypto {
namespace {

constexpr size_t kMaxHashLen = 64;
// BoringSSL takes no longer moduli.
constexpr size_t kMaxModulusLen = 2048;

// DER of DigestInfo up to the digest (RFC 8017 9.2, note 1). The hashes differ
// in the last arc of their identifier and in lengths.
constexpr size_t kDigestInfoPrefixLen = 19;

void WriteDigestInfoPrefix(Hash hash, uint8_t* out) {
  const auto hash_len = static_cast<uint8_t>(HashLen(hash));
  const uint8_t arc = hash == Hash::kSha256 ? 1 : hash == Hash::kSha384 ? 2 : 3;
  const uint8_t prefix[kDigestInfoPrefixLen] = {
      0x30, static_cast<uint8_t>(0x11 + hash_len),  // SEQUENCE
      0x30, 0x0d,                                   // SEQUENCE
      0x06, 0x09,
      0x60, 0x86,
      0x48, 0x01,
      0x65, 0x03,
      0x04, 0x02,
      arc,  0x05,
      0x00,             // NULL
      0x04, hash_len};  // OCTET STRING
  std::memcpy(out, prefix, sizeof(prefix));
}

bool AllBytesAre(uint8_t value, const uint8_t* bytes, size_t len) {
  return std::all_of(bytes, bytes + len,
                     [value](uint8_t byte) { return byte == value; });
}

// data_block ^= MGF1(seed), with the hash's own length of seed (RFC 8017
// B.2.1).
void ApplyMgf1(Hash hash, const uint8_t* seed, uint8_t* data_block,
               size_t len) {
  const size_t hash_len = HashLen(hash);
  uint8_t seed_and_counter[kMaxHashLen + 4] = {};
  std::memcpy(seed_and_counter, seed, hash_len);
  // The counter has 32 bits, of which lengths up to kMaxModulusLen use 16.
  uint8_t* const counter = seed_and_counter + hash_len;
  for (size_t done = 0, i = 0; done < len; done += hash_len, ++i) {
    counter[2] = static_cast<uint8_t>(i >> 8);
    counter[3] = static_cast<uint8_t>(i);
    uint8_t mask[kMaxHashLen];
    Digest(hash, AsText(seed_and_counter, hash_len + 4), mask);
    const size_t num = std::min(hash_len, len - done);
    for (size_t j = 0; j < num; ++j) data_block[done + j] ^= mask[j];
  }
}

// H' of RFC 8017 9.1.2.
void PssHash(Hash hash, const uint8_t* digest, const uint8_t* salt,
             uint8_t* out) {
  const size_t hash_len = HashLen(hash);
  uint8_t message[8 + 2 * kMaxHashLen] = {};
  std::memcpy(message + 8, digest, hash_len);
  std::memcpy(message + 8 + hash_len, salt, hash_len);
  Digest(hash, AsText(message, 8 + 2 * hash_len), out);
}

// For an EM as the RFC has it, without a byte before that; `top_bits` of the
// first byte belong to it.
bool MatchesPss(Hash hash, const uint8_t* digest, const uint8_t* em,
                size_t em_len, int top_bits) {
  const size_t hash_len = HashLen(hash);
  if (em_len < 2 * hash_len + 2 || em[em_len - 1] != 0xbc) return false;
  if (em[0] >> top_bits != 0) return false;
  const size_t block_len = em_len - hash_len - 1;
  const uint8_t* const h = em + block_len;
  uint8_t data_block[kMaxModulusLen];
  std::memcpy(data_block, em, block_len);
  ApplyMgf1(hash, h, data_block, block_len);
  data_block[0] &= static_cast<uint8_t>((1 << top_bits) - 1);
  const size_t num_zeros = block_len - hash_len - 1;
  if (!AllBytesAre(0, data_block, num_zeros)) return false;
  if (data_block[num_zeros] != 1) return false;
  uint8_t expected[kMaxHashLen];
  PssHash(hash, digest, data_block + num_zeros + 1, expected);
  return std::memcmp(expected, h, hash_len) == 0;
}

}  // namespace

bool MatchesPkcs1Encoding(Hash hash, const uint8_t* digest, const uint8_t* em,
                          size_t em_len) {
  // 00 01 FF .. FF 00 DigestInfo, with at least eight FF.
  const size_t hash_len = HashLen(hash);
  const size_t info_len = kDigestInfoPrefixLen + hash_len;
  if (em_len < info_len + 11) return false;
  const size_t info = em_len - info_len;
  uint8_t prefix[kDigestInfoPrefixLen];
  WriteDigestInfoPrefix(hash, prefix);
  return em[0] == 0 && em[1] == 1 && AllBytesAre(0xff, em + 2, info - 3) &&
         em[info - 1] == 0 &&
         std::memcmp(em + info, prefix, sizeof(prefix)) == 0 &&
         std::memcmp(em + info + sizeof(prefix), digest, hash_len) == 0;
}

bool MatchesPssEncoding(Hash hash, const uint8_t* digest, const uint8_t* em,
                        size_t em_len, int modulus_bits) {
  if (em_len == 0 || em_len > kMaxModulusLen) return false;
  if (modulus_bits <= 0 ||
      em_len != (static_cast<size_t>(modulus_bits) + 7) / 8) {
    return false;
  }
  // EM has a bit less than the modulus.
  const int top_bits = (modulus_bits - 1) % 8;
  if (top_bits != 0) return MatchesPss(hash, digest, em, em_len, top_bits);
  return em[0] == 0 && MatchesPss(hash, digest, em + 1, em_len - 1, 8);
}

}  // namespace assay::crypto
