#include "core/crypto/hmac.h"

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

constexpr Hash kHashes[] = {Hash::kSha256, Hash::kSha384, Hash::kSha512};

const EVP_MD* Md(Hash hash) {
  return hash == Hash::kSha256   ? EVP_sha256()
         : hash == Hash::kSha384 ? EVP_sha384()
                                 : EVP_sha512();
}

std::string Mac(const HmacKey& key, Hash hash, absl::string_view message) {
  std::string mac(HashLen(hash), '\0');
  EXPECT_TRUE(key.Sign(hash, message, reinterpret_cast<uint8_t*>(&mac[0])));
  return mac;
}

std::string BoringSslMac(absl::string_view secret, Hash hash,
                         absl::string_view message) {
  std::string mac(HashLen(hash), '\0');
  unsigned len = 0;
  HMAC(Md(hash), secret.data(), secret.size(), Bytes(message), message.size(),
       reinterpret_cast<uint8_t*>(&mac[0]), &len);
  EXPECT_EQ(len, mac.size());
  return mac;
}

std::string Filler(size_t len, uint32_t seed) {
  std::string bytes;
  while (bytes.size() < len) {
    seed = seed * 1664525 + 1013904223;
    bytes.push_back(static_cast<char>(seed >> 24));
  }
  return bytes;
}

// Around every border: the hash's length, its block's length and above.
TEST(HmacKeyTest, AgreesWithBoringSslForEveryLengthOfSecretAndMessage) {
  for (const Hash hash : kHashes) {
    for (size_t secret_len = HashLen(hash); secret_len < 300; ++secret_len) {
      const std::string secret = Filler(secret_len, secret_len);
      const HmacKey key(secret);
      for (const size_t message_len :
           {0, 1, 31, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 700}) {
        const std::string message = Filler(message_len, message_len + 7);
        ASSERT_EQ(Mac(key, hash, message), BoringSslMac(secret, hash, message))
            << "secret " << secret_len << " message " << message_len;
      }
    }
  }
}

TEST(HmacKeyTest, AgreesWithRfc4231TestCase6) {
  const HmacKey key(std::string(131, '\xaa'));
  EXPECT_EQ(absl::BytesToHexString(
                Mac(key, Hash::kSha256,
                    "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// RFC 7518 3.2: at least as long as the hash (CVE-2026-45363).
TEST(HmacKeyTest, RefusesASecretShorterThanTheHash) {
  for (const Hash hash : kHashes) {
    const size_t len = HashLen(hash);
    const HmacKey too_short(std::string(len - 1, 's'));
    const HmacKey long_enough(std::string(len, 's'));
    uint8_t mac[64] = {};
    EXPECT_FALSE(too_short.Supports(hash));
    EXPECT_FALSE(too_short.Sign(hash, "m", mac));
    EXPECT_TRUE(long_enough.Supports(hash));
    const std::string good = BoringSslMac(std::string(len - 1, 's'), hash, "m");
    EXPECT_FALSE(too_short.Verify(hash, "m", good));
  }
}

TEST(HmacKeyTest, RefusesAnEmptySecret) {
  const HmacKey key("");
  for (const Hash hash : kHashes) {
    EXPECT_FALSE(key.Supports(hash));
    EXPECT_FALSE(key.Verify(hash, "m", BoringSslMac("", hash, "m")));
  }
}

TEST(HmacKeyTest, AcceptsTheRightMacAndNoOtherBit) {
  const HmacKey key(std::string(64, 'k'));
  for (const Hash hash : kHashes) {
    const std::string mac = Mac(key, hash, "message");
    EXPECT_TRUE(key.Verify(hash, "message", mac));
    EXPECT_FALSE(key.Verify(hash, "Message", mac));
    for (size_t bit = 0; bit < mac.size() * 8; ++bit) {
      std::string flipped = mac;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ 1 << bit % 8);
      ASSERT_FALSE(key.Verify(hash, "message", flipped)) << bit;
    }
  }
}

TEST(HmacKeyTest, RejectsEveryOtherLengthOfMac) {
  const HmacKey key(std::string(64, 'k'));
  for (const Hash hash : kHashes) {
    const std::string mac = Mac(key, hash, "message");
    for (size_t len = 0; len < mac.size(); ++len) {
      EXPECT_FALSE(key.Verify(hash, "message", mac.substr(0, len))) << len;
    }
    EXPECT_FALSE(key.Verify(hash, "message", mac + '\0'));
    EXPECT_FALSE(key.Verify(hash, "message", mac + mac));
  }
}

TEST(HmacKeyTest, IsSharedByThreads) {
  const HmacKey key(std::string(32, 'k'));
  const std::string mac = Mac(key, Hash::kSha256, "message");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        ASSERT_TRUE(key.Verify(Hash::kSha256, "message", mac));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace assay::crypto
