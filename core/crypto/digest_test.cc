#include "core/crypto/digest.h"

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

std::string Hex(Hash hash, absl::string_view message) {
  std::string digest(HashLen(hash), '\0');
  Digest(hash, message, reinterpret_cast<uint8_t*>(&digest[0]));
  return absl::BytesToHexString(digest);
}

// FIPS 180-4, the example "abc".
TEST(DigestTest, AgreesWithTheStandardsExample) {
  EXPECT_EQ(Hex(Hash::kSha256, "abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Hash::kSha384, "abc"),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7");
  EXPECT_EQ(Hex(Hash::kSha512, "abc"),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(DigestTest, Sha256OfNothing) {
  EXPECT_EQ(absl::BytesToHexString(Sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace assay::crypto
