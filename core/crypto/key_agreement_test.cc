#include "core/crypto/key_agreement.h"

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/key_generation.h"
#include "gtest/gtest.h"

namespace assay::crypto {
namespace {

constexpr Curve kCurves[] = {Curve::kP256, Curve::kP384, Curve::kP521};

std::string Base64Url(absl::string_view text) {
  std::string bytes;
  EXPECT_TRUE(absl::WebSafeBase64Unescape(text, &bytes));
  return bytes;
}

// Of every kind one.
std::vector<KeyMaterial> Keys() {
  std::vector<KeyMaterial> keys;
  for (const Curve curve : kCurves) {
    keys.push_back(GenerateEcKey(curve).value());
  }
  keys.push_back(GenerateX25519Key().value());
  return keys;
}

std::unique_ptr<const AgreementSender> Sender(const KeyMaterial& key) {
  auto made = AgreementSender::Create(key);
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

std::unique_ptr<const AgreementRecipient> Recipient(const KeyMaterial& key) {
  auto made = AgreementRecipient::Create(key);
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

// "refused" if it is; then the error queue is empty, and `secret` was left
// alone.
std::string Agree(const AgreementRecipient& recipient,
                  const KeyMaterial& ephemeral) {
  SecretBytes secret("untouched");
  const bool ok = recipient.Agree(ephemeral, &secret);
  EXPECT_EQ(ERR_peek_error(), 0u);
  if (ok) return std::string(secret.view());
  EXPECT_EQ(secret.view(), "untouched");
  return "refused";
}

TEST(KeyAgreementTest, AgreesWithRfc7518AppendixC) {
  const EcKey alice{
      Curve::kP256, Base64Url("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0"),
      Base64Url("SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"),
      SecretBytes(Base64Url("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo"))};
  const EcKey bob{
      Curve::kP256, Base64Url("weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ"),
      Base64Url("e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"),
      SecretBytes(Base64Url("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"))};
  const KeyMaterial alices =
      CloneKeyMaterial(EcKey{alice.curve, alice.x, alice.y, alice.d->Clone()});
  const KeyMaterial bobs =
      CloneKeyMaterial(EcKey{bob.curve, bob.x, bob.y, bob.d->Clone()});
  const std::string z =
      "9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4";
  EXPECT_EQ(absl::BytesToHexString(Agree(*Recipient(bobs), PublicHalf(alices))),
            z);
  EXPECT_EQ(absl::BytesToHexString(Agree(*Recipient(alices), PublicHalf(bobs))),
            z);
}

TEST(KeyAgreementTest, BothSidesShareASecretAsLongAsACoordinate) {
  const size_t lens[] = {32, 48, 66, 32};
  const std::vector<KeyMaterial> keys = Keys();
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto sender = Sender(PublicHalf(keys[i]));
    const auto recipient = Recipient(keys[i]);
    KeyMaterial ephemeral;
    SecretBytes secret;
    ASSERT_TRUE(sender->Agree(&ephemeral, &secret));
    EXPECT_EQ(secret.size(), lens[i]);
    EXPECT_FALSE(HasPrivateNumbers(ephemeral));
    EXPECT_EQ(Agree(*recipient, ephemeral), secret.view());
  }
}

TEST(KeyAgreementTest, EveryMessageHasAnEphemeralKeyOfItsOwn) {
  for (const KeyMaterial& key : Keys()) {
    const auto sender = Sender(key);
    KeyMaterial ephemeral, other_ephemeral;
    SecretBytes secret, other_secret;
    ASSERT_TRUE(sender->Agree(&ephemeral, &secret));
    ASSERT_TRUE(sender->Agree(&other_ephemeral, &other_secret));
    EXPECT_NE(secret.view(), other_secret.view());
    // The other's ephemeral key gives the other's secret.
    EXPECT_EQ(Agree(*Recipient(key), other_ephemeral), other_secret.view());
  }
}

// The secret keeps its leading zeros: one in 256 has one.
TEST(KeyAgreementTest, KeepsLeadingZeros) {
  const KeyMaterial key = GenerateEcKey(Curve::kP256).value();
  const auto sender = Sender(key);
  const auto recipient = Recipient(key);
  int tries = 0;
  for (; tries < 20'000; ++tries) {
    KeyMaterial ephemeral;
    SecretBytes secret;
    ASSERT_TRUE(sender->Agree(&ephemeral, &secret));
    ASSERT_EQ(secret.size(), 32u);
    if (secret.data()[0] != 0) continue;
    EXPECT_EQ(Agree(*recipient, ephemeral), secret.view());
    return;
  }
  FAIL() << "no secret of " << tries << " began with a zero";
}

// CVE-2016-9121, CVE-2017-16007.
TEST(KeyAgreementTest, RefusesPointsOffTheCurve) {
  for (const Curve curve : kCurves) {
    const auto recipient = Recipient(GenerateEcKey(curve).value());
    const KeyMaterial fresh = GenerateEcKey(curve).value();
    const auto& good = absl::get<EcKey>(fresh);
    const size_t len = CurveCoordinateLen(curve);
    EXPECT_NE(Agree(*recipient, EcKey{curve, good.x, good.y, {}}), "refused");
    EXPECT_EQ(Agree(*recipient, EcKey{curve, good.y, good.x, {}}), "refused");
    for (size_t bit = 0; bit < len * 8; ++bit) {
      std::string y = good.y;
      y[bit / 8] = static_cast<char>(y[bit / 8] ^ 1 << bit % 8);
      ASSERT_EQ(Agree(*recipient, EcKey{curve, good.x, y, {}}), "refused");
    }
    // Infinity has no coordinates; zeros are not it, and not a point.
    const std::string zeros(len, '\0'), ones(len, '\xff');
    EXPECT_EQ(Agree(*recipient, EcKey{curve, zeros, zeros, {}}), "refused");
    EXPECT_EQ(Agree(*recipient, EcKey{curve, ones, ones, {}}), "refused");
  }
}

// The published attack's own points: on y^2 = x^3 - 3x + b' with another b',
// where they have a small order.
TEST(KeyAgreementTest, RefusesTheInvalidCurvePointsOfSanso) {
  const auto recipient = Recipient(GenerateEcKey(Curve::kP256).value());
  // Of order 113 and 2447.
  EXPECT_EQ(
      Agree(*recipient,
            EcKey{Curve::kP256,
                  Base64Url("gTa1jHjHaqbC_GfkLmYGU6_WBiQfTXmQjvF_Y7WVxOw"),
                  Base64Url("iSSCTQ7fHnqVmV4SrXwXx2Mq6nNHI3gvQvz5tVgZ0kw"),
                  {}}),
      "refused");
  EXPECT_EQ(
      Agree(*recipient,
            EcKey{Curve::kP256,
                  Base64Url("XOXGQ9_6QCvBg3u8vCI-UdBvICAEcNNBrfqd7tG7oQ4"),
                  Base64Url("hQoWNotnNzKlwiCneJkLIqDnTNw7IsdBC53VUqVjVJc"),
                  {}}),
      "refused");
}

TEST(KeyAgreementTest, RefusesKeysOfAnotherCurveOrKind) {
  std::vector<KeyMaterial> keys = Keys();
  std::vector<KeyMaterial> others = Keys();
  others.push_back(GenerateEd25519Key().value());
  others.push_back(GenerateSymmetricKey(32).value());
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto recipient = Recipient(keys[i]);
    for (size_t j = 0; j < others.size(); ++j) {
      EXPECT_EQ(Agree(*recipient, others[j]) != "refused", i == j)
          << i << " and " << j;
    }
  }
}

// A point of one curve under the name of another.
TEST(KeyAgreementTest, RefusesAPointOfAnotherCurveUnderAFalseName) {
  const auto recipient = Recipient(GenerateEcKey(Curve::kP256).value());
  const KeyMaterial p384 = GenerateEcKey(Curve::kP384).value();
  const auto& numbers = absl::get<EcKey>(p384);
  EXPECT_EQ(Agree(*recipient, EcKey{Curve::kP256, numbers.x, numbers.y, {}}),
            "refused");
  EXPECT_EQ(Agree(*recipient, EcKey{Curve::kP256,
                                    numbers.x.substr(0, 32),
                                    numbers.y.substr(0, 32),
                                    {}}),
            "refused");
}

TEST(KeyAgreementTest, RefusesEveryOtherLength) {
  for (const Curve curve : kCurves) {
    const auto recipient = Recipient(GenerateEcKey(curve).value());
    const KeyMaterial fresh = GenerateEcKey(curve).value();
    const auto& good = absl::get<EcKey>(fresh);
    // The same number, a byte longer.
    EXPECT_EQ(Agree(*recipient, EcKey{curve, '\0' + good.x, good.y, {}}),
              "refused");
    EXPECT_EQ(Agree(*recipient, EcKey{curve, good.x, '\0' + good.y, {}}),
              "refused");
    for (size_t len = 0; len < good.x.size(); ++len) {
      EXPECT_EQ(
          Agree(*recipient, EcKey{curve, good.x.substr(0, len), good.y, {}}),
          "refused");
    }
  }
  const auto recipient = Recipient(GenerateX25519Key().value());
  for (size_t len = 0; len < 70; ++len) {
    EXPECT_EQ(
        Agree(*recipient, X25519Key{std::string(len, '\x9'), {}}) != "refused",
        len == 32);
  }
}

// RFC 8037 3.2.
TEST(KeyAgreementTest, RefusesX25519PointsOfSmallOrder) {
  const auto recipient = Recipient(GenerateX25519Key().value());
  for (const std::string& x :
       {std::string(32, '\0'), '\1' + std::string(31, '\0')}) {
    EXPECT_EQ(Agree(*recipient, X25519Key{x, {}}), "refused");
    EXPECT_FALSE(AgreementSender::Create(X25519Key{x, {}}).ok());
  }
}

template <typename Result>
void ExpectInvalid(const Result& result) {
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(KeyAgreementTest, TakesNoKeyThatIsUnfit) {
  std::vector<KeyMaterial> others;
  others.push_back(GenerateSymmetricKey(32).value());
  others.push_back(GenerateRsaKey(2048).value());
  others.push_back(GenerateEd25519Key().value());
  others.push_back(EcKey{Curve::kP256, std::string(32, 'x'),
                         std::string(32, 'y'), SecretBytes(32)});
  for (const KeyMaterial& key : others) {
    ExpectInvalid(AgreementSender::Create(key));
    ExpectInvalid(AgreementRecipient::Create(key));
  }
  for (const KeyMaterial& key : Keys()) {
    ExpectInvalid(AgreementRecipient::Create(PublicHalf(key)));
  }
}

TEST(KeyAgreementTest, IsSharedByThreads) {
  for (const KeyMaterial& key : Keys()) {
    const auto sender = Sender(key);
    const auto recipient = Recipient(key);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10; ++i) {
          KeyMaterial ephemeral;
          SecretBytes secret;
          ASSERT_TRUE(sender->Agree(&ephemeral, &secret));
          ASSERT_EQ(Agree(*recipient, ephemeral), secret.view());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace assay::crypto
