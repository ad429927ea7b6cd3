#include "core/crypto/content_cipher.h"

#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/types/optional.h"
#include "core/base/bytes.h"
#include "core/crypto/boringssl.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

using E = ContentEncryption;

constexpr E kAll[] = {E::kAes128CbcHmacSha256, E::kAes192CbcHmacSha384,
                      E::kAes256CbcHmacSha512, E::kAes128Gcm,
                      E::kAes192Gcm,           E::kAes256Gcm};

struct Message {
  std::string iv, aad, ciphertext, tag;
};

std::string Hex(absl::string_view hex) { return absl::HexStringToBytes(hex); }

std::string Base64Url(absl::string_view text) {
  std::string bytes;
  EXPECT_TRUE(absl::WebSafeBase64Unescape(text, &bytes));
  return bytes;
}

std::unique_ptr<const ContentCipher> Cipher(E encryption,
                                            absl::string_view cek) {
  auto cipher = ContentCipher::Create(encryption, cek);
  EXPECT_TRUE(cipher.ok()) << cipher.status();
  return *std::move(cipher);
}

std::unique_ptr<const ContentCipher> Cipher(E encryption) {
  std::string cek;
  while (cek.size() < CekLen(encryption)) {
    cek.push_back(static_cast<char>(7 * cek.size() + 1));
  }
  return Cipher(encryption, cek);
}

Message Seal(E encryption, const ContentCipher& cipher, absl::string_view iv,
             absl::string_view aad, absl::string_view plaintext) {
  Message message{std::string(iv), std::string(aad),
                  std::string(cipher.CiphertextLen(plaintext.size()), '\0'),
                  std::string(TagLen(encryption), '\0')};
  EXPECT_TRUE(cipher.Seal(iv, aad, plaintext, Data(&message.ciphertext),
                          Data(&message.tag)));
  return message;
}

Message Seal(E encryption, const ContentCipher& cipher,
             absl::string_view plaintext) {
  return Seal(encryption, cipher, std::string(IvLen(encryption), 'i'), "header",
              plaintext);
}

// nullopt if it is refused; then no plaintext may be in the buffer either, and
// nothing in BoringSSL's error queue.
absl::optional<std::string> Open(const ContentCipher& cipher,
                                 const Message& message) {
  std::string plaintext(message.ciphertext.size(), '\0');
  size_t len = 0;
  const bool ok = cipher.Open(message.iv, message.aad, message.ciphertext,
                              message.tag, Data(&plaintext), &len);
  EXPECT_EQ(ERR_peek_error(), 0u);
  if (ok) return plaintext.substr(0, len);
  EXPECT_EQ(plaintext, std::string(plaintext.size(), '\0'));
  return absl::nullopt;
}

// ---- Published examples

struct Example {
  E encryption;
  std::string cek, iv, aad, plaintext, ciphertext, tag;
};

void ExpectExample(const Example& example) {
  const auto cipher = Cipher(example.encryption, example.cek);
  Message message = Seal(example.encryption, *cipher, example.iv, example.aad,
                         example.plaintext);
  EXPECT_EQ(absl::BytesToHexString(message.ciphertext),
            absl::BytesToHexString(example.ciphertext));
  EXPECT_EQ(absl::BytesToHexString(message.tag),
            absl::BytesToHexString(example.tag));
  EXPECT_EQ(Open(*cipher, message), example.plaintext);
}

// RFC 7518 appendix B: the key is 00 01 02 and so on.
void ExpectAppendixB(E encryption, absl::string_view ciphertext,
                     absl::string_view tag) {
  std::string cek;
  while (cek.size() < CekLen(encryption)) {
    cek.push_back(static_cast<char>(cek.size()));
  }
  ExpectExample(
      {encryption, cek, Hex("1af38c2dc2b96ffdd86694092341bc04"),
       "The second principle of Auguste Kerckhoffs",
       "A cipher system must not be required to be secret, and it must be able "
       "to fall into the hands of the enemy without inconvenience",
       Hex(ciphertext), Hex(tag)});
}

TEST(ContentCipherTest, AgreesWithRfc7518AppendixB1) {
  ExpectAppendixB(
      E::kAes128CbcHmacSha256,
      "c80edfa32ddf39d5ef00c0b468834279a2e46a1b8049f792f76bfe54b903a9c9"
      "a94ac9b47ad2655c5f10f9aef71427e2fc6f9b3f399a221489f16362c7032336"
      "09d45ac69864e3321cf82935ac4096c86e133314c54019e8ca7980dfa4b9cf1b"
      "384c486f3a54c51078158ee5d79de59fbd34d848b3d69550a67646344427ade5"
      "4b8851ffb598f7f80074b9473c82e2db",
      "652c3fa36b0a7c5b3219fab3a30bc1c4");
}

TEST(ContentCipherTest, AgreesWithRfc7518AppendixB2) {
  ExpectAppendixB(
      E::kAes192CbcHmacSha384,
      "ea65da6b59e61edb419be62d19712ae5d303eeb50052d0dfd6697f77224c8edb"
      "000d279bdc14c1072654bd30944230c657bed4ca0c9f4a8466f22b226d174621"
      "4bf8cfc2400add9f5126e479663fc90b3bed787a2f0ffcbf3904be2a641d5c21"
      "05bfe591bae23b1d7449e532eef60a9ac8bb6c6b01d35d49787bcd57ef484927"
      "f280adc91ac0c4e79c7b11efc60054e3",
      "8490ac0e58949bfe51875d733f93ac2075168039ccc733d7");
}

TEST(ContentCipherTest, AgreesWithRfc7518AppendixB3) {
  ExpectAppendixB(
      E::kAes256CbcHmacSha512,
      "4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd"
      "822c301dd67c373bccb584ad3e9279c2e6d12a1374b77f077553df829410446b"
      "36ebd97066296ae6427ea75c2e0846a11a09ccf5370dc80bfecbad28c73f09b3"
      "a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053d21f37ff4f51950b"
      "be2638d09dd7a4930930806d0703b1f6",
      "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5");
}

TEST(ContentCipherTest, AgreesWithRfc7516AppendixA1) {
  ExpectExample(
      {E::kAes256Gcm,
       Hex("b1a1f480548fe1733fb403ff6b9ad4f68a076e5b702e22692f82cb2e7aea40fc"),
       Base64Url("48V1_ALb6US04U3b"),
       "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ",
       "The true sign of intelligence is not knowledge but imagination.",
       Base64Url("5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7"
                 "j6jiSdiwkIr3ajwQzaBtQD_A"),
       Base64Url("XFBoMYUZodetZdvTiFvSkQ")});
}

// A.2 and A.3 differ in their headers alone.
void ExpectLiveLong(absl::string_view header, absl::string_view tag) {
  ExpectExample(
      {E::kAes128CbcHmacSha256,
       Hex("04d31fc5549dfcfe0b649dfa3faa6ace6b7cd42d6f6b09dbc8b100f08f9c2ccf"),
       Base64Url("AxY8DCtDaGlsbGljb3RoZQ"), std::string(header),
       "Live long and prosper.",
       Base64Url("KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY"),
       Base64Url(tag)});
}

TEST(ContentCipherTest, AgreesWithRfc7516AppendixA2) {
  ExpectLiveLong("eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0",
                 "9hH0vgRfYgPnAHOd8stkvw");
}

TEST(ContentCipherTest, AgreesWithRfc7516AppendixA3) {
  ExpectLiveLong("eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0",
                 "U0m_YmjN04DJvceFICbCVQ");
}

// ---- Rules

TEST(ContentCipherTest, RestoresEveryLength) {
  for (const E encryption : kAll) {
    const auto cipher = Cipher(encryption);
    for (size_t len = 0; len < 200; ++len) {
      const std::string plaintext(len, 'p');
      EXPECT_EQ(Open(*cipher, Seal(encryption, *cipher, plaintext)), plaintext);
    }
  }
}

TEST(ContentCipherTest, SealsAnEmptyMessageWithoutHeader) {
  for (const E encryption : kAll) {
    const auto cipher = Cipher(encryption);
    const std::string iv(IvLen(encryption), 'i');
    EXPECT_EQ(Open(*cipher, Seal(encryption, *cipher, iv, {}, {})), "");
  }
}

TEST(ContentCipherTest, RefusesEveryOtherLengthOfKeyWithoutShowingIt) {
  for (const E encryption : kAll) {
    for (size_t len = 0; len <= 130; ++len) {
      const auto cipher =
          ContentCipher::Create(encryption, std::string(len, '\x5a'));
      EXPECT_EQ(cipher.ok(), len == CekLen(encryption)) << len;
      if (cipher.ok()) continue;
      EXPECT_EQ(cipher.status().code(), absl::StatusCode::kInvalidArgument);
      EXPECT_FALSE(absl::StrContains(cipher.status().message(), "Z"));
    }
  }
}

TEST(ContentCipherTest, RefusesEveryOtherLengthOfIv) {
  for (const E encryption : kAll) {
    const auto cipher = Cipher(encryption);
    Message message = Seal(encryption, *cipher, "message");
    for (size_t len = 0; len <= 40; ++len) {
      if (len == IvLen(encryption)) continue;
      message.iv = std::string(len, 'i');
      EXPECT_FALSE(Open(*cipher, message).has_value()) << len;
      EXPECT_FALSE(cipher->Seal(message.iv, "header", "message",
                                Data(&message.ciphertext), Data(&message.tag)))
          << len;
    }
  }
}

// CVE-2018-1000539, CVE-2023-37464: a cut tag is guessed sooner. Longer ones
// are tried too: CBC's whole HMAC, whose first half is right.
TEST(ContentCipherTest, RefusesEveryOtherLengthOfTag) {
  for (const E encryption : kAll) {
    const auto cipher = Cipher(encryption);
    const Message message = Seal(encryption, *cipher, "message");
    for (size_t len = 0; len <= 2 * TagLen(encryption); ++len) {
      if (len == TagLen(encryption)) continue;
      Message other = message;
      other.tag.resize(len);
      EXPECT_FALSE(Open(*cipher, other).has_value()) << len;
    }
  }
}

TEST(ContentCipherTest, RefusesEveryCutOfTheCiphertext) {
  for (const E encryption : kAll) {
    const auto cipher = Cipher(encryption);
    const Message message = Seal(encryption, *cipher, std::string(50, 'p'));
    for (size_t len = 0; len < message.ciphertext.size(); ++len) {
      Message cut = message;
      cut.ciphertext.resize(len);
      EXPECT_FALSE(Open(*cipher, cut).has_value()) << len;
    }
    Message longer = message;
    longer.ciphertext += std::string(16, '\0');
    EXPECT_FALSE(Open(*cipher, longer).has_value());
  }
}

void ExpectEveryFlipIsRefused(const ContentCipher& cipher,
                              const Message& message,
                              std::string Message::*part) {
  Message damaged = message;
  std::string& bytes = damaged.*part;
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const char mask = static_cast<char>(1 << bit % 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
    ASSERT_FALSE(Open(cipher, damaged).has_value()) << "bit " << bit;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
  }
  EXPECT_TRUE(Open(cipher, damaged).has_value());
}

TEST(ContentCipherTest, RefusesEveryFlippedBit) {
  for (const E encryption : kAll) {
    const auto cipher = Cipher(encryption);
    const Message message = Seal(encryption, *cipher, std::string(50, 'p'));
    ExpectEveryFlipIsRefused(*cipher, message, &Message::iv);
    ExpectEveryFlipIsRefused(*cipher, message, &Message::aad);
    ExpectEveryFlipIsRefused(*cipher, message, &Message::ciphertext);
    ExpectEveryFlipIsRefused(*cipher, message, &Message::tag);
  }
}

// AL separates the header from the IV and the ciphertext: a byte cannot move
// from one to the other.
TEST(ContentCipherTest, RefusesABorderThatHasMoved) {
  for (const E encryption : kAll) {
    const auto cipher = Cipher(encryption);
    Message message = Seal(encryption, *cipher, std::string(50, 'p'));
    const std::string all = message.aad + message.iv + message.ciphertext;
    message.aad = all.substr(0, message.aad.size() + 16);
    message.iv = all.substr(message.aad.size(), message.iv.size());
    message.ciphertext = all.substr(message.aad.size() + message.iv.size());
    EXPECT_FALSE(Open(*cipher, message).has_value());
  }
}

TEST(ContentCipherTest, RefusesAnotherKey) {
  for (const E encryption : kAll) {
    const auto cipher = Cipher(encryption);
    const auto other = Cipher(encryption, std::string(CekLen(encryption), 'k'));
    EXPECT_FALSE(
        Open(*other, Seal(encryption, *cipher, "message")).has_value());
  }
}

std::string HmacSha256(absl::string_view key, absl::string_view message) {
  std::string mac(32, '\0');
  unsigned len = 0;
  HMAC(EVP_sha256(), key.data(), key.size(), Bytes(message), message.size(),
       Data(&mac), &len);
  return mac;
}

// Whoever has the key can make a tag that fits what is no CBC ciphertext.
TEST(ContentCipherTest, RefusesAuthenticatedCbcThatIsNotWholePaddedBlocks) {
  const std::string cek(32, 'k'), iv(16, 'i');
  const auto cipher = Cipher(E::kAes128CbcHmacSha256, cek);
  for (const size_t len : {0, 1, 15, 16, 17, 31, 32, 33}) {
    const std::string ciphertext(len, 'c');
    const std::string tag =
        HmacSha256(cek.substr(0, 16), iv + ciphertext + std::string(8, '\0'))
            .substr(0, 16);
    // 16 and 32 are whole blocks; their padding is bad.
    EXPECT_FALSE(Open(*cipher, {iv, "", ciphertext, tag}).has_value()) << len;
  }
}

// AL is 64 bits wide. Nothing of such a header is read: the memory behind it
// does not exist.
TEST(ContentCipherTest, RefusesAHeaderWhoseBitsCannotBeCounted) {
  const auto cipher = Cipher(E::kAes128CbcHmacSha256);
  Message message = Seal(E::kAes128CbcHmacSha256, *cipher, "message");
  const absl::string_view endless("header",
                                  std::numeric_limits<uint64_t>::max() / 8 + 1);
  EXPECT_FALSE(cipher->Seal(message.iv, endless, "message",
                            Data(&message.ciphertext), Data(&message.tag)));
  std::string out(message.ciphertext.size(), '\0');
  size_t len = 0;
  EXPECT_FALSE(cipher->Open(message.iv, endless, message.ciphertext,
                            message.tag, Data(&out), &len));
}

TEST(ContentCipherTest, IsSharedByThreads) {
  for (const E encryption : kAll) {
    const auto cipher = Cipher(encryption);
    const Message message = Seal(encryption, *cipher, "message");
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          ASSERT_EQ(Open(*cipher, message), "message");
          ASSERT_EQ(Seal(encryption, *cipher, "message").tag, message.tag);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace assay::crypto
