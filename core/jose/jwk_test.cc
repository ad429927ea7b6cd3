#include "core/jose/jwk.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/digest.h"
#include "core/crypto/key_encoding.h"
#include "core/crypto/key_material.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/jwk_generation.h"
#include "core/jose/thumbprint.h"
#include "core/simd/base64url/base64url.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

using absl::StatusCode;

absl::StatusOr<Jwk> Parse(absl::string_view json) {
  return ParseJwk(json, Limits());
}

// Whether `json` is refused with `code` and a message that holds `text`.
testing::AssertionResult IsRefused(absl::string_view json, StatusCode code,
                                   absl::string_view text) {
  const absl::Status status = Parse(json).status();
  if (status.code() == code && absl::StrContains(status.message(), text)) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << json << "\ngave " << status;
}

testing::AssertionResult IsInvalid(absl::string_view json,
                                   absl::string_view text) {
  return IsRefused(json, StatusCode::kInvalidArgument, text);
}

Jwk Fresh(Algorithm alg) {
  absl::StatusOr<Jwk> key = GenerateJwk(alg, "k1", 0);
  EXPECT_TRUE(key.ok()) << key.status();
  return *std::move(key);
}

// Keys that are slow to make are made once.
const std::string& RsaJson() {
  static const auto* json =
      new std::string(WritePrivateJwk(Fresh(Algorithm::kRs256)));
  return *json;
}
const std::string& EcJson() {
  static const auto* json =
      new std::string(WritePrivateJwk(Fresh(Algorithm::kEs256)));
  return *json;
}
const std::string& OkpJson() {
  static const auto* json =
      new std::string(WritePrivateJwk(Fresh(Algorithm::kEdDsa)));
  return *json;
}

// A secret JWK of `len` bytes with further `members` (",\"a\":1").
std::string Oct(size_t len, absl::string_view members = "") {
  return absl::StrCat("{\"kty\":\"oct\",\"k\":\"",
                      Base64UrlEncode(std::string(len, 'x')), "\"", members,
                      "}");
}

// The value of the string member `name` in what the writer wrote.
std::string Value(const std::string& json, absl::string_view name) {
  const std::string start = absl::StrCat("\"", name, "\":\"");
  const size_t at = json.find(start);
  EXPECT_NE(at, std::string::npos) << name;
  const size_t begin = at + start.size();
  return json.substr(begin, json.find('"', begin) - begin);
}

// `json` with the string member `name` set to `value`.
std::string With(const std::string& json, absl::string_view name,
                 absl::string_view value) {
  const std::string member = absl::StrCat("\"", name, "\":\"");
  return absl::StrReplaceAll(json,
                             {{absl::StrCat(member, Value(json, name), "\""),
                               absl::StrCat(member, value, "\"")}});
}

// `json` without the string member `name`, which is not the first.
std::string Without(const std::string& json, absl::string_view name) {
  return absl::StrReplaceAll(
      json,
      {{absl::StrCat(",\"", name, "\":\"", Value(json, name), "\""), ""}});
}

std::string ZeroExtended(const std::string& json, absl::string_view name) {
  std::string bytes;
  EXPECT_TRUE(Base64UrlDecode(Value(json, name), &bytes));
  return With(json, name, Base64UrlEncode(std::string(1, '\0') + bytes));
}

TEST(ParseJwkTest, RoundTripsAPrivateKeyOfEveryAlgorithm) {
  for (const AlgorithmInfo& info : AllAlgorithms()) {
    const std::string json = WritePrivateJwk(Fresh(info.algorithm));
    absl::StatusOr<Jwk> key = Parse(json);
    ASSERT_TRUE(key.ok()) << info.name << ": " << key.status();
    EXPECT_EQ(key->alg, info.algorithm);
    EXPECT_EQ(key->kid, "k1");
    EXPECT_TRUE(key->MaySign());
    EXPECT_EQ(WritePrivateJwk(*key), json);
  }
}

TEST(ParseJwkTest, RoundTripsThePublicHalf) {
  for (const std::string& json : {RsaJson(), EcJson(), OkpJson()}) {
    absl::StatusOr<Jwk> key = Parse(json);
    ASSERT_TRUE(key.ok()) << key.status();
    const std::string written = WritePublicJwk(*key);
    absl::StatusOr<Jwk> half = Parse(written);
    ASSERT_TRUE(half.ok()) << half.status();
    EXPECT_FALSE(crypto::HasPrivateNumbers(half->material));
    EXPECT_TRUE(half->MayVerify());
    EXPECT_FALSE(half->MaySign());
    EXPECT_EQ(WritePublicJwk(*half), written);
  }
}

TEST(ParseJwkTest, MustBeAJsonObject) {
  for (const char* json :
       {"", "[]", "null", "{", "x", "{\"kty\":\"oct\"} {}"}) {
    EXPECT_TRUE(IsInvalid(json, "JSON")) << json;
  }
}

TEST(ParseJwkTest, RefusesDuplicateMembers) {
  EXPECT_TRUE(IsInvalid(Oct(32, R"(,"alg":"HS256","alg":"HS256")"), "twice"));
}

TEST(ParseJwkTest, IgnoresUnknownMembersAndReferences) {
  EXPECT_TRUE(Parse(Oct(32, R"(,"x5u":1,"x5t":null,"iat":1,
                                 "ext":true,"d":7,"y":{"z":[]})"))
                  .ok());
}

TEST(ParseJwkTest, UnknownKeyTypesAndCurvesAreUnimplemented) {
  const StatusCode code = StatusCode::kUnimplemented;
  EXPECT_TRUE(IsRefused(R"({"kty":"AKP"})", code, "kty"));
  EXPECT_TRUE(IsRefused(R"({"kty":"rsa"})", code, "kty"));
  EXPECT_TRUE(IsRefused(R"({"kty":"EC","crv":"secp256k1"})", code, "crv"));
  EXPECT_TRUE(IsRefused(R"({"kty":"OKP","crv":"X448"})", code, "crv"));
  EXPECT_TRUE(IsRefused(R"({"kty":"OKP","crv":"Ed448"})", code, "crv"));
  EXPECT_TRUE(IsRefused(R"({"kty":"EC","crv":"Ed25519"})", code, "crv"));
}

TEST(ParseJwkTest, MissingMembersAreNamed) {
  EXPECT_TRUE(IsInvalid("{}", "\"kty\" is missing"));
  EXPECT_TRUE(IsInvalid(R"({"kty":"oct"})", "\"k\" is missing"));
  EXPECT_TRUE(IsInvalid(R"({"kty":"EC"})", "\"crv\" is missing"));
  for (const char* name : {"x", "y"}) {
    EXPECT_TRUE(IsInvalid(Without(EcJson(), name), name));
  }
  for (const char* name : {"n", "e"}) {
    EXPECT_TRUE(IsInvalid(Without(RsaJson(), name), name));
  }
  EXPECT_TRUE(IsInvalid(Without(OkpJson(), "x"), "\"x\" is missing"));
}

TEST(ParseJwkTest, StringsMustBeStrings) {
  EXPECT_TRUE(IsInvalid(R"({"kty":1})", "\"kty\" must be a string"));
  EXPECT_TRUE(IsInvalid(R"({"kty":"oct","k":1})", "\"k\" must be a string"));
  for (const char* name : {"kid", "alg", "use"}) {
    for (const char* value : {"1", "null", "[]"}) {
      EXPECT_TRUE(
          IsInvalid(Oct(32, absl::StrCat(",\"", name, "\":", value)), name));
    }
  }
}

TEST(ParseJwkTest, NumbersAreStrictBase64Url) {
  const std::string k = Value(Oct(32), "k");
  ASSERT_EQ(k.size(), 43u);
  for (const std::string& bad : {k + "=", k + " ", " " + k, "+" + k.substr(1),
                                 k.substr(0, 42) + "/", k + "AA"}) {
    EXPECT_TRUE(IsInvalid(With(Oct(32), "k", bad), "\"k\" is not base64url"));
  }
  std::string trailing_bits = k;
  ++trailing_bits.back();
  EXPECT_TRUE(IsInvalid(With(Oct(32), "k", trailing_bits), "\"k\""));
  EXPECT_TRUE(IsInvalid(With(EcJson(), "x", "!"), "\"x\" is not base64url"));
  EXPECT_TRUE(IsInvalid(With(RsaJson(), "n", "A"), "\"n\" is not base64url"));
}

TEST(ParseJwkTest, EcCoordinatesHaveExactlyTheCurvesLength) {
  for (const char* name : {"x", "y", "d"}) {  // RFC 7518 6.2.1.2
    EXPECT_TRUE(IsInvalid(ZeroExtended(EcJson(), name), "must have 32 bytes"));
    EXPECT_TRUE(IsInvalid(With(EcJson(), name, "AQ"), name));
  }
}

TEST(ParseJwkTest, OkpNumbersHave32Bytes) {
  for (const char* name : {"x", "d"}) {
    EXPECT_TRUE(IsInvalid(ZeroExtended(OkpJson(), name), "must have 32 bytes"));
  }
}

TEST(ParseJwkTest, RsaNumbersHaveNoLeadingZeros) {  // RFC 7518 2
  for (const char* name : {"n", "e", "d", "p", "q", "dp", "dq", "qi"}) {
    EXPECT_TRUE(IsInvalid(ZeroExtended(RsaJson(), name),
                          absl::StrCat("\"", name, "\" starts with a zero")));
  }
}

TEST(ParseJwkTest, APrivateRsaKeyNeedsAllItsNumbers) {
  for (const char* name : {"d", "p", "q", "dp", "dq", "qi"}) {
    EXPECT_TRUE(IsInvalid(Without(RsaJson(), name),
                          absl::StrCat("\"", name, "\" is missing")));
  }
  std::string only_d = RsaJson();
  for (const char* name : {"p", "q", "dp", "dq", "qi"}) {
    only_d = Without(only_d, name);
  }
  EXPECT_TRUE(IsInvalid(only_d, "needs d, p, q, dp, dq and qi"));
}

TEST(ParseJwkTest, RefusesRsaKeysOfMoreThanTwoPrimes) {
  std::string json = RsaJson();
  json.insert(json.size() - 1, R"(,"oth":[])");
  EXPECT_TRUE(IsInvalid(json, "oth"));
}

TEST(ParseJwkTest, RefusesSmallHugeAndOddlyMadeRsaKeys) {
  const auto rsa = [](size_t bytes, absl::string_view e) {
    return absl::StrCat("{\"kty\":\"RSA\",\"e\":\"", e, "\",\"n\":\"",
                        Base64UrlEncode(std::string(bytes, '\xff')), "\"}");
  };
  EXPECT_TRUE(Parse(rsa(256, "AQAB")).ok());
  EXPECT_FALSE(Parse(rsa(255, "AQAB")).ok());   // below 2048 bits
  EXPECT_FALSE(Parse(rsa(2048, "AQAB")).ok());  // 16384 bits
  EXPECT_FALSE(Parse(rsa(256, "AQ")).ok());     // e = 1
  EXPECT_FALSE(Parse(rsa(256, "AQAA")).ok());   // e even
  EXPECT_FALSE(Parse(rsa(256, "AA")).ok());     // e = 0
}

// CVE-2016-9121, CVE-2017-16007.
TEST(ParseJwkTest, RefusesPointsOffTheCurve) {
  EXPECT_FALSE(Parse(With(EcJson(), "y", Value(EcJson(), "x"))).ok());
  const std::string zero = Base64UrlEncode(std::string(32, '\0'));
  EXPECT_FALSE(Parse(With(With(EcJson(), "x", zero), "y", zero)).ok());
}

TEST(ParseJwkTest, RefusesPrivateNumbersOfAnotherKey) {
  const std::string other_ec = WritePrivateJwk(Fresh(Algorithm::kEs256));
  EXPECT_FALSE(Parse(With(EcJson(), "d", Value(other_ec, "d"))).ok());
  const std::string other_okp = WritePrivateJwk(Fresh(Algorithm::kEdDsa));
  EXPECT_FALSE(Parse(With(OkpJson(), "d", Value(other_okp, "d"))).ok());
  const std::string other_rsa = WritePrivateJwk(Fresh(Algorithm::kRs256));
  EXPECT_FALSE(Parse(With(RsaJson(), "n", Value(other_rsa, "n"))).ok());
}

// CVE-2026-45363.
TEST(ParseJwkTest, RefusesEmptyAndShortSecrets) {
  EXPECT_TRUE(IsInvalid(R"({"kty":"oct","k":""})", "\"k\" is empty"));
  EXPECT_TRUE(IsInvalid(Oct(31), "too short"));
  EXPECT_TRUE(Parse(Oct(32)).ok());
  EXPECT_TRUE(IsInvalid(Oct(47, R"(,"alg":"HS384")"), "\"alg\""));
  EXPECT_TRUE(IsInvalid(Oct(63, R"(,"alg":"HS512")"), "\"alg\""));
  EXPECT_TRUE(Parse(Oct(64, R"(,"alg":"HS512")")).ok());
}

TEST(ParseJwkTest, RefusesSecretsThatAreNoKeys) {
  EXPECT_TRUE(Parse(Oct(kMaxSymmetricKeyBytes)).ok());
  EXPECT_TRUE(IsInvalid(Oct(kMaxSymmetricKeyBytes + 1), "more than"));
}

// CVE-2015-9235, CVE-2016-10555, CVE-2022-29217, CVE-2023-48223,
// CVE-2024-54150: the key decides the algorithm.
TEST(ParseJwkTest, AlgMustFitTheKey) {
  EXPECT_TRUE(IsInvalid(With(RsaJson(), "alg", "HS256"), "\"alg\""));
  EXPECT_TRUE(IsInvalid(With(EcJson(), "alg", "HS256"), "\"alg\""));
  EXPECT_TRUE(IsInvalid(With(OkpJson(), "alg", "HS256"), "\"alg\""));
  EXPECT_TRUE(IsInvalid(With(EcJson(), "alg", "ES384"), "\"alg\""));
  EXPECT_TRUE(IsInvalid(With(EcJson(), "alg", "RS256"), "\"alg\""));
  EXPECT_TRUE(IsInvalid(Oct(64, R"(,"alg":"RS256")"), "\"alg\""));
  EXPECT_TRUE(Parse(With(OkpJson(), "alg", "Ed25519")).ok());
}

TEST(ParseJwkTest, RefusesAlgorithmsThatAreUnknownOrNotOfTheKey) {
  for (const char* alg : {"none", "NONE", "RSA1_5", "ECDH-ES", "ES521", ""}) {
    EXPECT_TRUE(IsInvalid(With(RsaJson(), "alg", alg), "\"alg\"")) << alg;
  }
}

TEST(ParseJwkTest, KidAbsentIsNotKidEmpty) {
  absl::StatusOr<Jwk> absent = Parse(Oct(32));
  absl::StatusOr<Jwk> empty = Parse(Oct(32, R"(,"kid":"")"));
  ASSERT_TRUE(absent.ok() && empty.ok());
  EXPECT_FALSE(absent->kid.has_value());
  EXPECT_EQ(empty->kid, "");
  EXPECT_EQ(empty->EffectiveKid(), "");
  EXPECT_EQ(absent->EffectiveKid(), Thumbprint(absent->material));
}

TEST(KeyUseTest, EncryptionKeysMayDoNothing) {
  absl::StatusOr<Jwk> key = Parse(With(EcJson(), "use", "enc"));
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_FALSE(key->MayVerify());
  EXPECT_FALSE(key->MaySign());
}

TEST(KeyUseTest, KeysOfSpiffeBundlesThatSignTokensVerify) {
  absl::StatusOr<Jwk> key = Parse(With(EcJson(), "use", "jwt-svid"));
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE(key->MayVerify());
  EXPECT_TRUE(IsRefused(With(EcJson(), "use", "x509-svid"),
                        StatusCode::kUnimplemented, "\"use\""));
}

TEST(KeyUseTest, UnknownUsesAreUnimplemented) {
  EXPECT_TRUE(IsRefused(With(EcJson(), "use", "SIG"),
                        StatusCode::kUnimplemented, "\"use\""));
}

TEST(KeyOpsTest, DecideWhatAKeyMayDo) {
  const auto may = [](absl::string_view json) {
    absl::StatusOr<Jwk> key = Parse(json);
    EXPECT_TRUE(key.ok()) << key.status();
    if (!key.ok()) return std::string("refused");
    return absl::StrCat(key->MaySign() ? "s" : "", key->MayVerify() ? "v" : "");
  };
  EXPECT_EQ(may(Oct(32)), "sv");
  EXPECT_EQ(may(Oct(32, R"(,"key_ops":["sign"])")), "s");
  EXPECT_EQ(may(Oct(32, R"(,"key_ops":["verify"])")), "v");
  EXPECT_EQ(may(Oct(32, R"(,"key_ops":["verify","sign"])")), "sv");
  EXPECT_EQ(may(Oct(32, R"(,"key_ops":["encrypt","x"])")), "");
  EXPECT_EQ(may(Oct(32, R"(,"key_ops":["sign, verify"])")), "");
  std::string ec = EcJson();
  ec.insert(ec.size() - 1, R"(,"key_ops":["sign"])");
  EXPECT_EQ(may(ec), "sv");  // Its public half verifies.
  EXPECT_EQ(may(Without(ec, "d")), "");
}

TEST(KeyOpsTest, RefusesMalformedLists) {
  EXPECT_TRUE(IsInvalid(Oct(32, R"(,"key_ops":[])"), "is empty"));
  EXPECT_TRUE(IsInvalid(Oct(32, R"(,"key_ops":"sign")"), "must be a list"));
  EXPECT_TRUE(IsInvalid(Oct(32, R"(,"key_ops":[1])"), "list of strings"));
  EXPECT_TRUE(IsInvalid(Oct(32, R"(,"key_ops":["sign","sign"])"), "twice"));
  EXPECT_TRUE(IsInvalid(Oct(32, R"(,"key_ops":["x","x"])"), "twice"));
}

TEST(KeyOpsTest, MustNotContradictUse) {  // RFC 7517 4.3
  EXPECT_TRUE(
      IsInvalid(Oct(32, R"(,"use":"enc","key_ops":["verify"])"), "contradict"));
  EXPECT_TRUE(IsInvalid(Oct(32, R"(,"use":"sig","key_ops":["encrypt"])"),
                        "contradict"));
  EXPECT_TRUE(Parse(Oct(32, R"(,"use":"sig","key_ops":["verify"])")).ok());
}

TEST(ParseJwkTest, ErrorsNeverHoldValues) {
  const std::string secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ";
  for (const std::string& json :
       {absl::StrCat(R"({"kty":"oct","k":")", secret, "\"}"),
        absl::StrCat(R"({"kty":"oct","k":")", secret, "=\"}"),
        absl::StrCat(R"({"kty":")", secret, "\"}"),
        absl::StrCat(R"({"kty":"EC","crv":")", secret, "\"}"),
        With(EcJson(), "d", secret), With(RsaJson(), "d", secret),
        With(RsaJson(), "alg", secret), With(EcJson(), "use", secret),
        absl::StrCat("{\"", secret), absl::StrCat("{\"k\":\"", secret)}) {
    const absl::Status status = Parse(json).status();
    EXPECT_FALSE(status.ok()) << json;
    EXPECT_FALSE(absl::StrContains(status.ToString(), secret)) << status;
  }
}

TEST(ParseJwkTest, RefusesDeepNesting) {
  const std::string deep =
      absl::StrCat(",\"x\":", std::string(1000, '['), std::string(1000, ']'));
  EXPECT_TRUE(IsInvalid(Oct(32, deep), "deep"));
}

// One bad or unknown JWK must not void its set.
TEST(ParseJwkSetTest, SkipsBadKeysAndSaysWhy) {
  const std::string json = absl::StrCat(
      "{\"keys\":[", With(RsaJson(), "alg", "RSA1_5"), ",", EcJson(),
      ",{\"kty\":\"OKP\",\"crv\":\"X448\"},7,", OkpJson(), "]}");
  absl::StatusOr<JwkSet> set = ParseJwkSet(json, Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  ASSERT_EQ(set->keys.size(), 2u);
  EXPECT_EQ(set->keys[0].alg, Algorithm::kEs256);
  EXPECT_EQ(set->keys[1].alg, Algorithm::kEdDsa);
  ASSERT_EQ(set->skipped.size(), 3u);
  EXPECT_EQ(set->skipped[0].index, 0u);
  EXPECT_EQ(set->skipped[0].kid, "k1");
  EXPECT_TRUE(absl::StrContains(set->skipped[0].why.message(), "alg"));
  EXPECT_EQ(set->skipped[1].index, 2u);
  EXPECT_EQ(set->skipped[1].why.code(), StatusCode::kUnimplemented);
  EXPECT_EQ(set->skipped[2].index, 3u);
}

// One bad JWK must not void its set: neither if it is bad by saying things
// twice, which never gets it read.
TEST(ParseJwkSetTest, SkipsAKeyWithADuplicateMember) {
  for (const char* extra :
       {R"(,"kty":"EC")", R"(,"k\u0074y":"oct")", R"(,"kid":"k1")",
        R"(,"x-own":{"a":1,"a":2})", R"(,"x-own":[{"a":1,"a":2}])"}) {
    std::string bad = EcJson();
    bad.insert(bad.size() - 1, extra);
    const std::string json =
        absl::StrCat("{\"keys\":[", bad, ",", OkpJson(), "]}");
    for (const absl::StatusOr<JwkSet>& set :
         {ParseJwkSet(json, Limits()), ParseJwkOrJwkSet(json, Limits())}) {
      ASSERT_TRUE(set.ok()) << set.status();
      ASSERT_EQ(set->keys.size(), 1u) << extra;
      EXPECT_EQ(set->keys[0].alg, Algorithm::kEdDsa);
      ASSERT_EQ(set->skipped.size(), 1u);
      EXPECT_EQ(set->skipped[0].index, 0u);
      EXPECT_EQ(set->skipped[0].kid, "k1");
      EXPECT_TRUE(absl::StrContains(set->skipped[0].why.message(), "twice"));
    }
    EXPECT_TRUE(IsInvalid(bad, "twice")) << extra;
    EXPECT_FALSE(ParseJwkOrJwkSet(bad, Limits()).ok()) << extra;
  }
}

TEST(ParseJwkSetTest, TellsWhichOfTheSkippedHoldSecrets) {
  const std::string json =
      absl::StrCat("{\"keys\":[", With(EcJson(), "alg", "RSA1_5"), ",",
                   Without(With(EcJson(), "alg", "RSA1_5"), "d"), ",", Oct(31),
                   ",", R"({"kty":"OKP","crv":"X25519","x":"AA","d":"AA"},)",
                   R"({"kty":"oct","k":"AA","k":"AA"},7]})");
  absl::StatusOr<JwkSet> set = ParseJwkSet(json, Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  std::vector<bool> secrets;
  for (const SkippedKey& skipped : set->skipped) {
    secrets.push_back(skipped.holds_secret);
  }
  EXPECT_EQ(secrets, (std::vector<bool>{true, false, true, true, true, false}));
}

TEST(ParseJwkSetTest, KidsMayRepeat) {
  const std::string json =
      absl::StrCat("{\"keys\":[", EcJson(), ",", OkpJson(), "]}");
  absl::StatusOr<JwkSet> set = ParseJwkSet(json, Limits());
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->keys.size(), 2u);
  EXPECT_EQ(set->keys[0].kid, set->keys[1].kid);
}

TEST(ParseJwkSetTest, OnlyABadSetFails) {
  EXPECT_TRUE(ParseJwkSet(R"({"keys":[]})", Limits()).ok());
  EXPECT_TRUE(ParseJwkSet(R"({"keys":[null]})", Limits()).ok());
  for (const char* json :
       {"{}", R"({"keys":{}})", R"({"keys":null})", "[]", R"({"keys":[)",
        R"({"keys":[],"keys":[]})", R"({"keys":[],"x":{"a":1,"a":2}})",
        R"({"x":[{"a":1,"a":2}],"keys":[]})"}) {
    EXPECT_FALSE(ParseJwkSet(json, Limits()).ok()) << json;
  }
}

TEST(ParseJwkSetTest, BoundsTheNumberOfKeys) {
  Limits limits;
  limits.max_keys_per_set = 2;
  EXPECT_TRUE(ParseJwkSet(R"({"keys":[1,2]})", limits).ok());
  EXPECT_FALSE(ParseJwkSet(R"({"keys":[1,2,3]})", limits).ok());
}

TEST(ParseJwkOrJwkSetTest, TellsThemApart) {
  const std::string set_json = absl::StrCat("{\"keys\":[", EcJson(), "]}");
  absl::StatusOr<JwkSet> set = ParseJwkOrJwkSet(set_json, Limits());
  absl::StatusOr<JwkSet> one = ParseJwkOrJwkSet(EcJson(), Limits());
  ASSERT_TRUE(set.ok() && one.ok());
  EXPECT_EQ(set->keys.size(), 1u);
  EXPECT_EQ(one->keys.size(), 1u);
  EXPECT_FALSE(ParseJwkOrJwkSet(Oct(32, R"(,"keys":[])"), Limits()).ok());
}

TEST(WritePublicJwkTest, HoldsNoPrivateNumber) {
  for (const std::string& json : {RsaJson(), EcJson(), OkpJson()}) {
    absl::StatusOr<Jwk> key = Parse(json);
    ASSERT_TRUE(key.ok());
    const std::string written = WritePublicJwk(*key);
    for (const char* name : {"d", "p", "q", "dp", "dq", "qi", "k"}) {
      EXPECT_FALSE(absl::StrContains(written, absl::StrCat("\"", name, "\":")));
    }
    EXPECT_FALSE(absl::StrContains(written, Value(json, "d")));
  }
}

TEST(WritePublicJwkTest, TurnsSignIntoVerifyAndNeverWidens) {
  std::string json = Without(EcJson(), "use");
  const auto with_ops = [&json](absl::string_view ops) {
    std::string copy = json;
    copy.insert(copy.size() - 1, absl::StrCat(",\"key_ops\":", ops));
    absl::StatusOr<Jwk> key = Parse(copy);
    EXPECT_TRUE(key.ok()) << key.status();
    return WritePublicJwk(*key);
  };
  EXPECT_TRUE(
      absl::StrContains(with_ops(R"(["sign"])"), R"("key_ops":["verify"])"));
  EXPECT_TRUE(absl::StrContains(with_ops(R"(["some\nday"])"),
                                R"("key_ops":["some\nday"])"));
  json = Without(json, "alg");
  EXPECT_TRUE(absl::StrContains(with_ops(R"(["deriveKey"])"),
                                R"("key_ops":["deriveKey"])"));
  json = Without(Without(RsaJson(), "use"), "alg");
  EXPECT_TRUE(absl::StrContains(with_ops(R"(["unwrapKey","decrypt"])"),
                                R"("key_ops":["encrypt","wrapKey"])"));
}

// ---- Keys that encrypt

TEST(EncryptionJwkTest, IsReadAndWrittenForEveryAlg) {
  EncryptionKeyShape shape;
  shape.enc = ContentAlgorithm::kA256CbcHs512;
  for (const KeyManagementInfo& info : AllKeyManagements()) {
    const absl::StatusOr<Jwk> fresh =
        GenerateEncryptionJwk(info.alg, shape, "k");
    ASSERT_TRUE(fresh.ok()) << info.name << fresh.status();
    const std::string json = WritePrivateJwk(*fresh);
    const absl::StatusOr<Jwk> back = Parse(json);
    ASSERT_TRUE(back.ok()) << info.name << back.status();
    EXPECT_EQ(back->key_management, info.alg);
    EXPECT_EQ(back->alg, Algorithm::kUnspecified);
    EXPECT_EQ(back->use, KeyUse::kEncryption);
    EXPECT_EQ(WritePrivateJwk(*back), json);
    EXPECT_TRUE(back->MayEncrypt() && back->MayDecrypt()) << info.name;
    EXPECT_FALSE(back->MaySign() || back->MayVerify()) << info.name;
    if (crypto::IsSymmetric(back->material)) continue;
    EXPECT_TRUE(PublicHalf(*back).MayEncrypt());
    EXPECT_FALSE(PublicHalf(*back).MayDecrypt());
  }
}

TEST(EncryptionJwkTest, IsReadOnX25519) {  // RFC 8037 A.6
  const absl::StatusOr<Jwk> key =
      Parse(R"({"kty":"OKP","crv":"X25519","kid":"Bob",)"
            R"("x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"})");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_TRUE(key->MayEncrypt());
  EXPECT_FALSE(key->MayDecrypt());
  EXPECT_TRUE(IsInvalid(R"({"kty":"OKP","crv":"X25519","x":"AAAA"})", "32"));
  EXPECT_TRUE(IsInvalid(R"({"kty":"OKP","crv":"X25519",)"
                        R"("x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})",
                        "small order"));
}

TEST(EncryptionJwkTest, ASecretIsShortOnlyIfItSaysWhatFor) {
  EXPECT_TRUE(IsInvalid(Oct(16), "too short"));
  EXPECT_TRUE(Parse(Oct(16, R"(,"alg":"A128KW")")).ok());
  EXPECT_TRUE(Parse(Oct(16, R"(,"use":"enc")")).ok());
  EXPECT_TRUE(Parse(Oct(16, R"(,"key_ops":["unwrapKey"])")).ok());
  EXPECT_TRUE(
      IsInvalid(Oct(16, R"(,"key_ops":["unwrapKey","sign"])"), "too short"));
}

TEST(EncryptionJwkTest, AlgMustFitTheKey) {
  EXPECT_TRUE(IsInvalid(Oct(16, R"(,"alg":"A256KW")"), "32 bytes"));
  EXPECT_TRUE(IsInvalid(Oct(33, R"(,"alg":"dir")"), "16, 24, 32, 48 or 64"));
  EXPECT_TRUE(IsInvalid(Oct(32, R"(,"alg":"RSA-OAEP")"), "RSA key"));
  EXPECT_TRUE(
      IsInvalid(Without(With(OkpJson(), "alg", "ECDH-ES"), "use"), "X25519"));
}

// RFC 7517 4.2 to 4.4: what a key is for is never the token's word.
TEST(EncryptionJwkTest, KeysOfSignaturesDoNotEncrypt) {
  const auto may = [](absl::string_view json) {
    absl::StatusOr<Jwk> key = Parse(json);
    EXPECT_TRUE(key.ok()) << key.status();
    if (!key.ok()) return std::string("refused");
    return absl::StrCat(key->MayEncrypt() ? "e" : "",
                        key->MayDecrypt() ? "d" : "");
  };
  EXPECT_EQ(may(Oct(32)), "ed");
  EXPECT_EQ(may(Oct(32, R"(,"alg":"HS256")")), "");
  EXPECT_EQ(may(Oct(32, R"(,"use":"sig")")), "");
  EXPECT_EQ(may(Oct(32, R"(,"key_ops":["sign"])")), "");
  EXPECT_EQ(may(Oct(32, R"(,"key_ops":["wrapKey"])")), "e");
  EXPECT_EQ(may(Oct(32, R"(,"key_ops":["decrypt"])")), "d");
  std::string ec = Without(Without(EcJson(), "use"), "alg");
  EXPECT_EQ(may(ec), "ed");
  EXPECT_EQ(may(Without(ec, "d")), "e");
  ec.insert(ec.size() - 1, R"(,"key_ops":["deriveBits"])");
  EXPECT_EQ(may(ec), "ed");
  std::string rsa = Without(Without(RsaJson(), "use"), "alg");
  rsa.insert(rsa.size() - 1, R"(,"key_ops":["unwrapKey"])");
  EXPECT_EQ(may(rsa), "ed");  // Its public half encrypts.
}

TEST(EncryptionJwkTest, UseForSignaturesContradictsAnAlgOfEncryption) {
  EXPECT_TRUE(
      IsInvalid(Oct(16, R"(,"use":"sig","alg":"A128KW")"), "contradict"));
}

TEST(WritePublicJwkSetTest, LeavesSecretsOut) {
  const Jwk oct = Fresh(Algorithm::kHs256);
  const Jwk ec = Fresh(Algorithm::kEs256);
  EXPECT_EQ(WritePublicJwkSet({&oct}), R"({"keys":[]})");
  EXPECT_EQ(WritePublicJwkSet({&oct, &ec}),
            absl::StrCat("{\"keys\":[", WritePublicJwk(ec), "]}"));
}

// Two certificates of core/crypto/testdata (P-256 and RSA), as x5c has them.
constexpr char kEcCertificate[] =
    "MIIBfjCCASWgAwIBAgIUBMNMmBS2iHy+vELDW9okjP4f8fwwCgYIKoZIzj0EAwIwFTETMB"
    "EGA1UEAwwKYXNzYXktdGVzdDAeFw0yNjExMjQwNDUyMjVaFw0yNjExMjUwNDUyMjVaMBUx"
    "EzARBgNVBAMMCmFzc2F5LXRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATY+7z8T3"
    "ST71stQe0GwWlTRcUGbsP38o3giTjytgI5LFBEjvtB5QoM6tKhS0n9MTz/QQeGwxh4dbfW"
    "+8X3p01Lo1MwUTAdBgNVHQ4EFgQU/ENvY4VetNSt7w7jR+vKVhZG4ywwHwYDVR0jBBgwFo"
    "AU/ENvY4VetNSt7w7jR+vKVhZG4ywwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNH"
    "ADBEAiAGWKjS1/ND7jMla23cIKve416pVQzhP+XWzkXRtjTx1gIgCwR8Ab81Pfiyz6QiaZ"
    "reVgxFglXoK+86AEuUWy+cNDM=";
constexpr char kRsaCertificate[] =
    "MIIDCzCCAfOgAwIBAgIUD6hqRYFlxxakQ9JvqJXA3kbwFmswDQYJKoZIhvcNAQELBQAwFT"
    "ETMBEGA1UEAwwKYXNzYXktdGVzdDAeFw0yNjExMjQwNDUyMjRaFw0yNjExMjUwNDUyMjRa"
    "MBUxEzARBgNVBAMMCmFzc2F5LXRlc3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAo"
    "IBAQCvmt2F9c0QwogoLZEB7RG7fOZ5odRNxGzShF6mEllAFK5qgqp/h49A6o6dOr2tlyyb"
    "+LyDOc9/dfC6mqsGYP5izjd+jGJ0zrwClLw1XaSuK9/dB801uNU+988ZyFauuFg9jx3Pm3"
    "mN5rGWryb+8/J0vs4XuVDkH7khlHDAgSEDCoBCjOKUP7LHsv5Pqmp/RZ2IfMJVoSMYzoZo"
    "shoKz3sN1+iXghK3jgsRe2LBvuZpURbxGaiOdTic8m/PsW3EInaGBv191Q73lC8LkchuuC"
    "gWpD7rdGXkDbPoKgxcM5ZNVD7Y8rLTFCIKcS3sUQ/ru+H1zQYLx3vK6M1Gynga2+ntAgMB"
    "AAGjUzBRMB0GA1UdDgQWBBQny9mIYlRz+w6Z3i9RunrjYj21dTAfBgNVHSMEGDAWgBQny9"
    "mIYlRz+w6Z3i9RunrjYj21dTAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IB"
    "AQBii/1UHCpbMb7TbLrhYvsVDMB+scubvOdggxxA3d0mSFjrr2OnZHE2VgYBbApUFzruPF"
    "SHM5tPaSfXZcpzc3plBbJIX9y+YtU+x64iOcDL5b7WlO2E6/n4U8BLdKp5dN3XILBJhNTy"
    "c73iyalnyDmdQxmp/CbTEdovjvh2zlRpyzqF4En1pvLGe9tnI97jljS39oJNT0QbH8v5as"
    "mFMJU+knFe45wtRj094z36nBMNO/GN067A+95YBzNUJh50sEy8fFb/q8IDjW27f5BR7Hr4"
    "nTxokV8eY7hOivASfwwMDlS8byQMjkqUcjdCf5VpcPN25oQ2pDtcGtLejLb2Rdy/";

std::string Der(absl::string_view base64) {
  std::string der;
  EXPECT_TRUE(absl::Base64Unescape(base64, &der));
  return der;
}

// The public JWK of kEcCertificate's key with further `members`.
std::string CertifiedJwk(absl::string_view members) {
  Jwk key;
  auto material = crypto::ParseCertificateKey(Der(kEcCertificate));
  EXPECT_TRUE(material.ok()) << material.status();
  key.material = *std::move(material);
  std::string json = WritePublicJwk(key);
  json.pop_back();
  return absl::StrCat(json, members, "}");
}

std::string X5c(const std::vector<std::string>& certificates) {
  return absl::StrCat(R"(,"x5c":[")", absl::StrJoin(certificates, R"(",")"),
                      R"("])");
}

std::string X5tS256(absl::string_view base64) {
  return absl::StrCat(R"(,"x5t#S256":")",
                      Base64UrlEncode(crypto::Sha256(Der(base64))), "\"");
}

TEST(X5cTest, OfTheKeyItselfIsReadAndWrittenAgain) {
  const std::string json = CertifiedJwk(X5c({kEcCertificate, kRsaCertificate}) +
                                        X5tS256(kEcCertificate));
  const auto key = Parse(json);
  ASSERT_TRUE(key.ok()) << key.status();
  ASSERT_EQ(key->x5c.size(), 2);
  EXPECT_EQ(key->x5c[0], Der(kEcCertificate));
  EXPECT_EQ(key->x5t_s256, crypto::Sha256(Der(kEcCertificate)));
  EXPECT_EQ(WritePublicJwk(*key), json);
  EXPECT_EQ(WritePrivateJwk(CloneJwk(*key)), json);
}

TEST(X5cTest, OfAnotherKeyIsRefused) {
  EXPECT_TRUE(IsInvalid(CertifiedJwk(X5c({kRsaCertificate, kEcCertificate})),
                        "\"x5c\" is the certificate of another key"));
  EXPECT_TRUE(
      IsInvalid(Oct(32, X5c({kEcCertificate})),
                "\"x5c\" does not go with a secret, which has no certificate"));
}

// They are printed with the public key: a private one must not be among them.
TEST(X5cTest, FurtherEntriesMustBeCertificates) {
  EXPECT_TRUE(IsInvalid(CertifiedJwk(X5c({kEcCertificate, "AAAA"})),
                        "\"x5c\" entry 2 is no certificate of a usable key"));
}

TEST(X5cTest, MustBeStrictBase64OfOneCertificate) {
  const std::string good = kEcCertificate;
  for (const char* x5c : {R"(,"x5c":"text")", R"(,"x5c":[])", R"(,"x5c":{})"}) {
    EXPECT_TRUE(IsInvalid(CertifiedJwk(x5c), "a list of certificates")) << x5c;
  }
  for (const std::string& entry :
       {std::string(), good + "====", good + "\\n", good.substr(1),
        Base64UrlEncode(Der(good)) + "-_-_"}) {
    EXPECT_TRUE(IsInvalid(CertifiedJwk(X5c({entry})), "standard base64"))
        << entry;
  }
  EXPECT_TRUE(IsInvalid(CertifiedJwk(R"(,"x5c":[1])"), "standard base64"));
  EXPECT_TRUE(IsInvalid(
      CertifiedJwk(X5c({absl::Base64Escape(Der(good) + '\0')})),
      "has a first certificate that cannot be used: not an X.509 certificate"));
  EXPECT_TRUE(IsInvalid(CertifiedJwk(X5c(std::vector<std::string>(11, good))),
                        "holds more than 10 certificates"));
}

TEST(X5cTest, DigestMustBeThatOfTheCertificate) {
  EXPECT_TRUE(Parse(CertifiedJwk(X5tS256(kRsaCertificate))).ok());
  EXPECT_TRUE(
      IsInvalid(CertifiedJwk(X5c({kEcCertificate}) + X5tS256(kRsaCertificate)),
                "\"x5t#S256\" is not the digest of x5c's first certificate"));
  EXPECT_TRUE(IsInvalid(CertifiedJwk(R"(,"x5t#S256":"AAAA")"),
                        "is not a SHA-256 digest in base64url"));
  EXPECT_TRUE(IsInvalid(CertifiedJwk(R"(,"x5t#S256":1)"), "must be a string"));
}

TEST(X5cTest, RefusesItsKeyAndNotTheSet) {
  const auto set = ParseJwkSet(
      absl::StrCat(R"({"keys":[)", CertifiedJwk(X5c({kRsaCertificate})), ",",
                   CertifiedJwk(X5c({kEcCertificate})), "]}"),
      Limits());
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->keys.size(), 1);
  ASSERT_EQ(set->skipped.size(), 1);
  EXPECT_EQ(set->skipped[0].index, 0);
}

TEST(WriteJwkTest, EscapesTheKid) {
  Jwk key = Fresh(Algorithm::kEdDsa);
  key.kid = "a\"b\\\n";
  absl::StatusOr<Jwk> back = Parse(WritePrivateJwk(key));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->kid, key.kid);
}

}  // namespace
}  // namespace assay::jose
