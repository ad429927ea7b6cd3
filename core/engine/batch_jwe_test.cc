// Encrypting and decrypting in batches: each is the other's test.
#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/engine/batch_decrypter.h"
#include "core/engine/batch_encrypter.h"
#include "core/jose/jwk.h"
#include "core/jose/jwk_generation.h"
#include "core/keys/key_set.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::engine {
namespace {

using R = DecryptReason;
using jose::ContentAlgorithm;
using jose::KeyManagement;
using ::testing::Each;
using ::testing::HasSubstr;

struct Decrypted {
  R reason;
  KeyManagement alg;
  ContentAlgorithm enc;
  absl::optional<std::string> kid;
  std::string plaintext;
  absl::optional<std::string> aad;
  size_t recipient;
};

Limits FewIterations() {
  Limits limits;
  limits.max_batch_pbes2_iterations = 3000;
  limits.max_inflated_bytes = 10'000;
  limits.max_batch_inflated_bytes = 25'000;
  return limits;
}

jose::Jwk Fresh(KeyManagement alg, absl::string_view kid) {
  jose::EncryptionKeyShape shape;
  shape.enc = ContentAlgorithm::kA256Gcm;
  auto jwk = jose::GenerateEncryptionJwk(alg, shape, kid);
  EXPECT_TRUE(jwk.ok()) << jwk.status();
  return *std::move(jwk);
}

// The same one each time, as RSA keys take their time; its kid is the alg.
jose::Jwk KeyOf(const jose::KeyManagementInfo& info) {
  static auto* const keys = new std::map<KeyManagement, jose::Jwk>;
  auto it = keys->find(info.alg);
  if (it == keys->end()) {
    it = keys->emplace(info.alg, Fresh(info.alg, info.name)).first;
  }
  return jose::CloneJwk(it->second);
}

class BatchJweTest : public ::testing::Test {
 protected:
  // Publishes one set to encrypt and one to decrypt with, of one key per alg.
  BatchJweTest()
      : pool_(2, 64),
        encrypter_(&cache_, &pool_, FewIterations()),
        decrypter_(&cache_, &pool_, FewIterations()) {
    jose::JwkSet to_encrypt, to_decrypt;
    for (const jose::KeyManagementInfo& info : jose::AllKeyManagements()) {
      jose::Jwk jwk = KeyOf(info);
      to_encrypt.keys.push_back(jose::CloneJwk(jwk));
      to_decrypt.keys.push_back(std::move(jwk));
    }
    Publish("to", keys::KeySetUse::kEncrypt, std::move(to_encrypt));
    Publish("from", keys::KeySetUse::kDecrypt, std::move(to_decrypt));
    encrypt_.key_set = "to";
    encrypt_.options.p2c = kMinPbes2Iterations;
    decrypt_.key_set = "from";
  }

  void Publish(absl::string_view name, keys::KeySetUse use, jose::JwkSet jwks) {
    auto set = keys::KeySet::Create(name, use, std::move(jwks), {}, Limits());
    ASSERT_TRUE(set.ok()) << set.status();
    cache_.Publish(*std::move(set));
  }

  // Tokens, or why there is none.
  std::vector<std::string> Encrypt(const std::vector<std::string>& plaintexts) {
    const std::vector<absl::string_view> views(plaintexts.begin(),
                                               plaintexts.end());
    encrypt_.plaintexts = views;
    std::vector<std::string> tokens;
    const absl::Status status =
        encrypter_.Encrypt(encrypt_, [&](const EncryptResults& results) {
          for (const auto& token : results.tokens) {
            tokens.push_back(token.ok() ? *token : token.status().ToString());
          }
        });
    EXPECT_TRUE(status.ok()) << status;
    return tokens;
  }

  std::vector<Decrypted> Decrypt(const std::vector<std::string>& tokens) {
    const std::vector<absl::string_view> views(tokens.begin(), tokens.end());
    decrypt_.tokens = views;
    std::vector<Decrypted> all;
    const absl::Status status =
        decrypter_.Decrypt(decrypt_, [&](const DecryptResults& results) {
          for (const DecryptResult& result : results.results) {
            all.push_back({result.reason, result.alg, result.enc, result.kid,
                           result.plaintext, result.aad, result.recipient});
          }
        });
    EXPECT_TRUE(status.ok()) << status;
    return all;
  }

  std::vector<R> Reasons(const std::vector<std::string>& tokens) {
    std::vector<R> reasons;
    for (const Decrypted& result : Decrypt(tokens)) {
      reasons.push_back(result.reason);
    }
    return reasons;
  }

  // A token that nothing of decrypts.
  static std::string OfRecipients(size_t num, absl::string_view recipient) {
    const std::vector<absl::string_view> list(num, recipient);
    return absl::StrCat(
        R"({"protected":"eyJlbmMiOiJBMTI4R0NNIn0","recipients":[)",
        absl::StrJoin(list, ","),
        R"(],"iv":"AAAAAAAAAAAAAAAA","ciphertext":"AAAA",)"
        R"("tag":"AAAAAAAAAAAAAAAAAAAAAA"})");
  }

  // By somebody with other limits.
  std::string EncryptUnbounded(const std::string& plaintext) {
    const BatchEncrypter unbounded(&cache_, nullptr, Limits());
    const absl::string_view view = plaintext;
    encrypt_.plaintexts = absl::MakeConstSpan(&view, 1);
    std::string token;
    const absl::Status status =
        unbounded.Encrypt(encrypt_, [&](const EncryptResults& results) {
          token = results.tokens[0].value();
        });
    EXPECT_TRUE(status.ok()) << status;
    return token;
  }

  keys::KeyCache cache_;
  exec::ThreadPool pool_;
  const BatchEncrypter encrypter_;
  const BatchDecrypter decrypter_;
  EncryptRequest encrypt_;
  DecryptRequest decrypt_;
};

TEST_F(BatchJweTest, EveryAlgAndEncComesBackInOrder) {
  for (const jose::KeyManagementInfo& info : jose::AllKeyManagements()) {
    for (const jose::ContentAlgorithmInfo& content :
         jose::AllContentAlgorithms()) {
      const bool is_dir = info.alg == KeyManagement::kDir;
      if (is_dir && content.enc != ContentAlgorithm::kA256Gcm) continue;
      SCOPED_TRACE(absl::StrCat(info.name, " ", content.name));
      encrypt_.kid = std::string(info.name);
      encrypt_.options.enc = content.enc;
      const std::vector<std::string> tokens = Encrypt({"", "one", "two"});
      const std::vector<Decrypted> back = Decrypt(tokens);
      ASSERT_EQ(back.size(), 3u);
      const char* const expected[] = {"", "one", "two"};
      for (size_t i = 0; i < back.size(); ++i) {
        EXPECT_EQ(back[i].reason, R::kValid);
        EXPECT_EQ(back[i].plaintext, expected[i]);
        EXPECT_EQ(back[i].alg, info.alg);
        EXPECT_EQ(back[i].enc, content.enc);
        EXPECT_EQ(back[i].kid, std::string(info.name));
      }
    }
  }
}

TEST_F(BatchJweTest, LargeBatchesOfAllAlgsMixed) {
  std::vector<std::string> tokens;
  for (const jose::KeyManagementInfo& info : jose::AllKeyManagements()) {
    if (info.family == jose::KeyManagementFamily::kPbes2) continue;
    encrypt_.kid = std::string(info.name);
    for (std::string& token : Encrypt(
             std::vector<std::string>(20, absl::StrCat("by ", info.name)))) {
      tokens.push_back(std::move(token));
    }
  }
  // So that neighbours differ.
  std::vector<std::string> mixed;
  for (size_t i = 0; i < 20; ++i) {
    for (size_t j = i; j < tokens.size(); j += 20) mixed.push_back(tokens[j]);
  }
  const std::vector<Decrypted> back = Decrypt(mixed);
  ASSERT_EQ(back.size(), mixed.size());
  std::set<KeyManagement> seen;
  for (const Decrypted& result : back) {
    ASSERT_EQ(result.reason, R::kValid);
    EXPECT_EQ(result.plaintext,
              absl::StrCat("by ", jose::AlgorithmName(result.alg)));
    seen.insert(result.alg);
  }
  EXPECT_EQ(seen.size(), jose::kNumKeyManagements - 4);
}

TEST_F(BatchJweTest, NoTwoTokensAreAlike) {
  encrypt_.kid = "dir";
  const std::vector<std::string> tokens =
      Encrypt(std::vector<std::string>(100, "same"));
  EXPECT_EQ(std::set<std::string>(tokens.begin(), tokens.end()).size(), 100u);
}

TEST_F(BatchJweTest, OneBadTokenDoesNotTouchItsNeighbours) {
  encrypt_.kid = "A128KW";
  std::vector<std::string> tokens = Encrypt({"a", "b", "c"});
  char& of_tag = tokens[1][tokens[1].size() - 5];
  of_tag = of_tag == 'A' ? 'B' : 'A';
  tokens.push_back("not a token");
  tokens.push_back("eyJhbGciOiJIUzI1NiJ9.e30.AAAA");
  const std::vector<Decrypted> back = Decrypt(tokens);
  EXPECT_EQ(back[0].plaintext, "a");
  EXPECT_EQ(back[1].reason, R::kDecryptionFailed);
  EXPECT_EQ(back[1].plaintext, "");
  EXPECT_EQ(back[2].plaintext, "c");
  EXPECT_EQ(back[3].reason, R::kSegmentCount);
  EXPECT_EQ(back[4].reason, R::kSignedToken);
}

TEST_F(BatchJweTest, TellsOfKeysThatAreNotThere) {
  jose::JwkSet other;
  other.keys.push_back(Fresh(KeyManagement::kA128Kw, "stranger"));
  Publish("other", keys::KeySetUse::kEncrypt, std::move(other));
  encrypt_.key_set = "other";
  EXPECT_THAT(Reasons(Encrypt({"x"})), Each(R::kKidUnknown));
}

// A stranger's key under a kid of ours, then ours under the same kid.
TEST_F(BatchJweTest, TriesTheKeysOfAKidInTurn) {
  jose::JwkSet strangers, ours, all;
  strangers.keys.push_back(Fresh(KeyManagement::kEcdhEs, "k"));
  ours.keys.push_back(Fresh(KeyManagement::kEcdhEs, "k"));
  all.keys.push_back(jose::CloneJwk(strangers.keys[0]));
  all.keys.push_back(jose::CloneJwk(ours.keys[0]));
  Publish("to", keys::KeySetUse::kEncrypt, std::move(ours));
  Publish("from", keys::KeySetUse::kDecrypt, std::move(all));
  EXPECT_THAT(Reasons(Encrypt({"x", "y"})), Each(R::kValid));
  Publish("from", keys::KeySetUse::kDecrypt, std::move(strangers));
  EXPECT_THAT(Reasons(Encrypt({"x", "y"})), Each(R::kDecryptionFailed));
}

// The fifth key of a kid is not tried, and nobody is told that the token fails.
TEST_F(BatchJweTest, AKeyThatIsNotTriedIsNotAKeyThatFails) {
  for (const size_t num_others : {kMaxKeyCandidates - 1, kMaxKeyCandidates}) {
    jose::JwkSet to_encrypt, to_decrypt;
    for (size_t i = 0; i < num_others; ++i) {
      to_decrypt.keys.push_back(Fresh(KeyManagement::kA256Kw, "k"));
    }
    jose::Jwk jwk = Fresh(KeyManagement::kA256Kw, "k");
    to_encrypt.keys.push_back(jose::CloneJwk(jwk));
    to_decrypt.keys.push_back(std::move(jwk));
    Publish("to", keys::KeySetUse::kEncrypt, std::move(to_encrypt));
    Publish("from", keys::KeySetUse::kDecrypt, std::move(to_decrypt));
    encrypt_.alg = KeyManagement::kA256Kw;
    const R expected =
        num_others < kMaxKeyCandidates ? R::kValid : R::kRecipientTriesSpent;
    encrypt_.form = EncryptForm::kCompact;
    decrypt_.form = DecryptForm::kCompact;
    EXPECT_EQ(Reasons(Encrypt({"hidden"})), (std::vector<R>{expected}));
    encrypt_.form = EncryptForm::kFlattenedJson;
    decrypt_.form = DecryptForm::kJson;
    EXPECT_EQ(Reasons(Encrypt({"hidden"})), (std::vector<R>{expected}));
    // What no key could mend stays what it is.
    decrypt_.form = DecryptForm::kCompact;
    const std::string header = absl::WebSafeBase64Escape(
        R"({"alg":"A256KW","enc":"A128GCM","kid":"k"})");
    EXPECT_EQ(Reasons({absl::StrCat(header, "..aaaa.aaaa.aaaa")}),
              (std::vector<R>{R::kKeyMissing}));
  }
}

TEST_F(BatchJweTest, AcceptsWhatIsAllowedAlone) {
  encrypt_.kid = "A128KW";
  const std::vector<std::string> tokens = Encrypt({"x"});
  const KeyManagement wrong_alg[] = {KeyManagement::kA256Kw};
  const KeyManagement right_alg[] = {KeyManagement::kA256Kw,
                                     KeyManagement::kA128Kw};
  const ContentAlgorithm wrong_enc[] = {ContentAlgorithm::kA128Gcm};
  const ContentAlgorithm right_enc[] = {ContentAlgorithm::kA256Gcm};
  decrypt_.algorithms = wrong_alg;
  EXPECT_THAT(Reasons(tokens), Each(R::kAlgorithmNotAllowedByPolicy));
  decrypt_.algorithms = right_alg;
  EXPECT_THAT(Reasons(tokens), Each(R::kValid));
  decrypt_.encryptions = wrong_enc;
  EXPECT_THAT(Reasons(tokens), Each(R::kEncNotAllowedByPolicy));
  decrypt_.encryptions = right_enc;
  EXPECT_THAT(Reasons(tokens), Each(R::kValid));
}

// The budget is 3 000 iterations, a token costs 1 000.
TEST_F(BatchJweTest, IterationsOfABatchAreBounded) {
  encrypt_.kid = "PBES2-HS256+A128KW";
  std::vector<std::string> tokens = Encrypt({"a", "b", "c", "d"});
  EXPECT_EQ(absl::c_count_if(tokens,
                             [](const std::string& token) {
                               return absl::StrContains(token,
                                                        "RESOURCE_EXHAUSTED");
                             }),
            1);
  tokens = Encrypt({"a", "b"});
  for (std::string& token : Encrypt({"c", "d"})) tokens.push_back(token);
  encrypt_.kid = "A128KW";
  const std::string cheap = Encrypt({"cheap"})[0];
  tokens.push_back(cheap);
  const std::vector<R> reasons = Reasons(tokens);
  EXPECT_EQ(absl::c_count(reasons, R::kIterationBudgetSpent), 1);
  EXPECT_EQ(absl::c_count(reasons, R::kValid), 4);
  EXPECT_EQ(reasons[4], R::kValid);
}

// Two passwords under one kid: that the second cannot be paid for is no proof
// that the token is bad.
TEST_F(BatchJweTest, AKeyThatIsTooExpensiveIsNotAKeyThatFails) {
  const auto alg = KeyManagement::kPbes2Hs256A128Kw;
  jose::JwkSet ours, all;
  ours.keys.push_back(Fresh(alg, "k"));
  all.keys.push_back(Fresh(alg, "k"));
  all.keys.push_back(jose::CloneJwk(ours.keys[0]));
  Publish("to", keys::KeySetUse::kEncrypt, std::move(ours));
  Publish("from", keys::KeySetUse::kDecrypt, std::move(all));
  decrypt_.max_parallelism = 1;
  EXPECT_EQ(Reasons(Encrypt({"a", "b"})),
            (std::vector<R>{R::kValid, R::kIterationBudgetSpent}));
}

TEST_F(BatchJweTest, BatchesMayShareABudget) {
  encrypt_.kid = "PBES2-HS256+A128KW";
  const std::vector<std::string> tokens = Encrypt({"a"});
  jose::IterationBudget budget(2000);
  decrypt_.budget = &budget;
  EXPECT_THAT(Reasons(tokens), Each(R::kValid));
  EXPECT_THAT(Reasons(tokens), Each(R::kValid));
  EXPECT_THAT(Reasons(tokens), Each(R::kIterationBudgetSpent));
}

TEST_F(BatchJweTest, TokensOverTheLimitAreNotMade) {
  encrypt_.kid = "A128KW";
  const std::vector<std::string> tokens =
      Encrypt({"small", std::string(Limits().max_token_bytes, 'x')});
  EXPECT_THAT(tokens[1], HasSubstr("OUT_OF_RANGE"));
  EXPECT_EQ(Decrypt({tokens[0]})[0].plaintext, "small");
}

TEST_F(BatchJweTest, EveryAlgComesBackInJson) {
  decrypt_.form = DecryptForm::kJson;
  encrypt_.aad = "aad";
  encrypt_.unprotected = R"({ "jku": "https://example.com" })";
  for (const jose::KeyManagementInfo& info : jose::AllKeyManagements()) {
    encrypt_.kid = std::string(info.name);
    for (const EncryptForm form :
         {EncryptForm::kFlattenedJson, EncryptForm::kGeneralJson}) {
      SCOPED_TRACE(info.name);
      encrypt_.form = form;
      const std::vector<std::string> tokens = Encrypt({"one", "two"});
      EXPECT_THAT(
          tokens,
          Each(HasSubstr(R"("unprotected":{"jku":"https://example.com"})")));
      const std::vector<Decrypted> results = Decrypt(tokens);
      EXPECT_EQ(results[0].reason, R::kValid) << tokens[0];
      EXPECT_EQ(results[0].plaintext, "one");
      EXPECT_EQ(results[1].plaintext, "two");
      EXPECT_EQ(results[1].alg, info.alg);
      EXPECT_EQ(results[1].enc, ContentAlgorithm::kA256Gcm);
      EXPECT_EQ(results[1].kid, info.name);
      EXPECT_EQ(results[1].aad, "aad");
    }
  }
}

TEST_F(BatchJweTest, AGeneralTokenIsForEachOfItsRecipients) {
  const std::vector<std::string> kids = {
      "A128KW", "RSA-OAEP-256", "PBES2-HS256+A128KW", "ECDH-ES+A256KW"};
  encrypt_.form = EncryptForm::kGeneralJson;
  encrypt_.kids = kids;
  decrypt_.form = DecryptForm::kJson;
  const std::vector<std::string> tokens = Encrypt({"for all"});
  for (size_t i = 0; i < kids.size(); ++i) {
    jose::JwkSet one;
    for (const jose::KeyManagementInfo& info : jose::AllKeyManagements()) {
      if (info.name == kids[i]) one.keys.push_back(KeyOf(info));
    }
    Publish("from", keys::KeySetUse::kDecrypt, std::move(one));
    const Decrypted result = Decrypt(tokens)[0];
    EXPECT_EQ(result.reason, R::kValid) << kids[i];
    EXPECT_EQ(result.plaintext, "for all");
    EXPECT_EQ(result.kid, kids[i]);
    EXPECT_EQ(result.recipient, i);
  }
}

TEST_F(BatchJweTest, FormsAreNeverGuessed) {
  encrypt_.kid = "A128KW";
  const std::vector<std::string> compact = Encrypt({"a"});
  encrypt_.form = EncryptForm::kFlattenedJson;
  const std::vector<std::string> json = Encrypt({"a"});
  EXPECT_THAT(Reasons(json), Each(R::kSegmentCount));
  decrypt_.form = DecryptForm::kJson;
  EXPECT_THAT(Reasons(compact), Each(R::kTokenNotJson));
  EXPECT_THAT(Reasons(json), Each(R::kValid));
}

// RFC 7516 11.4: who changes a token learns nothing of what went wrong.
TEST_F(BatchJweTest, FailuresInJsonAreOneVerdict) {
  encrypt_.form = EncryptForm::kGeneralJson;
  decrypt_.form = DecryptForm::kJson;
  for (const char* kid : {"A128KW", "A128GCMKW", "RSA-OAEP", "ECDH-ES+A128KW",
                          "ECDH-ES", "dir"}) {
    encrypt_.kid = kid;
    const std::string token = Encrypt({"a secret"})[0];
    std::vector<std::string> damaged;
    for (const char* member : {"\"encrypted_key\":\"", "\"ciphertext\":\"",
                               "\"tag\":\"", "\"iv\":\""}) {
      const size_t at = token.rfind(member);
      if (at == std::string::npos) continue;  // dir, ECDH-ES
      damaged.push_back(token);
      char& first = damaged.back()[at + std::string(member).size()];
      first = first == 'A' ? 'B' : 'A';
    }
    EXPECT_THAT(Reasons(damaged), Each(R::kDecryptionFailed)) << kid;
  }
}

// Each of a hundred recipients would derive a key from our password.
TEST_F(BatchJweTest, ARecipientBombIsRefusedWithinTheBudget) {
  const std::string bomb = OfRecipients(
      100, R"({"header":{"alg":"PBES2-HS256+A128KW","p2s":"AAAAAAAAAAAAAAAA",)"
           R"("p2c":1000},"encrypted_key":"AAAA"})");
  encrypt_.form = EncryptForm::kFlattenedJson;
  encrypt_.kid = "A128KW";
  const std::string cheap = Encrypt({"cheap"})[0];
  decrypt_.form = DecryptForm::kJson;
  EXPECT_EQ(Reasons({bomb, cheap, bomb}),
            (std::vector<R>{R::kIterationBudgetSpent, R::kValid,
                            R::kIterationBudgetSpent}));
  EXPECT_THAT(Reasons({OfRecipients(101, "{}")}), Each(R::kTooManyRecipients));
}

// A small token must not spend what the batch's others need.
TEST_F(BatchJweTest, ATokensRecipientsShareABoundOfIterations) {
  Limits limits;
  limits.max_pbes2_iterations = 1000;
  const BatchDecrypter decrypter(&cache_, nullptr, limits);
  const std::string bomb = OfRecipients(
      kMaxKeyCandidates + 1,
      R"({"header":{"alg":"PBES2-HS256+A128KW","p2s":"AAAAAAAAAAAAAAAA",)"
      R"("p2c":1000},"encrypted_key":"AAAA"})");
  const std::vector<absl::string_view> tokens = {bomb};
  jose::IterationBudget budget(10'000);
  decrypt_.form = DecryptForm::kJson;
  decrypt_.budget = &budget;
  decrypt_.tokens = tokens;
  R reason = R::kUnspecified;
  const absl::Status status =
      decrypter.Decrypt(decrypt_, [&](const DecryptResults& results) {
        reason = results.results[0].reason;
      });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(reason, R::kRecipientTriesSpent);
  EXPECT_EQ(budget.left(), 10'000u - 1000 * kMaxKeyCandidates);
}

// They name no kid, so our key fits each of them.
TEST_F(BatchJweTest, SoManyRecipientsAreTriedAndNoMore) {
  constexpr char kRecipient[] =
      R"({"header":{"alg":"A128KW"},"encrypted_key":"AAAA"})";
  decrypt_.form = DecryptForm::kJson;
  EXPECT_EQ(Reasons({OfRecipients(kMaxRecipientTries, kRecipient),
                     OfRecipients(kMaxRecipientTries + 1, kRecipient)}),
            (std::vector<R>{R::kDecryptionFailed, R::kRecipientTriesSpent}));
}

TEST_F(BatchJweTest, CheapRecipientsAreTriedFirst) {
  const std::vector<std::string> kids = {"PBES2-HS256+A128KW", "A128KW"};
  encrypt_.form = EncryptForm::kGeneralJson;
  encrypt_.kids = kids;
  const std::vector<std::string> tokens = Encrypt({"a"});
  decrypt_.form = DecryptForm::kJson;
  jose::IterationBudget nothing(0);
  decrypt_.budget = &nothing;
  const Decrypted result = Decrypt(tokens)[0];
  EXPECT_EQ(result.reason, R::kValid);
  EXPECT_EQ(result.kid, "A128KW");
}

TEST_F(BatchJweTest, TellsWhatBecameOfTheRecipientThatGotFurthest) {
  constexpr char kUnsupported[] = R"({"header":{"alg":"RSA1_5"}})";
  constexpr char kOfOthers[] =
      R"({"header":{"alg":"A128KW","kid":"x"},"encrypted_key":"AAAA"})";
  constexpr char kOurs[] =
      R"({"header":{"alg":"A128KW","kid":"A128KW"},"encrypted_key":"AAAA"})";
  decrypt_.form = DecryptForm::kJson;
  EXPECT_EQ(
      Reasons({OfRecipients(1, kUnsupported),
               OfRecipients(1, absl::StrCat(kUnsupported, ",", kOfOthers)),
               OfRecipients(1, absl::StrCat(kOurs, ",", kOfOthers)),
               OfRecipients(1, absl::StrCat(kOfOthers, ",", kOurs))}),
      (std::vector<R>{R::kAlgorithmUnsupported, R::kKidUnknown,
                      R::kDecryptionFailed, R::kDecryptionFailed}));
  const std::vector<KeyManagement> allowed = {KeyManagement::kDir};
  decrypt_.algorithms = allowed;
  EXPECT_THAT(Reasons({OfRecipients(1, kOurs)}),
              Each(R::kAlgorithmNotAllowedByPolicy));
}

TEST_F(BatchJweTest, CompressedContentIsInflatedOnlyIfAllowed) {
  encrypt_.kid = "A128KW";
  encrypt_.options.zip = true;
  const std::string plaintext(10'000, 'a');
  const std::vector<std::string> compact = Encrypt({plaintext});
  encrypt_.form = EncryptForm::kGeneralJson;
  const std::vector<std::string> json = Encrypt({plaintext});
  EXPECT_THAT(Reasons(compact), Each(R::kZipUnsupported));
  decrypt_.zip = jose::Zip::kAllow;
  EXPECT_EQ(Decrypt(compact)[0].plaintext, plaintext);
  decrypt_.form = DecryptForm::kJson;
  EXPECT_EQ(Decrypt(json)[0].plaintext, plaintext);
  decrypt_.zip = jose::Zip::kRefuse;
  EXPECT_THAT(Reasons(json), Each(R::kZipUnsupported));
}

// CVE-2024-28180 and its kin.
TEST_F(BatchJweTest, WhatABatchInflatesToIsBounded) {
  encrypt_.kid = "A128KW";
  encrypt_.options.zip = true;
  EXPECT_THAT(Encrypt({std::string(10'001, 'a')}),
              Each(HasSubstr("OUT_OF_RANGE")));
  decrypt_.zip = jose::Zip::kAllow;
  const std::string bomb = EncryptUnbounded(std::string(10'001, 'a'));
  EXPECT_THAT(Reasons({bomb}), Each(R::kInflatedTooLarge));
  std::vector<std::string> tokens =
      Encrypt(std::vector<std::string>(3, std::string(10'000, 'a')));
  decrypt_.max_parallelism = 1;
  EXPECT_EQ(Reasons(tokens),
            (std::vector<R>{R::kValid, R::kValid, R::kInflateBudgetSpent}));
}

TEST_F(BatchJweTest, OnlyJsonHasWhatTheCompactFormHasNot) {
  const auto refusal = [this] {
    return encrypter_.Encrypt(encrypt_, [](const EncryptResults&) {})
        .ToString();
  };
  encrypt_.kid = "A128KW";
  encrypt_.aad = "aad";
  EXPECT_THAT(refusal(), HasSubstr("INVALID_ARGUMENT: a compact token has no "
                                   "aad and no unprotected header: use JSON"));
  encrypt_.form = EncryptForm::kFlattenedJson;
  const std::vector<std::string> kids = {"A128KW", "ECDH-ES"};
  encrypt_.kids = kids;
  EXPECT_THAT(refusal(), HasSubstr("INVALID_ARGUMENT: only a token in general "
                                   "JSON has several recipients"));
  encrypt_.form = EncryptForm::kGeneralJson;
  EXPECT_THAT(refusal(), HasSubstr("INVALID_ARGUMENT: ECDH-ES leaves no key"));
  encrypt_.kids = {};
  encrypt_.unprotected = "[]";
  EXPECT_THAT(refusal(), HasSubstr("INVALID_ARGUMENT: the unprotected header: "
                                   "not a JSON object"));
}

TEST_F(BatchJweTest, CancelledAndLateBatchesSayWhatWasNotDone) {
  encrypt_.kid = "A128KW";
  const std::vector<std::string> tokens = Encrypt({"a", "b"});
  const std::atomic<bool> cancelled{true};
  encrypt_.cancelled = decrypt_.cancelled = &cancelled;
  EXPECT_THAT(Encrypt({"a", "b"}), Each(HasSubstr("CANCELLED")));
  EXPECT_THAT(Reasons(tokens), Each(R::kCancelled));
  encrypt_.cancelled = decrypt_.cancelled = nullptr;
  encrypt_.deadline = decrypt_.deadline = absl::UnixEpoch();
  EXPECT_THAT(Encrypt({"a", "b"}), Each(HasSubstr("DEADLINE_EXCEEDED")));
  EXPECT_THAT(Reasons(tokens), Each(R::kDeadlineExceeded));
}

TEST_F(BatchJweTest, RefusesRequestsThatCannotBeMet) {
  const auto encrypt = [this] {
    return encrypter_.Encrypt(encrypt_, [](const EncryptResults&) {
      ADD_FAILURE() << "results of a bad request";
    });
  };
  const auto decrypt = [this] {
    return decrypter_.Decrypt(decrypt_, [](const DecryptResults&) {
      ADD_FAILURE() << "results of a bad request";
    });
  };
  encrypt_.key_set = decrypt_.key_set = "none";
  EXPECT_EQ(encrypt().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(decrypt().code(), absl::StatusCode::kNotFound);
  // A set of the other use.
  encrypt_.key_set = "from";
  decrypt_.key_set = "to";
  EXPECT_EQ(encrypt().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(decrypt().code(), absl::StatusCode::kFailedPrecondition);
  encrypt_.key_set = "to";
  encrypt_.kid = "who?";
  EXPECT_EQ(encrypt().code(), absl::StatusCode::kNotFound);
  encrypt_.kid = "A128KW";
  encrypt_.alg = KeyManagement::kA256Kw;
  EXPECT_EQ(encrypt().code(), absl::StatusCode::kFailedPrecondition);
  encrypt_.alg = KeyManagement::kUnspecified;
  encrypt_.options.cty = "\xff";
  EXPECT_EQ(encrypt().code(), absl::StatusCode::kInvalidArgument);
  encrypt_.options.cty.reset();
  // The secret has 32 bytes.
  encrypt_.kid = "dir";
  encrypt_.options.enc = ContentAlgorithm::kA128Gcm;
  EXPECT_EQ(encrypt().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace assay::engine
