#include "core/crypto/rsa_oaep.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "core/crypto/key_generation.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

constexpr int kMaxBits = 8192;
constexpr OaepHash kHashes[] = {OaepHash::kSha1, OaepHash::kSha256,
                                OaepHash::kSha384, OaepHash::kSha512};

size_t HashBytes(OaepHash hash) {
  switch (hash) {
    case OaepHash::kSha1:
      return 20;
    case OaepHash::kSha256:
      return 32;
    case OaepHash::kSha384:
      return 48;
    case OaepHash::kSha512:
      break;
  }
  return 64;
}

const KeyMaterial& Key() {
  static const KeyMaterial* const key =
      new KeyMaterial(GenerateRsaKey(2048).value());
  return *key;
}

std::unique_ptr<const RsaOaepEncrypter> Encrypter(const KeyMaterial& key) {
  auto made = RsaOaepEncrypter::Create(key, kMaxBits);
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

std::unique_ptr<const RsaOaepDecrypter> Decrypter(const KeyMaterial& key) {
  auto made = RsaOaepDecrypter::Create(key, kMaxBits);
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

std::string Encrypt(const RsaOaepEncrypter& key, OaepHash hash,
                    absl::string_view cek) {
  std::string encrypted(key.EncryptedLen(), '\0');
  EXPECT_TRUE(
      key.Encrypt(hash, cek, reinterpret_cast<uint8_t*>(&encrypted[0])));
  return encrypted;
}

// "refused" if it is; then the error queue is empty, and `cek` was left alone.
std::string Decrypt(const RsaOaepDecrypter& key, OaepHash hash,
                    absl::string_view encrypted) {
  SecretBytes cek("untouched");
  const bool ok = key.Decrypt(hash, encrypted, &cek);
  EXPECT_EQ(ERR_peek_error(), 0u);
  if (ok) return std::string(cek.view());
  EXPECT_EQ(cek.view(), "untouched");
  return "refused";
}

std::string Base64Url(absl::string_view text) {
  std::string bytes;
  EXPECT_TRUE(absl::WebSafeBase64Unescape(text, &bytes));
  return bytes;
}

SecretBytes Secret(absl::string_view text) {
  return SecretBytes(Base64Url(text));
}

KeyMaterial Rfc7516A1Key() {
  return RsaKey{
      Base64Url("oahUIoWw0K0usKNuOR6H4wkf4oBUXHTxRvgb48E-BVvxkeDNjbC4he8rUWcJoZ"
                "mds2h7M70imEVhRU5djINXtqllXI4DFqcI1DgjT9LewND8MW2Krf3Spsk_ZkoF"
                "nilakGygTwpZ3uesH-PFABNIUYpOiN15dsQRkgr0vEhxN92i2asbOenSZeyaxz"
                "iK72UwxrrKoExv6kc5twXTq4h-QChLOln0_mtUZwfsRaMStPs6mS6XrgxnxbWh"
                "ojf663tuEQueGC-FCMfra36C9knDFGzKsNa7LZK2djYgyD3JR_MB_4NUJW_TqO"
                "QtwHYbxevoJArm-L5StowjzGy-_bq6Gw"),
      Base64Url("AQAB"),
      RsaPrivateNumbers{
          Secret("kLdtIj6GbDks_ApCSTYQtelcNttlKiOyPzMrXHeI-yk1F7-kpDxY4-WY5NWV5"
                 "KntaEeXS1j82E375xxhWMHXyvjYecPT9fpwR_M9gV8n9Hrh2anTpTD93Dt62y"
                 "pW3yDsJzBnTnrYu1iwWRgBKrEYY46qAZIrA2xAwnm2X7uGR1hghkqDp0Vqj3k"
                 "bSCz1XyfCs6_LehBwtxHIyh8Ripy40p24moOAbgxVw3rxT_vlt3UVe4WO3JkJ"
                 "OzlpUf-KTVI2Ptgm-dARxTEtE-id-4OJr0h-K-VFs3VSndVTIznSxfyrj8ILL"
                 "6MG_Uv8YAu7VILSB3lOW085-4qE3DzgrTjgyQ"),
          Secret("1r52Xk46c-LsfB5P442p7atdPUrxQSy4mti_tZI3Mgf2EuFVbUoDBvaRQ-SWx"
                 "kbkmoEzL7JXroSBjSrK3YIQgYdMgyAEPTPjXv_hI2_1eTSPVZfzL0lffNn03I"
                 "XqWF5MDFuoUYE0hzb2vhrlN_rKrbfDIwUbTrjjgieRbwC6Cl0"),
          Secret("wLb35x7hmQWZsWJmB_vle87ihgZ19S8lBEROLIsZG4ayZVe9Hi9gDVCOBmUDd"
                 "aDYVTSNx_8Fyw1YYa9XGrGnDew00J28cRUoeBB_jKI1oma0Orv1T9aXIWxKwd"
                 "4gvxFImOWr3QRL9KEBRzk2RatUBnmDZJTIAfwTs0g68UZHvtc"),
          Secret("ZK-YwE7diUh0qR1tR7w8WHtolDx3MZ_OTowiFvgfeQ3SiresXjm9gZ5KLhMXv"
                 "o-uz-KUJWDxS5pFQ_M0evdo1dKiRTjVw_x4NyqyXPM5nULPkcpU827rnpZzAJ"
                 "KpdhWAgqrXGKAECQH0Xt4taznjnd_zVpAmZZq60WPMBMfKcuE"),
          Secret("Dq0gfgJ1DdFGXiLvQEZnuKEN0UUmsJBxkjydc3j4ZYdBiMRAy86x0vHCjywcM"
                 "lYYg4yoC4YZa9hNVcsjqA3FeiL19rk8g6Qn29Tt0cj8qqyFpz9vNDBUfCAiJV"
                 "eESOjJDZPYHdHY8v1b-o-Z2X5tvLx-TCekf7oxyeKDUqKWjis"),
          Secret("VIMpMYbPf47dT1w_zDUXfPimsSegnMOA1zTaX7aGk_8urY6R8-ZW1FxU7AlWA"
                 "yLWybqq6t16VFd7hQd0y6flUK4SlOydB61gwanOsXGOAOv82cHq0E3eL4HrtZ"
                 "kUuKvnPrMnsUUFlfUdybVzxyjz9JF_XyaY14ardLSjf4L_FNY")}};
}

TEST(RsaOaepTest, AgreesWithRfc7516AppendixA1) {
  const auto decrypter = Decrypter(Rfc7516A1Key());
  const std::string encrypted = Base64Url(
      "OKOawDo13gRp2ojaHV7LFpZcgV7T6DVZKTyKOMTYUmKoTCVJRgckCL9kiMT03JGeipsEdY3m"
      "x_etLbbWSrFr05kLzcSr4qKAq7YN7e9jwQRb23nfa6c9d-StnImGyFDbSv04uVuxIp5Zms1g"
      "NxKKK2Da14B8S4rzVRltdYwam_lDp5XnZAYpQdb76FdIKLaVmqgfwX7XWRxv2322i-vDxRfq"
      "Nzo_tETKzpVLzfiwQyeyPGLBIO56YJ7eObdv0je81860ppamavo35UgoRdbYaBcoh9QcfylQ"
      "r66oc6vFWXRcZ_ZT2LawVCWTIy3brGPi6UklfCpIMfIjf7iGdXKHzg");
  EXPECT_EQ(
      absl::BytesToHexString(Decrypt(*decrypter, OaepHash::kSha1, encrypted)),
      "b1a1f480548fe1733fb403ff6b9ad4f68a076e5b702e22692f82cb2e7aea40fc");
}

TEST(RsaOaepTest, RestoresEveryLengthThatFits) {
  const auto encrypter = Encrypter(PublicHalf(Key()));
  const auto decrypter = Decrypter(Key());
  for (const OaepHash hash : kHashes) {
    const size_t max_len = 256 - 2 * HashBytes(hash) - 2;
    for (const size_t len :
         {size_t{0}, size_t{1}, size_t{16}, size_t{64}, max_len}) {
      const std::string cek(len, 'c');
      EXPECT_EQ(Decrypt(*decrypter, hash, Encrypt(*encrypter, hash, cek)), cek);
    }
    std::string encrypted(256, '\0');
    EXPECT_FALSE(encrypter->Encrypt(hash, std::string(max_len + 1, 'c'),
                                    reinterpret_cast<uint8_t*>(&encrypted[0])));
    EXPECT_EQ(ERR_peek_error(), 0u);
  }
}

TEST(RsaOaepTest, NeverEncryptsAlike) {
  const auto encrypter = Encrypter(Key());
  EXPECT_NE(Encrypt(*encrypter, OaepHash::kSha256, "cek"),
            Encrypt(*encrypter, OaepHash::kSha256, "cek"));
}

TEST(RsaOaepTest, RefusesAnotherHash) {
  const auto encrypter = Encrypter(Key());
  const auto decrypter = Decrypter(Key());
  for (const OaepHash hash : kHashes) {
    for (const OaepHash other : kHashes) {
      const std::string encrypted = Encrypt(*encrypter, hash, "cek");
      EXPECT_EQ(Decrypt(*decrypter, other, encrypted),
                hash == other ? "cek" : "refused");
    }
  }
}

TEST(RsaOaepTest, RefusesEveryOtherLength) {
  const auto decrypter = Decrypter(Key());
  const std::string encrypted =
      Encrypt(*Encrypter(Key()), OaepHash::kSha256, "cek");
  for (size_t len = 0; len < encrypted.size(); len += 5) {
    EXPECT_EQ(Decrypt(*decrypter, OaepHash::kSha256, encrypted.substr(0, len)),
              "refused");
  }
  EXPECT_EQ(Decrypt(*decrypter, OaepHash::kSha256, encrypted + '\0'),
            "refused");
  // The same number, a byte longer.
  EXPECT_EQ(Decrypt(*decrypter, OaepHash::kSha256, '\0' + encrypted),
            "refused");
}

TEST(RsaOaepTest, RefusesFlippedBitsOfEveryByte) {
  const auto decrypter = Decrypter(Key());
  const std::string encrypted =
      Encrypt(*Encrypter(Key()), OaepHash::kSha256, "cek");
  for (size_t i = 0; i < encrypted.size(); ++i) {
    std::string damaged = encrypted;
    damaged[i] = static_cast<char>(damaged[i] ^ 1 << i % 8);
    ASSERT_EQ(Decrypt(*decrypter, OaepHash::kSha256, damaged), "refused") << i;
  }
}

TEST(RsaOaepTest, RefusesNumbersOutOfRangeAndZero) {
  const auto decrypter = Decrypter(Key());
  const std::string& n = absl::get<RsaKey>(Key()).n;
  for (const std::string& encrypted :
       {n, std::string(256, '\xff'), std::string(256, '\0')}) {
    EXPECT_EQ(Decrypt(*decrypter, OaepHash::kSha256, encrypted), "refused");
  }
}

template <typename Result>
void ExpectInvalid(const Result& result) {
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(RsaOaepTest, TakesNoKeyThatIsUnfit) {
  std::vector<KeyMaterial> others;
  others.push_back(GenerateSymmetricKey(32).value());
  others.push_back(GenerateEcKey(Curve::kP256).value());
  others.push_back(GenerateEd25519Key().value());
  for (const KeyMaterial& key : others) {
    ExpectInvalid(RsaOaepEncrypter::Create(key, kMaxBits));
    ExpectInvalid(RsaOaepDecrypter::Create(key, kMaxBits));
  }
  ExpectInvalid(RsaOaepDecrypter::Create(PublicHalf(Key()), kMaxBits));
  ExpectInvalid(RsaOaepEncrypter::Create(Key(), 2047));
  ExpectInvalid(RsaOaepDecrypter::Create(Key(), 2047));
}

TEST(RsaOaepTest, IsSharedByThreads) {
  const auto encrypter = Encrypter(Key());
  const auto decrypter = Decrypter(Key());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(Decrypt(*decrypter, OaepHash::kSha1,
                          Encrypt(*encrypter, OaepHash::kSha1, "cek")),
                  "cek");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace assay::crypto
