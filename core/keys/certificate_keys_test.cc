#include "core/keys/certificate_keys.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/jose/algorithm.h"
#include "core/keys/key_set.h"
#include "core/keys/key_source.h"
#include "core/keys/key_test_support.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::keys {
namespace {

using ::testing::HasSubstr;

using crypto::ChainFault;

// Made by OpenSSL's command line: a root of a hundred years, and two leaves of
// ten years under it, of one P-256 key, named urn:example:a and urn:example:b.
constexpr char kRoot[] =
    "MIIBhTCCASugAwIBAgIUDY3A4LYu+D7Xnkl0mEJmuaNUteUwCgYIKoZIzj0EAwIwDzENMA"
    "sGA1UEAwwEcm9vdDAgFw0yNjExMjcyMDI5MjFaGA8yMTI2MTEwMzIwMjkyMVowDzENMAsG"
    "A1UEAwwEcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKgEY3KmqM130cxHmrKxRT"
    "JpUFTIWQ9XlKJQNXS/60m6OJr4ub8Vm+XCY9XfRna//bqWUfNMfjlh7Yhiml9Zyx+jYzBh"
    "MB0GA1UdDgQWBBTXurfy0UyTz96G4s5gCmyACy1PWTAfBgNVHSMEGDAWgBTXurfy0UyTz9"
    "6G4s5gCmyACy1PWTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAKBggqhkjO"
    "PQQDAgNIADBFAiEAj0N2wQTYjNexT2mnEz40un1XciVymVIt2xKF9kYcNRMCICff7QAQQu"
    "0HkFZiAOM7nUaWAz7a/WBILy7Ok4+0J7+7";
constexpr char kLeafA[] =
    "MIIBhTCCASqgAwIBAgIBCjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARyb290MB4XDTI2MT"
    "EyNzIwMjkyMloXDTM2MTEyNDIwMjkyMlowDDEKMAgGA1UEAwwBYTBZMBMGByqGSM49AgEG"
    "CCqGSM49AwEHA0IABDDA2rAligBC8Xa3lEhU6SpYq7Pwmlp7SzrXhXwwI317Q7orT7z+Zm"
    "nRqafMCwoDUp+PE3NwEfjtjrFjyMQpC2CjejB4MAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/"
    "BAQDAgeAMBgGA1UdEQQRMA+GDXVybjpleGFtcGxlOmEwHQYDVR0OBBYEFD/h2ltKi3GfKO"
    "EmzQklcrx2xjF8MB8GA1UdIwQYMBaAFNe6t/LRTJPP3obizmAKbIALLU9ZMAoGCCqGSM49"
    "BAMCA0kAMEYCIQCFMdIrvYXx1pQYPAUMTEq5krsfc25nz5QzycbpRiIaeAIhAIW72/Mstd"
    "iJk8lGdL1HMO8oFxgaWKusdIeseDlt+8eJ";
constexpr char kLeafB[] =
    "MIIBhDCCASqgAwIBAgIBCzAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARyb290MB4XDTI2MT"
    "EyNzIwMjkyMloXDTM2MTEyNDIwMjkyMlowDDEKMAgGA1UEAwwBYjBZMBMGByqGSM49AgEG"
    "CCqGSM49AwEHA0IABDDA2rAligBC8Xa3lEhU6SpYq7Pwmlp7SzrXhXwwI317Q7orT7z+Zm"
    "nRqafMCwoDUp+PE3NwEfjtjrFjyMQpC2CjejB4MAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/"
    "BAQDAgeAMBgGA1UdEQQRMA+GDXVybjpleGFtcGxlOmIwHQYDVR0OBBYEFD/h2ltKi3GfKO"
    "EmzQklcrx2xjF8MB8GA1UdIwQYMBaAFNe6t/LRTJPP3obizmAKbIALLU9ZMAoGCCqGSM49"
    "BAMCA0gAMEUCIHJSWrStjC70aXDXqa6PpasbomkQD3l1aYv5lIVFPkroAiEAhm8OURIvE0"
    "JTvoWai4gbxJxb5pc747KeqePt9YYWudY=";

std::string Der(absl::string_view base64) {
  std::string der;
  EXPECT_TRUE(absl::Base64Unescape(base64, &der));
  return der;
}

class CertificateKeysTest : public ::testing::Test {
 protected:
  CertificateKeysTest() : keys_(MakeVerifier(), Limits()) {}

  static std::unique_ptr<const crypto::ChainVerifier> MakeVerifier() {
    crypto::ChainPolicy policy;
    policy.uris = {"urn:example:a"};
    const std::vector<std::string> roots = {Der(kRoot)};
    auto verifier = crypto::ChainVerifier::Create(roots, std::move(policy));
    EXPECT_TRUE(verifier.ok()) << verifier.status();
    return *std::move(verifier);
  }
  CertificateKeys::Found Find(const std::vector<std::string>& ders,
                              absl::Time now) {
    return keys_.Find(ders, now, &budget_);
  }

  const absl::Time now_ =
      absl::FromCivil(absl::CivilSecond(2030, 1, 1), absl::UTCTimeZone());
  const absl::Time after_ =
      absl::FromCivil(absl::CivilSecond(2050, 1, 1), absl::UTCTimeZone());
  const CertificateKeys keys_;
  jose::IterationBudget budget_{10};
};

TEST_F(CertificateKeysTest, VerifiesAChainOnceAndRemembersItsKey) {
  const auto found = Find({Der(kLeafA)}, now_);
  ASSERT_NE(found.key, nullptr);
  EXPECT_EQ(found.fault, ChainFault::kNone);
  EXPECT_TRUE(found.key->verify_algorithms().Contains(jose::Algorithm::kEs256));
  EXPECT_FALSE(
      found.key->verify_algorithms().Contains(jose::Algorithm::kRs256));
  EXPECT_EQ(Find({Der(kLeafA)}, now_).key, found.key);
  EXPECT_EQ(budget_.left(), 9);
  EXPECT_EQ(keys_.NumRememberedForTest(), 1);
}

TEST_F(CertificateKeysTest, AnotherChainIsAnotherKey) {
  const auto found = Find({Der(kLeafA)}, now_);
  const auto with_root = Find({Der(kLeafA), Der(kRoot)}, now_);
  ASSERT_NE(with_root.key, nullptr);
  EXPECT_NE(with_root.key, found.key);
  // The same numbers in a certificate of another name.
  EXPECT_EQ(Find({Der(kLeafB)}, now_).fault, ChainFault::kName);
}

TEST_F(CertificateKeysTest, WhatIsRememberedStillExpires) {
  ASSERT_NE(Find({Der(kLeafA)}, now_).key, nullptr);
  const auto late = Find({Der(kLeafA)}, after_);
  EXPECT_EQ(late.key, nullptr);
  EXPECT_EQ(late.fault, ChainFault::kExpired);
  const auto early = Find({Der(kLeafA)}, absl::UnixEpoch());
  EXPECT_EQ(early.key, nullptr);
  EXPECT_EQ(early.fault, ChainFault::kNotYetValid);
  EXPECT_NE(Find({Der(kLeafA)}, now_).key, nullptr);
}

TEST_F(CertificateKeysTest, AFloodOfBadChainsIsBoundedAndNotRemembered) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Find({Der(kLeafB)}, now_).fault, ChainFault::kName);
  }
  const auto found = Find({Der(kLeafA)}, now_);
  EXPECT_EQ(found.key, nullptr);
  EXPECT_TRUE(found.budget_spent);
  EXPECT_EQ(keys_.NumRememberedForTest(), 0);
}

TEST_F(CertificateKeysTest, AKnownChainCostsNoBudget) {
  ASSERT_NE(Find({Der(kLeafA)}, now_).key, nullptr);
  while (budget_.Charge(1)) {
  }
  EXPECT_NE(Find({Der(kLeafA)}, now_).key, nullptr);
}

TEST_F(CertificateKeysTest, TooManyCertificatesCostNothing) {
  const std::vector<std::string> many(1000, Der(kLeafA));
  EXPECT_EQ(Find(many, now_).fault, ChainFault::kTooLong);
  EXPECT_EQ(budget_.left(), 10);
}

std::string Pem(absl::string_view base64) {
  return absl::StrCat("-----BEGIN CERTIFICATE-----\n", base64,
                      "\n-----END CERTIFICATE-----\n");
}

// How a key set comes to its certificate keys.
class CertificateTrustTest : public ::testing::Test {
 protected:
  CertificateTrustTest() {
    folder_.Write("root.pem", Pem(kRoot));
    source_.name = "s";
    CertificateTrust trust;
    trust.root_files = {folder_.path("root.pem")};
    trust.policy.uris = {"urn:example:a"};
    source_.certificate_trust = std::move(trust);
  }

  std::string Error() {
    const auto set = LoadKeySet(source_, Limits());
    EXPECT_FALSE(set.ok());
    return std::string(set.status().message());
  }
  std::string ErrorOfRoots(absl::string_view contents) {
    folder_.Write("root.pem", contents);
    return Error();
  }

  const TestFolder folder_;
  KeySource source_;
};

TEST_F(CertificateTrustTest, ComesFromFilesAndNeedsNoOtherKey) {
  const auto set = LoadKeySet(source_, Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ((*set)->num_keys(), 0);
  ASSERT_NE((*set)->certificate_keys(), nullptr);
  jose::IterationBudget budget(1);
  const absl::Time now =
      absl::FromCivil(absl::CivilYear(2030), absl::UTCTimeZone());
  EXPECT_NE((*set)->certificate_keys()->Find({Der(kLeafA)}, now, &budget).key,
            nullptr);
}

TEST_F(CertificateTrustTest, IsNoneUnlessAskedFor) {
  source_.paths = {folder_.path("key")};
  folder_.Write("key", Pem(kLeafA));
  const auto trusting = LoadKeySet(source_, Limits());
  ASSERT_TRUE(trusting.ok()) << trusting.status();
  EXPECT_NE((*trusting)->certificate_keys(), nullptr);
  source_.certificate_trust.reset();
  const auto set = LoadKeySet(source_, Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ((*set)->certificate_keys(), nullptr);
}

TEST_F(CertificateTrustTest, AnotherRootIsAnotherDigest) {
  const auto before = LoadKeySet(source_, Limits());
  ASSERT_TRUE(before.ok()) << before.status();
  folder_.Write("root.pem", absl::StrCat(Pem(kRoot), "\n"));
  const auto after = LoadKeySet(source_, Limits());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_NE((*before)->source_digest(), (*after)->source_digest());
}

TEST_F(CertificateTrustTest, SaysWhatIsWrongWithRoots) {
  EXPECT_THAT(ErrorOfRoots("no PEM"),
              HasSubstr("root.pem: holds no root: a PEM file with "
                        "CERTIFICATE is needed"));
  EXPECT_THAT(ErrorOfRoots("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC "
                           "KEY-----\n"),
              HasSubstr("root.pem: holds PUBLIC KEY, but a file of roots holds "
                        "CERTIFICATE alone"));
  EXPECT_THAT(ErrorOfRoots(absl::StrCat(Pem(kRoot), Pem("AAAA"))),
              HasSubstr("root.pem: root 1: not one X.509 certificate"));
  EXPECT_THAT(ErrorOfRoots(Pem(kLeafA)),
              HasSubstr("root.pem: root 0: not the self-signed certificate of "
                        "an authority (CA)"));
  folder_.Remove("root.pem");
  EXPECT_THAT(Error(), HasSubstr("root.pem"));
}

TEST_F(CertificateTrustTest, NeedsARootAndAName) {
  source_.certificate_trust->policy.uris.clear();
  EXPECT_THAT(Error(), HasSubstr("name the leaf certificates"));
  source_.certificate_trust->root_files.clear();
  EXPECT_THAT(Error(), HasSubstr("there is no root"));
}

TEST_F(CertificateTrustTest, IsNotForSecretsNorForEncryption) {
  folder_.Write(
      "secret",
      R"({"kty":"oct","k":"MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"})");
  source_.paths = {folder_.path("secret")};
  EXPECT_THAT(Error(), HasSubstr("holds secrets, so it cannot trust"));
  source_.paths.clear();
  source_.use = KeySetUse::kDecrypt;
  EXPECT_THAT(Error(), HasSubstr("key set \"s\" is for encryption"));
}

}  // namespace
}  // namespace assay::keys
