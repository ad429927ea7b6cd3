#include "core/jose/key_file.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/key_material.h"
#include "core/jose/algorithm.h"
#include "core/jose/encrypted_key_file.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/encryption_key.h"
#include "core/jose/iteration_budget.h"
#include "core/jose/jwe.h"
#include "core/jose/jwk_generation.h"
#include "core/simd/base64url/base64url.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

Jwk Fresh(Algorithm alg) {
  absl::StatusOr<Jwk> key = GenerateJwk(alg, "k1", 0);
  EXPECT_TRUE(key.ok()) << key.status();
  return *std::move(key);
}

// SubjectPublicKeyInfo (RFC 5280 4.1) of P-256 and Ed25519: what stands before
// the key's bytes never changes.
std::string EcSpki(const Jwk& key) {
  const auto& ec = absl::get<crypto::EcKey>(key.material);
  return absl::StrCat(
      absl::HexStringToBytes("3059301306072a8648ce3d020106082a8648ce3d030107"
                             "03420004"),
      ec.x, ec.y);
}
std::string Ed25519Spki(const Jwk& key) {
  return absl::StrCat(absl::HexStringToBytes("302a300506032b6570032100"),
                      absl::get<crypto::Ed25519Key>(key.material).x);
}
// PKCS#8 (RFC 8410 7).
std::string Ed25519Pkcs8(const Jwk& key) {
  const auto& ed = absl::get<crypto::Ed25519Key>(key.material);
  return absl::StrCat(
      absl::HexStringToBytes("302e020100300506032b657004220420"), ed.d->view());
}

std::string Pem(absl::string_view label, absl::string_view der) {
  const std::string base64 = absl::Base64Escape(der);
  std::string lines;
  for (size_t i = 0; i < base64.size(); i += 64) {
    absl::StrAppend(&lines, base64.substr(i, 64), "\n");
  }
  return absl::StrCat("-----BEGIN ", label, "-----\n", lines, "-----END ",
                      label, "-----\n");
}

absl::StatusOr<JwkSet> Parse(absl::string_view contents) {
  return ParseKeys(contents, "", Limits());
}

// The types of the keys in `contents`, or why it was refused.
std::string TypesIn(absl::string_view contents) {
  absl::StatusOr<JwkSet> set = Parse(contents);
  if (!set.ok()) return set.status().ToString();
  std::string types;
  for (const Jwk& key : set->keys) {
    constexpr const char* kNames[] = {"oct ", "rsa ", "ec ", "okp "};
    types += kNames[static_cast<int>(KeyTypeOf(key.material))];
  }
  return types;
}

testing::AssertionResult IsInvalid(absl::string_view contents,
                                   absl::string_view text) {
  const absl::Status status = Parse(contents).status();
  if (status.code() == absl::StatusCode::kInvalidArgument &&
      absl::StrContains(status.message(), text)) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "gave " << status;
}

TEST(ParseKeysTest, TellsAJwkFromASet) {
  const Jwk ec = Fresh(Algorithm::kEs256);
  const Jwk ed = Fresh(Algorithm::kEdDsa);
  EXPECT_EQ(TypesIn(WritePrivateJwk(ec)), "ec ");
  EXPECT_EQ(TypesIn(WritePublicJwkSet({&ec, &ed})), "ec okp ");
  EXPECT_EQ(TypesIn(absl::StrCat("\r\n\t ", WritePublicJwk(ed), "\n")), "okp ");
}

TEST(ParseKeysTest, ReadsPemBlocksInOrder) {
  const Jwk ec = Fresh(Algorithm::kEs256);
  const Jwk ed = Fresh(Algorithm::kEdDsa);
  absl::StatusOr<JwkSet> set =
      Parse(absl::StrCat("a comment\n", Pem("PUBLIC KEY", EcSpki(ec)),
                         Pem("PRIVATE KEY", Ed25519Pkcs8(ed))));
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->keys.size(), 2u);
  EXPECT_FALSE(set->keys[0].kid.has_value());
  EXPECT_FALSE(crypto::HasPrivateNumbers(set->keys[0].material));
  EXPECT_TRUE(crypto::HasPrivateNumbers(set->keys[1].material));
  EXPECT_EQ(set->keys[0].EffectiveKid(), [&ec] {
    Jwk bare = CloneJwk(ec);
    bare.kid.reset();
    return bare.EffectiveKid();
  }());
}

TEST(ParseKeysTest, ReadsOneDerKey) {
  EXPECT_EQ(TypesIn(EcSpki(Fresh(Algorithm::kEs256))), "ec ");
  EXPECT_EQ(TypesIn(Ed25519Pkcs8(Fresh(Algorithm::kEdDsa))), "okp ");
}

TEST(ParseKeysTest, SkipsABadPemBlockAndSaysWhy) {
  const std::string good =
      Pem("PUBLIC KEY", Ed25519Spki(Fresh(Algorithm::kEdDsa)));
  absl::StatusOr<JwkSet> set =
      Parse(absl::StrCat(Pem("PUBLIC KEY", "not a key"), good));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->keys.size(), 1u);
  ASSERT_EQ(set->skipped.size(), 1u);
  EXPECT_EQ(set->skipped[0].index, 0u);
  EXPECT_FALSE(set->skipped[0].why.ok());
}

TEST(ParseKeysTest, FailsIfNoPemBlockIsAKey) {
  EXPECT_TRUE(IsInvalid(Pem("PUBLIC KEY", "not a key"), "no PEM block"));
  EXPECT_TRUE(IsInvalid("-----BEGIN", ""));
}

// CVE-2016-9121: a point off the curve is refused from every encoding.
TEST(ParseKeysTest, ValidatesKeysFromPemAndDer) {
  std::string der = EcSpki(Fresh(Algorithm::kEs256));
  der.back() = static_cast<char>(der.back() ^ 1);
  EXPECT_FALSE(Parse(der).ok());
  EXPECT_FALSE(Parse(Pem("PUBLIC KEY", der)).ok());
}

// CVE-2026-34950, CVE-2026-48526, CVE-2022-29217: whatever the white space
// around it, the text of an asymmetric key never becomes a secret.
TEST(ParseKeysTest, TextOfAPublicKeyNeverBecomesASecret) {
  const Jwk ec = Fresh(Algorithm::kEs256);
  const std::string pem = Pem("PUBLIC KEY", EcSpki(ec));
  const std::string jwk = WritePublicJwk(ec);
  for (const char* space : {"", " ", "\n", "\r\n", "\t", "\v", "\f", "  \n "}) {
    EXPECT_EQ(TypesIn(absl::StrCat(space, pem)), "ec ");
    EXPECT_EQ(TypesIn(absl::StrCat(space, jwk)), "ec ");
  }
  EXPECT_EQ(TypesIn(absl::StrCat("any text ", pem)), "ec ");
  EXPECT_FALSE(Parse(absl::StrCat("\"", jwk, "\"")).ok());
  EXPECT_FALSE(Parse(absl::StrCat(" ", EcSpki(ec))).ok());
}

TEST(ParseKeysTest, RefusesRawSecretsAndTeachesTheForm) {
  for (const char* text : {"secret", "0123456789abcdef0123456789abcdef",
                           "c2VjcmV0", "eyJhbGciOiJIUzI1NiJ9.e30.AA", "null"}) {
    EXPECT_TRUE(IsInvalid(text, R"({"kty":"oct")")) << text;
  }
}

TEST(ParseKeysTest, RefusesListsAndTeachesTheForm) {
  EXPECT_TRUE(IsInvalid("[]", R"({"keys":[...]})"));
}

TEST(ParseKeysTest, RefusesEmptyFilesAndByteOrderMarks) {
  EXPECT_TRUE(IsInvalid("", "empty"));
  EXPECT_TRUE(IsInvalid(" \n", "empty"));
  EXPECT_TRUE(IsInvalid("\xEF\xBB\xBF{}", "byte order mark"));
}

TEST(ParseKeysTest, BoundsTheFileAndItsKeys) {
  const std::string block =
      Pem("PUBLIC KEY", Ed25519Spki(Fresh(Algorithm::kEdDsa)));
  Limits limits;
  limits.max_key_file_bytes = block.size();
  limits.max_keys_per_set = 1;
  EXPECT_TRUE(ParseKeys(block, "", limits).ok());
  EXPECT_FALSE(ParseKeys(block + "\n", "", limits).ok());
  limits.max_key_file_bytes = 2 * block.size();
  EXPECT_FALSE(ParseKeys(block + block, "", limits).ok());
}

TEST(ParseKeysTest, ErrorsNeverHoldTheFile) {
  const std::string secret = "SecretSecretSecretSecret";
  for (const std::string& text :
       {secret, absl::StrCat("{\"kty\":\"oct\",\"k\":\"", secret, "\"}"),
        absl::StrCat("{", secret), absl::StrCat("0", secret),
        absl::StrCat("-----BEGIN PRIVATE KEY-----\n", secret,
                     "\n-----END PRIVATE KEY-----\n")}) {
    const absl::Status status = Parse(text).status();
    EXPECT_FALSE(status.ok()) << text;
    EXPECT_FALSE(absl::StrContains(status.ToString(), secret)) << status;
  }
}

// ---- Encrypted keys: RFC 7517 7

constexpr char kPassword[] = "correct horse";

std::string Rfc7517C() {
  std::ifstream file("core/jose/testdata/rfc7517_c.jwe");
  std::string jwe;
  file >> jwe;
  EXPECT_FALSE(jwe.empty());
  return jwe;
}

// `plaintext` under kPassword with few iterations, as `cty`.
std::string Sealed(absl::string_view plaintext,
                   absl::optional<absl::string_view> cty,
                   KeyManagement alg = KeyManagement::kPbes2Hs256A128Kw) {
  EncryptOptions options;
  options.cty = cty;
  options.p2c = kMinPbes2Iterations;
  const auto key = EncryptionKey::Create(
      alg, crypto::SymmetricKey{SecretBytes(kPassword)}, 8192);
  EXPECT_TRUE(key.ok()) << key.status();
  IterationBudget budget(options.p2c);
  auto jwe = EncryptCompact(options, plaintext, **key, Limits(), &budget);
  EXPECT_TRUE(jwe.ok()) << jwe.status();
  return *std::move(jwe);
}

testing::AssertionResult IsNotOpened(absl::string_view jwe,
                                     absl::string_view password,
                                     absl::string_view text) {
  const absl::Status status = ParseKeys(jwe, password, Limits()).status();
  if (!status.ok() && absl::StrContains(status.message(), text)) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "gave " << status;
}

TEST(EncryptedKeyFileTest, ReadsRfc7517AppendixC) {
  const auto set =
      ParseKeys(Rfc7517C() + "\n",
                "Thus from my lips, by yours, my sin is purged.", Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->keys.size(), 1);
  EXPECT_EQ(set->keys[0].kid, "juliet@capulet.lit");
  EXPECT_TRUE(crypto::HasPrivateNumbers(set->keys[0].material));
}

TEST(EncryptedKeyFileTest, WhatIsWrittenIsReadAgain) {
  const std::string jwk = WritePrivateJwk(Fresh(Algorithm::kEs256));
  const auto jwe = EncryptJwk(jwk, kPassword, Limits());
  ASSERT_TRUE(jwe.ok()) << jwe.status();
  EXPECT_TRUE(IsEncryptedKeyFile(*jwe + "\r\n"));
  const auto set = ParseKeys(*jwe, kPassword, Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(WritePrivateJwk(set->keys.at(0)), jwk);
}

TEST(EncryptedKeyFileTest, ReadsASetAndWhatCtyLeavesOpen) {
  const std::string jwk = WritePrivateJwk(Fresh(Algorithm::kEdDsa));
  const std::string set = absl::StrCat("{\"keys\":[", jwk, ",", jwk, "]}");
  const auto num_keys = [](const std::string& jwe) {
    const auto keys = ParseKeys(jwe, kPassword, Limits());
    EXPECT_TRUE(keys.ok()) << keys.status();
    return keys.ok() ? keys->keys.size() : 0;
  };
  EXPECT_EQ(num_keys(Sealed(set, "jwk-set+json")), 2);
  EXPECT_EQ(num_keys(Sealed(set, absl::nullopt)), 2);
  EXPECT_EQ(num_keys(Sealed(jwk, "application/JWK+JSON")), 1);
  EXPECT_EQ(num_keys(Sealed(jwk, absl::nullopt)), 1);
}

TEST(EncryptedKeyFileTest, AWrongPasswordAndAChangedFileAreOneError) {
  std::string jwe =
      Sealed(WritePrivateJwk(Fresh(Algorithm::kEdDsa)), "jwk+json");
  constexpr char kText[] =
      "the password does not open this encrypted key, or the file has been "
      "changed";
  EXPECT_TRUE(IsNotOpened(jwe, "correct  horse", kText));
  jwe.back() = jwe.back() == 'A' ? 'Q' : 'A';
  EXPECT_TRUE(IsNotOpened(jwe, kPassword, kText));
}

TEST(EncryptedKeyFileTest, WithoutAPasswordTheErrorSaysWhatToDo) {
  const absl::Status status = ParseKeys(Rfc7517C(), "", Limits()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(absl::StrContains(status.message(), "--password-file FILE"))
      << status;
}

TEST(EncryptedKeyFileTest, HoldsWhatItsCtySays) {
  const std::string jwk = WritePrivateJwk(Fresh(Algorithm::kEdDsa));
  EXPECT_TRUE(IsNotOpened(Sealed(jwk, "jwk-set+json"), kPassword,
                          "what was encrypted is no usable key: \"keys\""));
  EXPECT_TRUE(IsNotOpened(Sealed("{\"keys\":[]}", "jwk+json"), kPassword,
                          "what was encrypted is no usable key: \"kty\""));
  EXPECT_TRUE(IsNotOpened(Sealed(jwk, "JWT"), kPassword,
                          "its cty is neither jwk+json nor jwk-set+json"));
  EXPECT_TRUE(IsNotOpened(Sealed("raw", absl::nullopt), kPassword, "JSON"));
}

TEST(EncryptedKeyFileTest, IterationsAreBounded) {
  Limits limits;
  limits.max_pbes2_iterations = kMinPbes2Iterations - 1;
  const std::string jwe = Sealed("{}", absl::nullopt);
  EXPECT_TRUE(
      absl::StrContains(ParseKeys(jwe, kPassword, limits).status().message(),
                        "not an encrypted key"));
}

// A signed token's three segments, and a JWE that takes no password.
TEST(EncryptedKeyFileTest, OtherTokensAreRefused) {
  EXPECT_TRUE(IsNotOpened("eyJhbGciOiJIUzI1NiJ9.e30.AAAA", kPassword,
                          "not a key: expected a JWK"));
  const std::string header =
      Base64UrlEncode(R"({"alg":"dir","enc":"A128GCM","cty":"jwk+json"})");
  EXPECT_TRUE(IsNotOpened(header + "..AAAAAAAAAAAAAAAA.AA."
                                   "AAAAAAAAAAAAAAAAAAAAAA",
                          kPassword, "its alg is dir"));
}

// The compact `jwe` as a flattened object with `more` members.
std::string Flattened(const std::string& jwe, absl::string_view more = "") {
  const std::vector<std::string> parts = absl::StrSplit(jwe, '.');
  return absl::StrCat(R"({"protected":")", parts[0], R"(","encrypted_key":")",
                      parts[1], R"(","iv":")", parts[2], R"(","ciphertext":")",
                      parts[3], R"(","tag":")", parts[4], "\"", more, "}");
}

TEST(EncryptedKeyFileTest, ReadsTheJsonFormForOneRecipient) {
  const std::string jwk = WritePrivateJwk(Fresh(Algorithm::kEs256));
  const std::string file = Flattened(Sealed(jwk, "jwk+json"));
  EXPECT_TRUE(IsEncryptedKeyFile(absl::StrCat(" ", file, "\r\n")));
  const auto set =
      ParseKeys(absl::StrCat(" ", file, "\n"), kPassword, Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(WritePrivateJwk(set->keys.at(0)), jwk);
  EXPECT_TRUE(IsNotOpened(file, "correct  horse", "does not open"));
  EXPECT_TRUE(IsNotOpened(file, "", "--password-file FILE"));
}

TEST(EncryptedKeyFileTest, AJsonFormThatIsNotOneIsRefused) {
  const std::string jwe = Sealed("{}", absl::nullopt);
  EXPECT_TRUE(IsNotOpened(Flattened(jwe, R"(,"aad":"AA")"), kPassword,
                          "does not open"));
  EXPECT_TRUE(IsNotOpened(Flattened(jwe, R"(,"iv":"AA")"), kPassword, "twice"));
  EXPECT_TRUE(IsNotOpened(Flattened(jwe, R"(,"recipients":[{}])"), kPassword,
                          "not an encrypted key (a JWE under one password"));
  EXPECT_TRUE(IsNotOpened(
      R"({"protected":"eyJlbmMiOiJBMTI4R0NNIn0","iv":"AAAAAAAAAAAAAAAA",)"
      R"("recipients":[{"header":{"alg":"A128KW"}},)"
      R"({"header":{"alg":"A256KW"}}],"ciphertext":"AA",)"
      R"("tag":"AAAAAAAAAAAAAAAAAAAAAA"})",
      kPassword, "it has several recipients: encrypt it for one password"));
}

// A key that lies there as it is needs a file that nobody else reads.
TEST(EncryptedKeyFileTest, AKeyWithACiphertextBesideItIsNotEncrypted) {
  const std::string jwe = Sealed("{}", absl::nullopt);
  const std::string secret = R"(,"kty":"oct","k":")" + std::string(43, 'A');
  const std::string file = Flattened(jwe, secret + "\"");
  EXPECT_FALSE(IsEncryptedKeyFile(file));
  const auto set = ParseKeys(file, kPassword, Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_TRUE(crypto::IsSymmetric(set->keys.at(0).material));
  EXPECT_FALSE(IsEncryptedKeyFile(Flattened(jwe, R"(,"keys":[])")));
  EXPECT_FALSE(IsEncryptedKeyFile("{\"ciphertext\":"));
}

}  // namespace
}  // namespace assay::jose
