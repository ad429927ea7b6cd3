// The JSON forms of JWE: parsing, and encrypting and decrypting, which are each
// other's test; and the published examples.
#include "core/jose/jwe_json.h"

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/base/limits.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/key_generation.h"
#include "core/jose/jwe.h"
#include "core/jose/jwe_json_encrypt.h"
#include "core/jose/jwk.h"
#include "core/simd/base64url/base64url.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

using R = DecryptReason;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kPlaintext[] = "a secret message";
constexpr uint64_t kUnbounded = std::numeric_limits<uint64_t>::max();
// BASE64URL({"alg":"A128KW","enc":"A128GCM"}), and without its alg.
constexpr char kProtected[] = "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4R0NNIn0";
constexpr char kProtectedEnc[] = "eyJlbmMiOiJBMTI4R0NNIn0";

crypto::KeyMaterial Secret(size_t len) {
  return crypto::SymmetricKey{SecretBytes(std::string(len, 's'))};
}

const crypto::KeyMaterial& KeyFor(KeyManagement alg) {
  static const auto* const rsa = new auto(crypto::GenerateRsaKey(2048));
  static const auto* const ec =
      new auto(crypto::GenerateEcKey(crypto::Curve::kP256));
  static auto* const secrets = new std::map<size_t, crypto::KeyMaterial>;
  const size_t len = InfoOf(alg).kek_len;
  switch (InfoOf(alg).family) {
    case KeyManagementFamily::kRsaOaep:
      return **rsa;
    case KeyManagementFamily::kEcdhEs:
    case KeyManagementFamily::kEcdhEsKeyWrap:
      return **ec;
    default:
      return secrets->emplace(len, Secret(len == 0 ? 32 : len)).first->second;
  }
}

std::unique_ptr<const EncryptionKey> Encrypting(KeyManagement alg) {
  return *EncryptionKey::Create(alg, KeyFor(alg), 4096);
}

std::unique_ptr<const DecryptionKey> Decrypting(KeyManagement alg) {
  return *DecryptionKey::Create(alg, KeyFor(alg), 4096);
}

std::unique_ptr<const DecryptionKey> DecryptingJwk(const char* json) {
  const Jwk jwk = *ParseJwk(json, Limits());
  return *DecryptionKey::Create(jwk.key_management, jwk.material, 4096);
}

// What became of a token.
struct Decrypted {
  R reason = R::kUnspecified;
  std::string plaintext;
  absl::optional<std::string> aad;
  size_t recipient = 0;
};

// For the first recipient whose alg is the key's.
Decrypted Decrypt(absl::string_view token, const DecryptionKey& key,
                  Zip zip = Zip::kRefuse) {
  JweJsonParser parser(Limits(), zip);
  Decrypted result;
  result.reason = parser.Parse(token);
  if (result.reason != R::kValid) return result;
  result.reason = R::kNoCompatibleKey;
  for (size_t i = 0; i < parser.num_recipients(); ++i) {
    UnverifiedJwe jwe;
    JweHeader header;
    const R reason = parser.ReadRecipient(i, &jwe, &header);
    if (reason != R::kValid) {
      result.reason = reason;
      continue;
    }
    if (header.alg != key.alg()) continue;
    IterationBudget iterations(kUnbounded);
    InflateBudget inflated(kUnbounded);
    result.reason = DecryptJwe(
        jwe, header, key, {&iterations, &inflated, 250'000}, &result.plaintext);
    result.aad = parser.aad();
    result.recipient = i;
    return result;
  }
  return result;
}

R ParseReason(absl::string_view token, const Limits& limits = Limits()) {
  return JweJsonParser(limits).Parse(token);
}

EncryptOptions Options(ContentAlgorithm enc = ContentAlgorithm::kA128Gcm) {
  EncryptOptions options;
  options.enc = enc;
  options.p2c = kMinPbes2Iterations;
  return options;
}

absl::StatusOr<std::string> TryEncrypt(
    const std::vector<const EncryptionKey*>& keys, const JweJsonOptions& json,
    const EncryptOptions& options = Options(),
    absl::string_view plaintext = kPlaintext) {
  std::vector<JweRecipient> recipients;
  for (const EncryptionKey* key : keys) {
    recipients.push_back({key, AlgorithmName(key->alg())});
  }
  IterationBudget budget(kUnbounded);
  return EncryptJson(options, json, plaintext, recipients, Limits(), &budget);
}

std::string Encrypt(const std::vector<const EncryptionKey*>& keys,
                    const JweJsonOptions& json,
                    const EncryptOptions& options = Options(),
                    absl::string_view plaintext = kPlaintext) {
  auto token = TryEncrypt(keys, json, options, plaintext);
  EXPECT_TRUE(token.ok()) << token.status();
  return token.ok() ? *std::move(token) : "";
}

JweJsonOptions General() {
  JweJsonOptions json;
  json.shape = JweJsonShape::kGeneral;
  return json;
}

// A token of the members that matter here; nothing of it decrypts.
std::string Token(absl::string_view members) {
  return absl::StrCat("{", members,
                      R"(,"iv":"AAAA","ciphertext":"AAAA","tag":"AAAA"})");
}

std::string Flattened(absl::string_view members) {
  return Token(absl::StrCat(R"("protected":")", kProtected,
                            R"(","encrypted_key":"AAAA")", members));
}

TEST(JweJsonTest, DecryptsWhatItEncryptsWithEveryAlgEncAndForm) {
  for (const KeyManagementInfo& info : AllKeyManagements()) {
    const auto encrypting = Encrypting(info.alg);
    const auto decrypting = Decrypting(info.alg);
    for (const ContentAlgorithmInfo& content : AllContentAlgorithms()) {
      if (!encrypting->Serves(content.enc)) continue;
      for (const JweJsonOptions& json : {JweJsonOptions(), General()}) {
        SCOPED_TRACE(absl::StrCat(info.name, " ", content.name));
        const std::string token =
            Encrypt({encrypting.get()}, json, Options(content.enc));
        const Decrypted result = Decrypt(token, *decrypting);
        EXPECT_EQ(result.reason, R::kValid) << token;
        EXPECT_EQ(result.plaintext, kPlaintext);
        EXPECT_EQ(result.aad, absl::nullopt);
      }
    }
  }
}

TEST(JweJsonTest, EveryRecipientDecryptsTheSameContent) {
  std::vector<std::unique_ptr<const EncryptionKey>> owned;
  std::vector<const EncryptionKey*> keys;
  for (const KeyManagementInfo& info : AllKeyManagements()) {
    if (!HasEncryptedKey(info.alg)) continue;
    owned.push_back(Encrypting(info.alg));
    keys.push_back(owned.back().get());
  }
  JweJsonOptions json = General();
  json.aad = "for all";
  const std::string token = Encrypt(keys, json);
  for (size_t i = 0; i < keys.size(); ++i) {
    const Decrypted result = Decrypt(token, *Decrypting(keys[i]->alg()));
    EXPECT_EQ(result.reason, R::kValid) << AlgorithmName(keys[i]->alg());
    EXPECT_EQ(result.plaintext, kPlaintext);
    EXPECT_EQ(result.aad, "for all");
    EXPECT_EQ(result.recipient, i);
  }
}

TEST(JweJsonTest, AFlattenedHeaderIsProtectedAsAWhole) {
  const auto key = Encrypting(KeyManagement::kA128Kw);
  const std::string token = Encrypt({key.get()}, {});
  const std::string header =
      Base64UrlEncode(R"({"alg":"A128KW","enc":"A128GCM","kid":"A128KW"})");
  EXPECT_THAT(token, HasSubstr(absl::StrCat(R"({"protected":")", header,
                                            R"(","encrypted_key":")")));
  EXPECT_THAT(token, Not(HasSubstr("\"header\"")));
  EXPECT_THAT(token, Not(HasSubstr("\"aad\"")));
}

TEST(JweJsonTest, AGeneralHeaderIsSharedAsFarAsItCanBe) {
  const auto key = Encrypting(KeyManagement::kA128Kw);
  const std::string token = Encrypt({key.get(), key.get()}, General());
  EXPECT_THAT(token, HasSubstr(absl::StrCat(
                         R"({"protected":")", kProtectedEnc,
                         R"(","recipients":[{"header":{"alg":"A128KW",)",
                         R"("kid":"A128KW"},"encrypted_key":")")));
}

TEST(JweJsonTest, RefusesEveryTruncation) {
  const auto key = Encrypting(KeyManagement::kA128Kw);
  const auto decrypting = Decrypting(KeyManagement::kA128Kw);
  JweJsonOptions json;
  json.aad = "aad";
  json.unprotected = R"({"x":1})";
  const std::string token = Encrypt({key.get()}, json);
  ASSERT_EQ(Decrypt(token, *decrypting).reason, R::kValid);
  for (size_t len = 0; len < token.size(); ++len) {
    EXPECT_NE(Decrypt(token.substr(0, len), *decrypting).reason, R::kValid);
  }
}

TEST(JweJsonTest, RefusesEveryFlippedBitOfWhatIsProtected) {
  const auto key = Encrypting(KeyManagement::kA128Kw);
  const auto decrypting = Decrypting(KeyManagement::kA128Kw);
  JweJsonOptions json;
  json.aad = "aad";
  std::string token = Encrypt({key.get()}, json);
  for (size_t bit = 0; bit < 8 * token.size(); ++bit) {
    token[bit / 8] ^= static_cast<char>(1 << bit % 8);
    const Decrypted result = Decrypt(token, *decrypting);
    EXPECT_NE(result.reason, R::kValid) << token;
    EXPECT_EQ(result.plaintext, "");
    token[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
  EXPECT_EQ(Decrypt(token, *decrypting).reason, R::kValid);
}

// Names of recipients and the like are nobody's word; the content is.
TEST(JweJsonTest, AFlippedBitOfAGeneralTokenChangesNoPlaintext) {
  const auto key = Encrypting(KeyManagement::kA128Kw);
  const auto other = Encrypting(KeyManagement::kA256Kw);
  const auto decrypting = Decrypting(KeyManagement::kA128Kw);
  JweJsonOptions json = General();
  json.aad = "aad";
  std::string token = Encrypt({other.get(), key.get()}, json);
  for (size_t bit = 0; bit < 8 * token.size(); ++bit) {
    token[bit / 8] ^= static_cast<char>(1 << bit % 8);
    const Decrypted result = Decrypt(token, *decrypting);
    if (result.reason == R::kValid) {
      EXPECT_EQ(result.plaintext, kPlaintext) << token;
      EXPECT_EQ(result.aad, "aad") << token;
    }
    token[bit / 8] ^= static_cast<char>(1 << bit % 8);
  }
}

TEST(JweJsonTest, AadIsPartOfWhatIsAuthenticated) {
  const auto key = Encrypting(KeyManagement::kA128Kw);
  const auto decrypting = Decrypting(KeyManagement::kA128Kw);
  JweJsonOptions json;
  json.aad = "AAA";
  const std::string token = Encrypt({key.get()}, json);
  EXPECT_EQ(Decrypt(token, *decrypting).aad, "AAA");
  const std::string without =
      absl::StrReplaceAll(token, {{R"("aad":"QUFB",)", ""}});
  ASSERT_NE(without, token);
  EXPECT_EQ(Decrypt(without, *decrypting).reason, R::kDecryptionFailed);
  const std::string added = absl::StrReplaceAll(
      Encrypt({key.get()}, {}), {{R"("iv":)", R"("aad":"QUFB","iv":)"}});
  EXPECT_EQ(Decrypt(added, *decrypting).reason, R::kDecryptionFailed);
}

TEST(JweJsonTest, RefusesAMemberTwiceAtAnyDepth) {
  EXPECT_EQ(ParseReason(Flattened("")), R::kValid);
  for (const char* members :
       {R"(,"tag":"AAAB")", R"(,"t\u0061g":"AAAB")", R"(,"x":{"y":1,"y":1})",
        R"(,"unprotected":{"x":1,"x":1})", R"(,"header":{"x":{"y":1,"y":2}})",
        R"(,"encrypted_key":"AAAA")"}) {
    EXPECT_EQ(ParseReason(Flattened(members)), R::kTokenDuplicateMember)
        << members;
  }
}

TEST(JweJsonTest, RefusesWhatIsNoObject) {
  EXPECT_EQ(ParseReason(""), R::kEmptyToken);
  for (const char* token : {" ", "[]", "null", "{", "{}x", "\"a\"", "{} {}",
                            "\xef\xbb\xbf{}", "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(ParseReason(token), R::kTokenNotJson) << token;
  }
  std::string deep = "1";
  for (int i = 0; i < 12; ++i) deep = absl::StrCat("{\"a\":", deep, "}");
  EXPECT_EQ(ParseReason(deep), R::kTokenTooDeep);
}

TEST(JweJsonTest, RefusesACompactToken) {
  EXPECT_EQ(ParseReason("eyJhbGciOiJkaXIifQ..AAAA.AAAA.AAAA"),
            R::kTokenNotJson);
}

// CVE-2022-39227: what one reader takes for a JWE another may take for a JWS.
TEST(JweJsonTest, RefusesAJwsAndWhatIsBoth) {
  for (const char* members : {R"(,"payload":"AAAA")", R"(,"signature":"AAAA")",
                              R"(,"signatures":[])", R"(,"payload":null)"}) {
    EXPECT_EQ(ParseReason(Flattened(members)), R::kSignedJson) << members;
  }
  EXPECT_EQ(ParseReason(R"({"payload":"AA","signatures":[]})"), R::kSignedJson);
}

TEST(JweJsonTest, IgnoresMembersThatNobodyDefined) {
  EXPECT_EQ(ParseReason(Flattened(R"(,"x":[1,{"tag":2}])")), R::kValid);
}

TEST(JweJsonTest, RefusesMembersOfAnotherType) {
  for (const char* members :
       {R"(,"unprotected":[])", R"(,"unprotected":"{}")", R"(,"header":1)",
        R"(,"aad":{})", R"(,"aad":null)"}) {
    EXPECT_EQ(ParseReason(Flattened(members)), R::kTokenMemberType) << members;
  }
  for (const char* members :
       {R"("protected":{})", R"("recipients":{})", R"("recipients":[1])",
        R"("recipients":[{"header":[]}])", R"("encrypted_key":7)",
        R"("recipients":[{"encrypted_key":null}])"}) {
    EXPECT_EQ(ParseReason(Token(members)), R::kTokenMemberType) << members;
  }
}

TEST(JweJsonTest, AMemberIsFilledOrAbsent) {
  for (const char* token :
       {R"({"ciphertext":"AA","tag":"AA"})", R"({"iv":"AA","tag":"AA"})",
        R"({"iv":"AA","ciphertext":"AA"})", "{}",
        R"({"iv":"","ciphertext":"AA","tag":"AA"})",
        R"({"iv":"AA","ciphertext":"AA","tag":""})",
        R"({"protected":"","iv":"AA","ciphertext":"AA","tag":"AA"})",
        R"({"aad":"","iv":"AA","ciphertext":"AA","tag":"AA"})",
        R"({"encrypted_key":"","iv":"AA","ciphertext":"AA","tag":"AA"})"}) {
    EXPECT_EQ(ParseReason(token), R::kTokenMemberMissing) << token;
  }
}

TEST(JweJsonTest, AnEmptyPlaintextHasAnEmptyCiphertext) {
  const auto key = Encrypting(KeyManagement::kA128Kw);
  const std::string token = Encrypt({key.get()}, {}, Options(), "");
  EXPECT_THAT(token, HasSubstr(R"("ciphertext":"")"));
  const auto decrypting = Decrypting(KeyManagement::kA128Kw);
  EXPECT_EQ(Decrypt(token, *decrypting).reason, R::kValid);
}

TEST(JweJsonTest, ATokenIsFlattenedOrGeneral) {
  const std::string one = R"("recipients":[{"encrypted_key":"AAAA"}])";
  const std::string header =
      absl::StrCat(R"(,"protected":")", kProtected, R"(")");
  EXPECT_EQ(ParseReason(Token(one + header)), R::kValid);
  for (const std::string& members :
       {one + R"(,"header":{})", one + R"(,"encrypted_key":"AAAA")",
        std::string(R"("recipients":[])")}) {
    EXPECT_EQ(ParseReason(Token(members + header)), R::kTokenShape) << members;
  }
}

TEST(JweJsonTest, ANameStandsInOneHeaderAlone) {
  const std::string header =
      absl::StrCat(R"("protected":")", kProtectedEnc, R"(")");
  EXPECT_EQ(ParseReason(Token(header + R"(,"unprotected":{"alg":"A128KW"},
                                           "header":{"kid":"k"})")),
            R::kValid);
  for (const char* members :
       {R"(,"unprotected":{"enc":"A128GCM"})", R"(,"header":{"enc":"A128GCM"})",
        R"(,"unprotected":{"x":1},"header":{"x":1})",
        R"(,"recipients":[{},{"header":{"enc":"A128GCM"}}])"}) {
    EXPECT_EQ(ParseReason(Token(header + members)), R::kHeaderNamesOverlap)
        << members;
  }
}

TEST(JweJsonTest, CritAndZipAreProtectedOrRefused) {
  for (const char* members :
       {R"(,"unprotected":{"crit":["x"],"x":1})",
        R"(,"unprotected":{"zip":"DEF"})", R"(,"header":{"crit":[]})",
        R"(,"header":{"zip":"DEF"})"}) {
    EXPECT_EQ(ParseReason(Flattened(members)), R::kUnprotectedParameter)
        << members;
  }
}

TEST(JweJsonTest, RecipientsHaveOneEnc) {
  const auto recipients = [](absl::string_view first,
                             absl::string_view second) {
    return ParseReason(
        Token(absl::StrCat(R"("recipients":[{"header":{"alg":"A128KW",)", first,
                           R"(}},{"header":{"alg":"A256KW",)", second, "}}]")));
  };
  EXPECT_EQ(recipients(R"("enc":"A128GCM")", R"("enc":"A128GCM")"), R::kValid);
  EXPECT_EQ(recipients(R"("enc":"A128GCM")", R"("enc":"A256GCM")"),
            R::kRecipientsDisagree);
  EXPECT_EQ(recipients(R"("enc":"A128GCM")", R"("enc":"other")"),
            R::kRecipientsDisagree);
  EXPECT_EQ(recipients(R"("enc":"A128GCM")", R"("x":1)"),
            R::kRecipientsDisagree);
}

TEST(JweJsonTest, DirAndEcdhEsAreForOneRecipient) {
  for (const char* alg : {"dir", "ECDH-ES"}) {
    const std::string members = absl::StrCat(
        R"("protected":")", kProtectedEnc,
        R"(","recipients":[{"header":{"alg":"A128KW"}},{"header":{"alg":")",
        alg, R"("}}])");
    EXPECT_EQ(ParseReason(Token(members)), R::kRecipientsDisagree) << alg;
  }
  const auto key = Encrypting(KeyManagement::kA128Kw);
  const auto ecdh = Encrypting(KeyManagement::kEcdhEs);
  EXPECT_THAT(
      TryEncrypt({key.get(), ecdh.get()}, General()).status().ToString(),
      HasSubstr("INVALID_ARGUMENT: ECDH-ES leaves no key that several "
                "recipients could share: encrypt for one alone"));
}

// A thousand recipients, each with an expensive p2c: nothing is derived.
TEST(JweJsonTest, RecipientsAreBounded) {
  const auto with = [](int num) {
    std::string list;
    for (int i = 0; i < num; ++i) {
      absl::StrAppend(&list, i > 0 ? "," : "",
                      R"({"header":{"alg":"PBES2-HS256+A128KW",)"
                      R"("p2s":"AAAAAAAAAAAAAAAA","p2c":1000000}})");
    }
    Limits limits;
    limits.max_token_bytes = 1024 * 1024;
    return ParseReason(Token(absl::StrCat(R"("protected":")", kProtectedEnc,
                                          R"(","recipients":[)", list, "]")),
                       limits);
  };
  EXPECT_EQ(with(100), R::kValid);
  EXPECT_EQ(with(101), R::kTooManyRecipients);
  EXPECT_EQ(with(1000), R::kTooManyRecipients);
}

TEST(JweJsonTest, TokensAndHeadersOverTheLimitAreRefused) {
  Limits limits;
  limits.max_token_bytes = 10;
  EXPECT_EQ(ParseReason(Flattened(""), limits), R::kTokenTooLarge);
  limits = Limits();
  limits.max_header_bytes = 10;
  EXPECT_EQ(ParseReason(Flattened(""), limits), R::kHeaderTooLarge);
}

TEST(JweJsonTest, DecodesAadStrictly) {
  EXPECT_EQ(ParseReason(Flattened(R"(,"aad":"QQ")")), R::kValid);
  for (const char* aad : {"QQ==", "QR", "Q", "Q Q", "Q+Q/"}) {
    EXPECT_EQ(ParseReason(Flattened(absl::StrCat(",\"aad\":\"", aad, "\""))),
              R::kSegmentEncoding)
        << aad;
  }
}

// The one whose key fits is found behind others that are of no use here.
TEST(JweJsonTest, RecipientsOfOthersDoNotVoidAToken) {
  const auto key = Encrypting(KeyManagement::kA128Kw);
  const std::string token = Encrypt({key.get()}, General());
  const std::string more = absl::StrReplaceAll(
      token,
      {{R"("recipients":[)", R"("recipients":[{"header":{"alg":"RSA1_5"}},)"
                             R"({"header":{"alg":"ECDH-ES+A128KW"}},)"}});
  const Decrypted result = Decrypt(more, *Decrypting(KeyManagement::kA128Kw));
  EXPECT_EQ(result.reason, R::kValid) << more;
  EXPECT_EQ(result.recipient, 2u);
}

TEST(JweJsonTest, ATokenLeavesNothingToTheNext) {
  JweJsonParser parser((Limits()));
  EXPECT_EQ(parser.Parse(Flattened(R"(,"aad":"QQ","unprotected":{"x":1})")),
            R::kValid);
  EXPECT_EQ(parser.Parse(Token(R"("header":{"alg":"A128KW"})")), R::kValid);
  EXPECT_EQ(parser.aad(), absl::nullopt);
  UnverifiedJwe jwe;
  JweHeader header;
  EXPECT_EQ(parser.ReadRecipient(0, &jwe, &header), R::kHeaderEncMissing);
  EXPECT_EQ(jwe.header, "");
  EXPECT_EQ(jwe.encrypted_key, "");
}

TEST(JweJsonTest, UnprotectedHeadersAreCompactedAndChecked) {
  EXPECT_EQ(*CompactUnprotectedHeader("{ \"jku\" : \"https://a/ b\",\n"
                                      "  \"n\": [1.50, 2] }"),
            R"({"jku":"https://a/ b","n":[1.50,2]})");
  const auto refusal = [](absl::string_view json) {
    return CompactUnprotectedHeader(json).status().ToString();
  };
  EXPECT_EQ(refusal("x"),
            "INVALID_ARGUMENT: the unprotected header: not a JSON object in "
            "UTF-8");
  EXPECT_EQ(refusal(R"({"a":1,"a":2})"),
            "INVALID_ARGUMENT: the unprotected header: a name appears twice "
            "in a JSON object");
  EXPECT_EQ(refusal("{}"),
            "INVALID_ARGUMENT: the unprotected header has no members: leave "
            "it out");
  EXPECT_EQ(refusal(R"({"zip":"DEF"})"),
            "INVALID_ARGUMENT: the unprotected header has zip, which is for "
            "the token's other headers");
}

TEST(JweJsonTest, RefusesRecipientsThatDoNotFitTheForm) {
  const auto key = Encrypting(KeyManagement::kA128Kw);
  EXPECT_THAT(TryEncrypt({}, {}).status().ToString(),
              HasSubstr("there is no recipient"));
  EXPECT_THAT(TryEncrypt({key.get(), key.get()}, {}).status().ToString(),
              HasSubstr("a flattened token has one recipient, not 2: use the "
                        "general form"));
  const std::vector<const EncryptionKey*> many(101, key.get());
  EXPECT_THAT(TryEncrypt(many, General()).status().ToString(),
              HasSubstr("a token has at most 100 recipients, not 101"));
}

TEST(JweJsonTest, CompressesWhereItIsWantedAndInflatesWhereItIsAllowed) {
  const auto key = Encrypting(KeyManagement::kA128Kw);
  const auto decrypting = Decrypting(KeyManagement::kA128Kw);
  EncryptOptions options = Options();
  options.zip = true;
  const std::string plaintext(100'000, 'a');
  for (const JweJsonOptions& json : {JweJsonOptions(), General()}) {
    const std::string token = Encrypt({key.get()}, json, options, plaintext);
    EXPECT_LT(token.size(), 1000u);
    EXPECT_EQ(Decrypt(token, *decrypting).reason, R::kZipUnsupported);
    const Decrypted result = Decrypt(token, *decrypting, Zip::kAllow);
    EXPECT_EQ(result.reason, R::kValid);
    EXPECT_EQ(result.plaintext, plaintext);
  }
  EXPECT_THAT(TryEncrypt({key.get()}, {}, options, std::string(250'001, 'a'))
                  .status()
                  .ToString(),
              HasSubstr("OUT_OF_RANGE: the plaintext has 250001 bytes, more "
                        "than the limit of 250000 for compressed ones"));
}

// --- RFC 7516 appendix A ---------------------------------------------------

constexpr char kRfc7516Key[] =
    R"({"kty":"oct","alg":"A128KW","k":"GawgguFyGrWKav7AX4VKUg"})";
constexpr char kRfc7516Content[] =
    R"("iv":"AxY8DCtDaGlsbGljb3RoZQ",)"
    R"("ciphertext":"KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY",)"
    R"("tag":"Mz-VPPyU4RlcuYv1IwIvzw"})";

TEST(JweJsonTest, DecryptsRfc7516AppendixA4) {
  const std::string token = absl::StrCat(
      R"({"protected":"eyJlbmMiOiJBMTI4Q0JDLUhTMjU2In0",)"
      R"("unprotected":{"jku":"https://server.example.com/keys.jwks"},)"
      R"("recipients":[{"header":{"alg":"RSA1_5","kid":"2011-04-29"},)"
      R"("encrypted_key":"UGhIOguC7IuEvf_NPVaXsGMoLOmwvc1GyqlIKOK1nN94nHPolt)"
      R"(GRhWhw7Zx0-kFm1NJn8LE9XShH59_i8J0PH5ZZyNfGy2xGdULU7sHNF6Gp2vPLgNZ__)"
      R"(deLKxGHZ7PcHALUzoOegEI-8E66jX2E4zyJKx-YxzZIItRzC5hlRirb6Y5Cl_p-ko3Y)"
      R"(vkkysZIFNPccxRU7qve1WYPxqbb2Yw8kZqa2rMWI5ng8OtvzlV7elprCbuPhcCdZ6XD)"
      R"(P0_F8rkXds2vE4X-ncOIM8hAYHHi29NX0mcKiRaD0-D-ljQTP-cFPgwCp6X-nZZd9OH)"
      R"(Bv-B3oWh2TbqmScqXMR4gp_A"},{"header":{"alg":"A128KW","kid":"7"},)"
      R"("encrypted_key":)"
      R"("6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ"}],)",
      kRfc7516Content);
  const Decrypted result = Decrypt(token, *DecryptingJwk(kRfc7516Key));
  EXPECT_EQ(result.reason, R::kValid);
  EXPECT_EQ(result.plaintext, "Live long and prosper.");
  EXPECT_EQ(result.recipient, 1u);
}

TEST(JweJsonTest, DecryptsRfc7516AppendixA5) {
  const std::string token = absl::StrCat(
      R"({"protected":"eyJlbmMiOiJBMTI4Q0JDLUhTMjU2In0",)"
      R"("unprotected":{"jku":"https://server.example.com/keys.jwks"},)"
      R"("header":{"alg":"A128KW","kid":"7"},)"
      R"("encrypted_key":)"
      R"("6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ",)",
      kRfc7516Content);
  const Decrypted result = Decrypt(token, *DecryptingJwk(kRfc7516Key));
  EXPECT_EQ(result.reason, R::kValid);
  EXPECT_EQ(result.plaintext, "Live long and prosper.");
}

// --- RFC 7520 section 5 ----------------------------------------------------

constexpr char kRfc7520Plaintext[] =
    "You can trust us to stick with you through thick and thin\xe2\x80\x93to "
    "the bitter end. And you can trust us to keep any secret of "
    "yours\xe2\x80\x93"
    "closer than you keep it yourself. But you cannot trust us to let you face "
    "trouble alone, and go off without a word. We are your friends, Frodo.";

constexpr char kRfc7520Secret[] =
    R"({"kty":"oct","alg":"A128KW","k":"GZy6sIZ6wl9NJOKB-jnmVQ"})";

Decrypted DecryptRfc7520(absl::string_view section, const char* jwk) {
  std::ifstream file(
      absl::StrCat("core/jose/testdata/rfc7520_5_", section, ".jwe"));
  const std::string token{std::istreambuf_iterator<char>(file), {}};
  return Decrypt(token, *DecryptingJwk(jwk), Zip::kAllow);
}

TEST(JweJsonTest, DecryptsRfc7520Section5UnderASecret) {
  for (const char* section : {"9", "10", "10_general", "11", "12"}) {
    const Decrypted result = DecryptRfc7520(section, kRfc7520Secret);
    EXPECT_EQ(result.reason, R::kValid) << section;
    EXPECT_EQ(result.plaintext, kRfc7520Plaintext) << section;
  }
  EXPECT_THAT(*DecryptRfc7520("10", kRfc7520Secret).aad,
              StartsWith(R"(["vcard",[["version",{},"text","4.0"],)"));
}

TEST(JweJsonTest, DecryptsRfc7520Section513ForTwoOfItsRecipients) {
  const Decrypted agreed = DecryptRfc7520(
      "13",
      R"({"kty":"EC","alg":"ECDH-ES+A256KW","crv":"P-384",)"
      R"("x":"YU4rRUzdmVqmRtWOs2OpDE_T5fsNIodcG8G5FWPrTPMyxpzsSOGaQLpe2FpxB)"
      R"(mu2","y":"A8-yxCHxkfBz3hKZfI1jUYMjUhsEveZ9THuwFjH2sCNdtksRJU7D5-Skg)"
      R"(aFL1ETP",)"
      R"("d":"iTx2pk7wW-GqJkHcEkFQb2EFyYcO7RugmaW3mRrQVAOUiPommT0IdnYK2xDlZ)"
      R"(h-j"})");
  EXPECT_EQ(agreed.reason, R::kValid);
  EXPECT_EQ(agreed.plaintext, kRfc7520Plaintext);
  EXPECT_EQ(agreed.recipient, 1u);
  const Decrypted wrapped = DecryptRfc7520(
      "13", R"({"kty":"oct","alg":"A256GCMKW",)"
            R"("k":"qC57l_uxcm7Nm3K-ct4GFjx8tM1U8CZ0NLBvdQstiS8"})");
  EXPECT_EQ(wrapped.reason, R::kValid);
  EXPECT_EQ(wrapped.plaintext, kRfc7520Plaintext);
  EXPECT_EQ(wrapped.recipient, 2u);
}

}  // namespace
}  // namespace assay::jose
