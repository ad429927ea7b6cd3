#include "core/keys/key_set.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/crypto/key_generation.h"
#include "core/crypto/key_material.h"
#include "core/keys/key_test_support.h"
#include "gtest/gtest.h"

namespace assay::keys {
namespace {

using jose::Algorithm;

template <typename... Jwks>
jose::JwkSet SetOf(Jwks... jwks) {
  jose::JwkSet set;
  (set.keys.push_back(std::move(jwks)), ...);
  return set;
}

absl::StatusOr<std::unique_ptr<KeySet>> Create(KeySetUse use,
                                               jose::JwkSet jwks) {
  return KeySet::Create("set", use, std::move(jwks), {}, Limits());
}

std::unique_ptr<KeySet> Make(KeySetUse use, jose::JwkSet jwks) {
  auto set = Create(use, std::move(jwks));
  EXPECT_TRUE(set.ok()) << set.status();
  return *std::move(set);
}

// A message that names the reason and the key.
testing::AssertionResult IsRefused(KeySetUse use, jose::JwkSet jwks,
                                   absl::string_view why,
                                   absl::string_view kid) {
  const absl::Status status = Create(use, std::move(jwks)).status();
  if (status.code() == absl::StatusCode::kInvalidArgument &&
      absl::StrContains(status.message(), why) &&
      absl::StrContains(status.message(), kid)) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << status;
}

TEST(KeySetTest, FindsEachOf100000KeysByItsKid) {
  constexpr int kNumKeys = 100'000;
  jose::JwkSet jwks;
  for (int i = 0; i < kNumKeys; ++i) {
    jose::Jwk jwk;
    jwk.material = *crypto::GenerateSymmetricKey(32);
    jwk.kid = absl::StrCat("k", i);
    jwks.keys.push_back(std::move(jwk));
  }
  const auto set = Make(KeySetUse::kVerify, std::move(jwks));
  ASSERT_EQ(set->keys().size(), kNumKeys);
  for (int i = 0; i < kNumKeys; ++i) {
    const std::string kid = absl::StrCat("k", i);
    const KeyCandidates found = set->FindForVerify(kid, Algorithm::kHs256);
    ASSERT_EQ(found.num_keys, 1) << kid;
    ASSERT_EQ(found.keys[0]->kid(), kid);
    ASSERT_EQ(found.keys[0], set->keys()[i].get());
  }
  EXPECT_EQ(set->FindForVerify("k100000", Algorithm::kHs256).reason,
            Reason::kKidUnknown);
}

TEST(KeySetTest, SaysWhyThereIsNoKey) {
  const auto set =
      Make(KeySetUse::kVerify, SetOf(FreshPublicKey(Algorithm::kEs256, "a")));
  EXPECT_EQ(set->FindForVerify("a", Algorithm::kEs256).reason, Reason::kValid);
  EXPECT_EQ(set->FindForVerify("b", Algorithm::kEs256).reason,
            Reason::kKidUnknown);
  EXPECT_EQ(set->FindForVerify("a", Algorithm::kEs384).reason,
            Reason::kAlgorithmNotOfKey);
  EXPECT_EQ(set->FindForVerify(absl::nullopt, Algorithm::kRs256).reason,
            Reason::kNoCompatibleKey);
}

TEST(KeySetTest, EmptySetAnswersKeyUnavailable) {
  const auto set = Make(KeySetUse::kVerify, {});
  EXPECT_EQ(set->FindForVerify("a", Algorithm::kEs256).reason,
            Reason::kKeyUnavailable);
  EXPECT_EQ(set->FindForVerify(absl::nullopt, Algorithm::kEs256).reason,
            Reason::kKeyUnavailable);
}

TEST(KeySetTest, KidAbsentIsNotKidEmpty) {
  const auto set =
      Make(KeySetUse::kVerify, SetOf(FreshPublicKey(Algorithm::kEs256, "a"),
                                     FreshPublicKey(Algorithm::kEs256, "b")));
  EXPECT_EQ(set->FindForVerify(absl::nullopt, Algorithm::kEs256).num_keys, 2);
  EXPECT_EQ(set->FindForVerify("", Algorithm::kEs256).reason,
            Reason::kKidUnknown);

  jose::Jwk nameless = FreshPublicKey(Algorithm::kEs256, "a");
  nameless.kid = "";
  const auto with_empty = Make(KeySetUse::kVerify, SetOf(std::move(nameless)));
  EXPECT_EQ(with_empty->FindForVerify("", Algorithm::kEs256).num_keys, 1);
}

TEST(KeySetTest, RepeatedKidGivesTheKeysOfTheAlgorithmInOrder) {
  const auto set =
      Make(KeySetUse::kVerify, SetOf(FreshPublicKey(Algorithm::kEs256, "k"),
                                     FreshPublicKey(Algorithm::kEdDsa, "k"),
                                     FreshPublicKey(Algorithm::kEs256, "k")));
  const KeyCandidates es256 = set->FindForVerify("k", Algorithm::kEs256);
  ASSERT_EQ(es256.num_keys, 2);
  EXPECT_EQ(es256.keys[0], set->keys()[0].get());
  EXPECT_EQ(es256.keys[1], set->keys()[2].get());
  const KeyCandidates eddsa = set->FindForVerify("k", Algorithm::kEdDsa);
  ASSERT_EQ(eddsa.num_keys, 1);
  EXPECT_EQ(eddsa.keys[0], set->keys()[1].get());
}

TEST(KeySetTest, CandidatesAreBoundedPerAlgorithm) {
  jose::JwkSet jwks;
  for (int i = 0; i < 50; ++i) {
    jwks.keys.push_back(FreshPublicKey(Algorithm::kEdDsa, "k"));
  }
  jwks.keys.push_back(FreshPublicKey(Algorithm::kEs256, "k"));
  const auto set = Make(KeySetUse::kVerify, std::move(jwks));
  EXPECT_EQ(set->FindForVerify("k", Algorithm::kEdDsa).num_keys,
            kMaxKeyCandidates);
  EXPECT_EQ(set->FindForVerify(absl::nullopt, Algorithm::kEdDsa).num_keys,
            kMaxKeyCandidates);
  // A crowd of one algorithm does not hide a key of another.
  EXPECT_EQ(set->FindForVerify("k", Algorithm::kEs256).num_keys, 1);
}

TEST(KeySetTest, PublicSetRefusesAPrivateKeyAndNamesIt) {
  EXPECT_TRUE(IsRefused(KeySetUse::kPublic,
                        SetOf(FreshPublicKey(Algorithm::kEs256, "good"),
                              FreshKey(Algorithm::kEs256, "leaked")),
                        "private", "leaked"));
}

TEST(KeySetTest, PublicSetRefusesASymmetricKeyEvenIfItIsForEncryption) {
  jose::Jwk jwk = FreshKey(Algorithm::kHs256, "secret-key");
  jwk.use = jose::KeyUse::kEncryption;
  EXPECT_TRUE(IsRefused(KeySetUse::kPublic, SetOf(std::move(jwk)), "symmetric",
                        "secret-key"));
}

TEST(KeySetTest, RefusesAMixOfSymmetricAndAsymmetricKeys) {
  for (KeySetUse use : {KeySetUse::kVerify, KeySetUse::kSign}) {
    EXPECT_TRUE(IsRefused(use,
                          SetOf(FreshKey(Algorithm::kEs256, "a"),
                                FreshKey(Algorithm::kHs256, "b")),
                          "mixes", "b"));
  }
}

TEST(KeySetTest, VerifySetKeepsThePublicHalfOfAPrivateKey) {
  const auto set =
      Make(KeySetUse::kVerify, SetOf(FreshKey(Algorithm::kEs256, "k")));
  ASSERT_EQ(set->keys().size(), 1);
  EXPECT_EQ(set->keys()[0]->signing_key(), nullptr);
  EXPECT_FALSE(
      crypto::HasPrivateNumbers(set->keys()[0]->public_jwk()->material));
}

TEST(KeySetTest, SkipsAKeyOfNoUseAndSaysWhereAndWhy) {
  jose::Jwk for_encryption = FreshPublicKey(Algorithm::kEs256, "enc");
  for_encryption.use = jose::KeyUse::kEncryption;
  jose::Jwk for_nothing = FreshPublicKey(Algorithm::kEs256, "ops");
  for_nothing.key_ops = jose::kKeyOpOther;
  jose::JwkSet jwks =
      SetOf(std::move(for_encryption),
            FreshPublicKey(Algorithm::kEs256, "good"), std::move(for_nothing));
  // The parser had left out the entry at 1, so that these are at 0, 2 and 3.
  jwks.skipped.push_back({1, "bad", absl::InvalidArgumentError("broken")});
  const auto set = Make(KeySetUse::kPublic, std::move(jwks));
  EXPECT_EQ(set->keys().size(), 1);
  ASSERT_EQ(set->skipped().size(), 3);
  EXPECT_EQ(set->skipped()[0].index, 0);
  EXPECT_EQ(set->skipped()[0].kid, "enc");
  EXPECT_TRUE(absl::StrContains(set->skipped()[0].why.message(), "encryption"));
  EXPECT_EQ(set->skipped()[1].kid, "bad");
  EXPECT_EQ(set->skipped()[2].index, 3);
  EXPECT_EQ(set->skipped()[2].kid, "ops");
  EXPECT_TRUE(absl::StrContains(set->skipped()[2].why.message(), "key_ops"));
}

// What an identity provider publishes: keys to encrypt for beside those that
// sign, some under one kid.
TEST(KeySetTest, KeysOfEncryptionDoNotTouchThoseOfSignatures) {
  jose::Jwk rsa = FreshPublicKey(Algorithm::kRs256, "r");
  rsa.alg = Algorithm::kUnspecified;
  rsa.use = jose::KeyUse::kEncryption;
  rsa.key_management = jose::KeyManagement::kRsaOaep;
  const std::string json =
      JwkSetText({jose::WritePublicJwk(rsa),
                  R"({"kty":"OKP","crv":"X25519",)"
                  R"("x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"})",
                  jose::WritePublicJwk(FreshPublicKey(Algorithm::kRs256, "r")),
                  R"({"kty":"RSA","alg":"RSA1_5"})"});
  for (const KeySetUse use : {KeySetUse::kPublic, KeySetUse::kVerify}) {
    auto jwks = jose::ParseJwkSet(json, Limits());
    ASSERT_TRUE(jwks.ok()) << jwks.status();
    const auto set = Make(use, *std::move(jwks));
    ASSERT_EQ(set->keys().size(), 1);
    EXPECT_EQ(set->FindForVerify("r", Algorithm::kRs256).num_keys, 1);
    EXPECT_EQ(set->FindForVerify(absl::nullopt, Algorithm::kRs256).num_keys, 1);
    ASSERT_EQ(set->skipped().size(), 3);
    EXPECT_EQ(set->skipped()[0].index, 0);
    EXPECT_EQ(set->skipped()[1].index, 1);
    EXPECT_EQ(set->skipped()[2].index, 3);
  }
}

// A short secret says that it is for encryption, and is never one that signs.
TEST(KeySetTest, SecretsOfEncryptionAreSkippedOrRefused) {
  const auto jwks = [] {
    return *jose::ParseJwkSet(JwkSetText({R"({"kty":"oct","alg":"A128KW","k":)"
                                          R"("AAAAAAAAAAAAAAAAAAAAAA"})",
                                          jose::WritePublicJwk(FreshPublicKey(
                                              Algorithm::kRs256, "r"))}),
                              Limits());
  };
  EXPECT_TRUE(IsRefused(KeySetUse::kPublic, jwks(), "symmetric", "public"));
  const auto set = Make(KeySetUse::kVerify, jwks());
  EXPECT_EQ(set->keys().size(), 1);
  ASSERT_EQ(set->skipped().size(), 1);
  EXPECT_EQ(set->skipped()[0].index, 0);
}

TEST(KeySetTest, RefusesMoreKeysThanTheLimit) {
  Limits limits;
  limits.max_keys_per_set = 1;
  const auto set = KeySet::Create("set", KeySetUse::kVerify,
                                  SetOf(FreshPublicKey(Algorithm::kEdDsa, "a"),
                                        FreshPublicKey(Algorithm::kEdDsa, "b")),
                                  {}, limits);
  EXPECT_EQ(set.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(KeySetTest, SignsWithTheOnlyKeyWhenNoneIsNamed) {
  const auto set =
      Make(KeySetUse::kSign, SetOf(FreshKey(Algorithm::kEs256, "k")));
  const auto choice = set->FindForSign(absl::nullopt, Algorithm::kUnspecified);
  ASSERT_TRUE(choice.ok()) << choice.status();
  EXPECT_EQ(choice->key->kid(), "k");
  EXPECT_EQ(choice->alg, Algorithm::kEs256);
}

TEST(KeySetTest, SigningAsksForAKidWhereSeveralKeysWouldDo) {
  const auto set =
      Make(KeySetUse::kSign, SetOf(FreshKey(Algorithm::kEs256, "a"),
                                   FreshKey(Algorithm::kEdDsa, "b"),
                                   FreshKey(Algorithm::kEs256, "c")));
  const absl::Status status =
      set->FindForSign(absl::nullopt, Algorithm::kUnspecified).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(absl::StrContains(status.message(), "\"a\", \"b\"")) << status;
  // One key of the algorithm is enough, and so is a kid.
  EXPECT_EQ(set->FindForSign(absl::nullopt, Algorithm::kEdDsa)->key->kid(),
            "b");
  EXPECT_FALSE(set->FindForSign(absl::nullopt, Algorithm::kEs256).ok());
  EXPECT_EQ(set->FindForSign("c", Algorithm::kUnspecified)->key->kid(), "c");
}

TEST(KeySetTest, SigningSaysWhichKidOrAlgorithmThereIsNot) {
  const auto set =
      Make(KeySetUse::kSign, SetOf(FreshKey(Algorithm::kEs256, "a")));
  EXPECT_EQ(set->FindForSign("b", Algorithm::kEs256).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(set->FindForSign("a", Algorithm::kEs384).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(set->FindForSign(absl::nullopt, Algorithm::kRs256).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(KeySetTest, VerifySetCannotSign) {
  const auto set =
      Make(KeySetUse::kVerify, SetOf(FreshKey(Algorithm::kHs256, "k")));
  EXPECT_EQ(set->FindForSign("k", Algorithm::kHs256).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(
      set->FindForSign(absl::nullopt, Algorithm::kUnspecified).status().code(),
      absl::StatusCode::kFailedPrecondition);
}

TEST(KeySetTest, KeyOfSeveralAlgorithmsSignsWithItsUsualOne) {
  const std::pair<Algorithm, Algorithm> cases[] = {
      {Algorithm::kPs512, Algorithm::kRs256},
      {Algorithm::kHs512, Algorithm::kHs256},
      {Algorithm::kEd25519, Algorithm::kEdDsa},
      {Algorithm::kEs512, Algorithm::kEs512},
  };
  for (const auto& [made_for, chosen] : cases) {
    jose::Jwk jwk = FreshKey(made_for, "k");
    jwk.alg = Algorithm::kUnspecified;
    const auto set = Make(KeySetUse::kSign, SetOf(std::move(jwk)));
    EXPECT_EQ(set->FindForSign("k", Algorithm::kUnspecified)->alg, chosen);
    EXPECT_EQ(set->FindForSign("k", made_for)->alg, made_for);
  }
}

}  // namespace
}  // namespace assay::keys
