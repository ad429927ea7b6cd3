#include "core/crypto/content_encryption.h"

#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

using E = ContentEncryption;

TEST(ContentEncryptionTest, HasTheLengthsOfRfc7518) {
  struct Row {
    E encryption;
    size_t cek_len, iv_len, tag_len;
  };
  for (const Row& row :
       {Row{E::kAes128CbcHmacSha256, 32, 16, 16},
        Row{E::kAes192CbcHmacSha384, 48, 16, 24},
        Row{E::kAes256CbcHmacSha512, 64, 16, 32},
        Row{E::kAes128Gcm, 16, 12, 16}, Row{E::kAes192Gcm, 24, 12, 16},
        Row{E::kAes256Gcm, 32, 12, 16}}) {
    EXPECT_EQ(CekLen(row.encryption), row.cek_len);
    EXPECT_EQ(IvLen(row.encryption), row.iv_len);
    EXPECT_EQ(TagLen(row.encryption), row.tag_len);
  }
}

}  // namespace
}  // namespace assay::crypto
