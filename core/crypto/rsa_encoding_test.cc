#include "core/crypto/rsa_encoding.h"

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "core/crypto/boringssl.h"
#include "core/crypto/digest.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

using ByteVector = std::vector<uint8_t>;

constexpr Hash kHashes[] = {Hash::kSha256, Hash::kSha384, Hash::kSha512};

const EVP_MD* HashMd(Hash hash) {
  return hash == Hash::kSha256   ? EVP_sha256()
         : hash == Hash::kSha384 ? EVP_sha384()
                                 : EVP_sha512();
}

int HashNid(Hash hash) { return EVP_MD_type(HashMd(hash)); }

ByteVector TestDigest(Hash hash) {
  ByteVector digest(HashLen(hash));
  Digest(hash, "what was signed", digest.data());
  return digest;
}

// A key that only has a size: BoringSSL's PSS functions ask for no more.
bssl::UniquePtr<RSA> KeyOfBits(int bits) {
  bssl::UniquePtr<BIGNUM> n(BN_new()), e(BN_new());
  BN_set_bit(n.get(), bits - 1);
  BN_set_bit(n.get(), 0);
  BN_set_word(e.get(), 65537);
  bssl::UniquePtr<RSA> rsa(RSA_new());
  EXPECT_EQ(RSA_set0_key(rsa.get(), n.release(), e.release(), /*d=*/nullptr),
            1);
  return rsa;
}

bool BoringSslSaysPss(Hash hash, const ByteVector& digest, const ByteVector& em,
                      RSA* rsa) {
  return ClearErrorsUnless(
      RSA_verify_PKCS1_PSS_mgf1(rsa, digest.data(), HashMd(hash), HashMd(hash),
                                em.data(),
                                static_cast<int>(HashLen(hash))) == 1);
}

ByteVector PssEncoding(Hash hash, const ByteVector& digest, RSA* rsa,
                       int salt_len) {
  ByteVector em(RSA_size(rsa));
  EXPECT_EQ(
      RSA_padding_add_PKCS1_PSS_mgf1(rsa, em.data(), digest.data(),
                                     HashMd(hash), HashMd(hash), salt_len),
      1);
  return em;
}

ByteVector Pkcs1Encoding(Hash hash, const ByteVector& digest, size_t len) {
  uint8_t* info = nullptr;
  size_t info_len = 0;
  int is_alloced = 0;
  EXPECT_EQ(RSA_add_pkcs1_prefix(&info, &info_len, &is_alloced, HashNid(hash),
                                 digest.data(), digest.size()),
            1);
  ByteVector em(len, 0xff);
  em[0] = 0;
  em[1] = 1;
  em[len - info_len - 1] = 0;
  std::memcpy(&em[len - info_len], info, info_len);
  if (is_alloced) OPENSSL_free(info);
  return em;
}

TEST(Pkcs1EncodingTest, MatchesTheEncodingThatBoringSslWouldSign) {
  for (Hash hash : kHashes) {
    const ByteVector digest = TestDigest(hash);
    const size_t shortest = 19 + HashLen(hash) + 11;
    for (size_t len : {shortest, shortest + 1, size_t{256}, size_t{257},
                       size_t{384}, size_t{512}, size_t{1024}}) {
      const ByteVector em = Pkcs1Encoding(hash, digest, len);
      EXPECT_TRUE(MatchesPkcs1Encoding(hash, digest.data(), em.data(), len));
      for (Hash other : kHashes) {
        if (other == hash) continue;
        EXPECT_FALSE(MatchesPkcs1Encoding(other, TestDigest(other).data(),
                                          em.data(), len));
      }
    }
  }
}

TEST(Pkcs1EncodingTest, NoBitMayDiffer) {
  for (Hash hash : kHashes) {
    const ByteVector digest = TestDigest(hash);
    ByteVector em = Pkcs1Encoding(hash, digest, 256);
    for (size_t bit = 0; bit < 8 * em.size(); ++bit) {
      em[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      EXPECT_FALSE(
          MatchesPkcs1Encoding(hash, digest.data(), em.data(), em.size()))
          << bit;
      em[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    }
  }
}

TEST(Pkcs1EncodingTest, LessThanEightPaddingBytesAreTooFew) {
  for (Hash hash : kHashes) {
    const ByteVector digest = TestDigest(hash);
    const size_t shortest = 19 + HashLen(hash) + 11;
    for (size_t len = shortest - 8; len < shortest; ++len) {
      const ByteVector em = Pkcs1Encoding(hash, digest, len);
      EXPECT_FALSE(MatchesPkcs1Encoding(hash, digest.data(), em.data(), len));
    }
    EXPECT_FALSE(MatchesPkcs1Encoding(hash, digest.data(), digest.data(), 0));
  }
}

TEST(Pkcs1EncodingTest, DigestInfoWithoutTheNullIsRefused) {
  for (Hash hash : kHashes) {
    const ByteVector digest = TestDigest(hash);
    ByteVector em = Pkcs1Encoding(hash, digest, 256);
    const size_t info = em.size() - HashLen(hash) - 19;
    em[info + 1] -= 2;
    em[info + 3] -= 2;
    em.erase(em.begin() + static_cast<long>(info) + 15,
             em.begin() + static_cast<long>(info) + 17);
    em.insert(em.begin() + 2, 2, 0xff);
    EXPECT_FALSE(
        MatchesPkcs1Encoding(hash, digest.data(), em.data(), em.size()));
  }
}

// Bleichenbacher's forgery: padding made short, and something behind the
// digest.
TEST(Pkcs1EncodingTest, NothingMayFollowTheDigest) {
  for (Hash hash : kHashes) {
    const ByteVector digest = TestDigest(hash);
    for (size_t rest : {1, 16, 100}) {
      ByteVector em = Pkcs1Encoding(hash, digest, 256 - rest);
      em.resize(256, 0);
      EXPECT_FALSE(
          MatchesPkcs1Encoding(hash, digest.data(), em.data(), em.size()));
    }
  }
}

// Sizes around a multiple of eight, where EM's first byte comes and goes.
constexpr int kModulusBits[] = {1040, 1041, 1042, 1047, 1048, 2041, 2047,
                                2048, 2049, 3072, 4096, 8192, 16384};

TEST(PssEncodingTest, MatchesBoringSslEncodings) {
  for (int bits : kModulusBits) {
    const bssl::UniquePtr<RSA> rsa = KeyOfBits(bits);
    for (Hash hash : kHashes) {
      if (bits < 1048 && hash == Hash::kSha512) continue;  // Too short.
      const ByteVector digest = TestDigest(hash);
      const ByteVector em = PssEncoding(hash, digest, rsa.get(), -1);
      ASSERT_TRUE(BoringSslSaysPss(hash, digest, em, rsa.get()));
      EXPECT_TRUE(
          MatchesPssEncoding(hash, digest.data(), em.data(), em.size(), bits))
          << bits;
      for (Hash other : kHashes) {
        if (other == hash) continue;
        EXPECT_FALSE(MatchesPssEncoding(other, TestDigest(other).data(),
                                        em.data(), em.size(), bits));
      }
    }
  }
}

TEST(PssEncodingTest, EveryFlippedBitFails) {
  for (int bits : {2041, 2047, 2048, 2049}) {
    const bssl::UniquePtr<RSA> rsa = KeyOfBits(bits);
    for (Hash hash : kHashes) {
      const ByteVector digest = TestDigest(hash);
      ByteVector em = PssEncoding(hash, digest, rsa.get(), -1);
      for (size_t bit = 0; bit < 8 * em.size(); ++bit) {
        em[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
        ASSERT_FALSE(BoringSslSaysPss(hash, digest, em, rsa.get()));
        EXPECT_FALSE(
            MatchesPssEncoding(hash, digest.data(), em.data(), em.size(), bits))
            << bits << " " << bit;
        em[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
      }
    }
  }
}

TEST(PssEncodingTest, OtherSaltLengthsAreRefused) {
  for (int bits : {2041, 2048}) {
    const bssl::UniquePtr<RSA> rsa = KeyOfBits(bits);
    for (Hash hash : kHashes) {
      const int hash_len = static_cast<int>(HashLen(hash));
      const ByteVector digest = TestDigest(hash);
      const int longest = (bits + 6) / 8 - hash_len - 2;
      for (int salt_len : {0, 1, hash_len - 1, hash_len + 1, longest}) {
        const ByteVector em = PssEncoding(hash, digest, rsa.get(), salt_len);
        ASSERT_FALSE(BoringSslSaysPss(hash, digest, em, rsa.get()));
        EXPECT_FALSE(
            MatchesPssEncoding(hash, digest.data(), em.data(), em.size(), bits))
            << salt_len;
      }
    }
  }
}

TEST(PssEncodingTest, OtherMaskHashesAreRefused) {
  const bssl::UniquePtr<RSA> rsa = KeyOfBits(2048);
  for (Hash hash : kHashes) {
    for (Hash mask_hash : kHashes) {
      const ByteVector digest = TestDigest(hash);
      ByteVector em(RSA_size(rsa.get()));
      ASSERT_EQ(
          RSA_padding_add_PKCS1_PSS_mgf1(rsa.get(), em.data(), digest.data(),
                                         HashMd(hash), HashMd(mask_hash), -1),
          1);
      EXPECT_EQ(
          MatchesPssEncoding(hash, digest.data(), em.data(), em.size(), 2048),
          hash == mask_hash);
    }
  }
}

TEST(PssEncodingTest, LengthsThatAreNotTheModulusLengthAreRefused) {
  const bssl::UniquePtr<RSA> rsa = KeyOfBits(2048);
  const ByteVector digest = TestDigest(Hash::kSha256);
  const ByteVector em = PssEncoding(Hash::kSha256, digest, rsa.get(), -1);
  for (int bits : {-8, 0, 8, 2040, 2049, 16384}) {
    EXPECT_FALSE(MatchesPssEncoding(Hash::kSha256, digest.data(), em.data(),
                                    em.size(), bits));
  }
  EXPECT_FALSE(
      MatchesPssEncoding(Hash::kSha256, digest.data(), em.data(), 0, 0));
  const ByteVector too_long(2049, 0);
  EXPECT_FALSE(MatchesPssEncoding(Hash::kSha256, digest.data(), too_long.data(),
                                  too_long.size(), 8 * 2049));
}

// Some bytes of good encodings replaced at random: the verdicts are the same,
// and those of the shortest moduli that any hash fits in as well.
TEST(PssEncodingTest, AgreesWithBoringSslOnDamagedEncodings) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int bits = 512; bits <= 1100; ++bits) {
    const bssl::UniquePtr<RSA> rsa = KeyOfBits(bits);
    for (Hash hash : kHashes) {
      const ByteVector digest = TestDigest(hash);
      ByteVector em(RSA_size(rsa.get()));
      const bool fits = ClearErrorsUnless(
          RSA_padding_add_PKCS1_PSS_mgf1(rsa.get(), em.data(), digest.data(),
                                         HashMd(hash), HashMd(hash), -1) == 1);
      if (!fits) em.back() = 0xbc;
      for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(
            MatchesPssEncoding(hash, digest.data(), em.data(), em.size(), bits),
            BoringSslSaysPss(hash, digest, em, rsa.get()))
            << bits;
        em[random() % em.size()] ^= static_cast<uint8_t>(1 << random() % 8);
      }
    }
  }
}

}  // namespace
}  // namespace assay::crypto
