#include "core/jose/jwe_header.h"

#include <initializer_list>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/crypto/signature_scheme.h"
#include "core/simd/base64url/base64url.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

using R = DecryptReason;

// What `*header` views lives until the next call.
R Parse(absl::string_view json, JweHeader* header) {
  static auto* const parser = new JweHeaderParser(Limits());
  return parser->Parse(Base64UrlEncode(json), header);
}

R Parse(absl::string_view json) {
  JweHeader header;
  return Parse(json, &header);
}

// The reason for a header of `alg` with further `members`.
R ParseWith(absl::string_view alg, absl::string_view members,
            JweHeader* header) {
  return Parse(absl::StrCat(R"({"enc":"A128GCM","alg":")", alg, "\"",
                            members.empty() ? "" : ",", members, "}"),
               header);
}

R ParseWith(absl::string_view alg, absl::string_view members) {
  JweHeader header;
  return ParseWith(alg, members, &header);
}

R ParseWith(absl::string_view members) { return ParseWith("dir", members); }

std::string Bytes(size_t len) { return Base64UrlEncode(std::string(len, 'b')); }

// RFC 7518 appendix C.
constexpr char kEpk[] = R"("epk":{"kty":"EC","crv":"P-256",)"
                        R"("x":"gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",)"
                        R"("y":"SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"})";

// ---- Common to every alg

TEST(JweHeaderParserTest, ReadsWhatARecipientNeeds) {
  JweHeader header;
  ASSERT_EQ(Parse(R"({"typ":"JWE","alg":"A128KW","enc":"A256CBC-HS512",
                      "kid":"k1","cty":"JWT"})",
                  &header),
            R::kValid);
  EXPECT_EQ(header.alg, KeyManagement::kA128Kw);
  EXPECT_EQ(header.enc, ContentAlgorithm::kA256CbcHs512);
  EXPECT_EQ(header.kid, "k1");
  EXPECT_EQ(header.typ, "JWE");
  EXPECT_EQ(header.cty, "JWT");
}

TEST(JweHeaderParserTest, KidAbsentIsNotKidEmpty) {
  JweHeader header;
  ASSERT_EQ(ParseWith("dir", "", &header), R::kValid);
  EXPECT_FALSE(header.kid.has_value());
  ASSERT_EQ(ParseWith("dir", R"("kid":"")", &header), R::kValid);
  EXPECT_EQ(header.kid, "");
}

TEST(JweHeaderParserTest, ForgetsTheHeaderBefore) {
  JweHeader header;
  ASSERT_EQ(
      ParseWith("ECDH-ES", absl::StrCat(kEpk, R"(,"apu":"QWxpY2U")"), &header),
      R::kValid);
  ASSERT_EQ(ParseWith("ECDH-ES", kEpk, &header), R::kValid);
  EXPECT_EQ(header.apu, "");
  ASSERT_EQ(ParseWith("dir", "", &header), R::kValid);
  EXPECT_FALSE(header.epk.has_value());
}

TEST(JweHeaderParserTest, RefusesWhatIsNotStrictBase64Url) {
  JweHeaderParser parser{Limits()};
  JweHeader header;
  const std::string good = Base64UrlEncode(R"({"alg":"dir","enc":"A128GCM"} )");
  ASSERT_EQ(good.size() % 4, 0u);
  ASSERT_EQ(parser.Parse(good, &header), R::kValid);
  for (const std::string& bad : {good + "=", good + " ", " " + good, good + "A",
                                 "+" + good.substr(1), good + "\n"}) {
    EXPECT_EQ(parser.Parse(bad, &header), R::kHeaderEncoding) << bad;
  }
}

TEST(JweHeaderParserTest, MustBeAJsonObjectInUtf8) {
  for (const char* json : {"[]", "null", "{", "{}}", " ", "{'alg':'dir'}",
                           "{\"alg\":\"dir\",\"x\":\"\xff\"}"}) {
    EXPECT_EQ(Parse(json), R::kHeaderNotJson) << json;
  }
}

TEST(JweHeaderParserTest, RefusesDuplicateMembers) {
  EXPECT_EQ(ParseWith(R"("alg":"dir")"), R::kHeaderDuplicateMember);
  EXPECT_EQ(ParseWith(R"("\u0065nc":"A256GCM")"), R::kHeaderDuplicateMember);
  EXPECT_EQ(ParseWith("ECDH-ES", R"("epk":{"crv":"P-256","crv":"P-256"})"),
            R::kHeaderDuplicateMember);
}

TEST(JweHeaderParserTest, RefusesDeepNesting) {
  EXPECT_EQ(ParseWith(absl::StrCat("\"x\":", std::string(5000, '['),
                                   std::string(5000, ']'))),
            R::kHeaderTooDeep);
}

// Those of other algorithms as well.
TEST(JweHeaderParserTest, ParametersThatAreReadHaveTheirTypes) {
  for (const char* value : {"1", "null", "true", "[\"dir\"]", "{}"}) {
    for (const char* name :
         {"kid", "typ", "cty", "zip", "apu", "apv", "iv", "tag", "p2s"}) {
      EXPECT_EQ(ParseWith(absl::StrCat("\"", name, "\":", value)),
                R::kHeaderMemberType)
          << name << " " << value;
    }
    EXPECT_EQ(Parse(absl::StrCat(R"({"enc":"A128GCM","alg":)", value, "}")),
              R::kHeaderMemberType);
    EXPECT_EQ(Parse(absl::StrCat(R"({"alg":"dir","enc":)", value, "}")),
              R::kHeaderMemberType);
  }
  for (const char* value : {"1", "null", "\"x\"", "[]"}) {
    EXPECT_EQ(ParseWith(absl::StrCat("\"epk\":", value)), R::kHeaderMemberType);
  }
  for (const char* value : {"\"1\"", "null", "1.5", "4096.0", "1e3", "[]"}) {
    EXPECT_EQ(ParseWith(absl::StrCat("\"p2c\":", value)), R::kHeaderMemberType);
  }
}

TEST(JweHeaderParserTest, AlgAndEncAreRequired) {
  EXPECT_EQ(Parse(R"({"enc":"A128GCM"})"), R::kHeaderAlgMissing);
  EXPECT_EQ(Parse(R"({"alg":"dir"})"), R::kHeaderEncMissing);
}

TEST(JweHeaderParserTest, AlgAndEncAreComparedExactly) {
  for (const char* alg : {"", "DIR", "dir ", "a128kw", "A128KW\\u0000", "none",
                          "noNE", "HS256", "A128GCM"}) {
    EXPECT_EQ(ParseWith(alg, ""), R::kAlgorithmUnsupported) << alg;
  }
  for (const char* enc : {"", "a128gcm", "A128GCM ", "A128KW", "none"}) {
    EXPECT_EQ(Parse(absl::StrCat(R"({"alg":"dir","enc":")", enc, "\"}")),
              R::kEncUnsupported)
        << enc;
  }
}

TEST(JweHeaderParserTest, Rsa15IsUnsupported) {
  EXPECT_EQ(ParseWith("RSA1_5", ""), R::kAlgorithmUnsupported);
}

// CVE-2022-3102, CVE-2023-51774: a JWS's header has no enc.
TEST(JweHeaderParserTest, RefusesTheHeaderOfAJws) {
  EXPECT_EQ(Parse(R"({"alg":"RS256","typ":"JWT"})"), R::kAlgorithmUnsupported);
  EXPECT_EQ(ParseWith("HS256", ""), R::kAlgorithmUnsupported);
}

TEST(JweHeaderParserTest, ReportsAlgEncAndKidOfARefusedHeader) {
  JweHeader header;
  ASSERT_EQ(ParseWith("A128KW", R"("zip":"DEF","kid":"k1")", &header),
            R::kZipUnsupported);
  EXPECT_EQ(header.alg, KeyManagement::kA128Kw);
  EXPECT_EQ(header.enc, ContentAlgorithm::kA128Gcm);
  EXPECT_EQ(header.kid, "k1");
}

// CVE-2024-28102, CVE-2024-28176, CVE-2024-28180, CVE-2025-62706: off.
TEST(JweHeaderParserTest, RefusesCompression) {
  for (const char* zip : {"DEF", "def", "", "GZIP"}) {
    EXPECT_EQ(ParseWith(absl::StrCat(R"("zip":")", zip, "\"")),
              R::kZipUnsupported)
        << zip;
  }
}

// CVE-2018-0114, CVE-2026-27962: nothing of them is read, not even the type.
TEST(JweHeaderParserTest, NeverLooksAtEmbeddedKeys) {
  EXPECT_EQ(ParseWith(R"("jwk":{"kty":"oct","k":"AA"},"x5u":7,"x5c":["!"],
                         "jku":"http://127.0.0.1:1/","x5t":null)"),
            R::kValid);
}

// ---- crit

// CVE-2025-59420, CVE-2026-32597.
TEST(JweCritTest, NoExtensionIsUnderstood) {
  EXPECT_EQ(ParseWith(R"("crit":["exp"],"exp":1)"), R::kCritUnsupported);
  EXPECT_EQ(ParseWith(R"("crit":["b64"],"b64":true)"), R::kCritUnsupported);
  EXPECT_EQ(ParseWith(R"("crit":["b64"],"b64":false)"), R::kCritUnsupported);
}

TEST(JweCritTest, RefusesEmptyDuplicateAndAbsentNames) {
  EXPECT_EQ(ParseWith(R"("crit":[])"), R::kCritInvalid);
  EXPECT_EQ(ParseWith(R"("crit":["x","x"],"x":1)"), R::kCritInvalid);
  EXPECT_EQ(ParseWith(R"("crit":["x"])"), R::kCritInvalid);
}

TEST(JweCritTest, RefusesRegisteredNames) {  // RFC 7516 4.1.13
  for (const char* name : {"alg", "enc", "crit", "apu", "iv", "tag", "p2s"}) {
    const bool is_there = absl::string_view(name) == "alg" ||
                          absl::string_view(name) == "enc" ||
                          absl::string_view(name) == "crit";
    EXPECT_EQ(ParseWith(absl::StrCat(
                  "\"crit\":[\"", name, "\"]",
                  is_there ? "" : absl::StrCat(",\"", name, "\":\"AAAA\""))),
              R::kCritInvalid)
        << name;
  }
  EXPECT_EQ(ParseWith(R"("crit":["epk"],"epk":{})"), R::kCritInvalid);
  EXPECT_EQ(ParseWith(R"("crit":["p2c"],"p2c":1)"), R::kCritInvalid);
}

TEST(JweCritTest, MustBeAListOfStrings) {
  EXPECT_EQ(ParseWith(R"("crit":"x","x":1)"), R::kHeaderMemberType);
  EXPECT_EQ(ParseWith(R"("crit":[1])"), R::kHeaderMemberType);
}

// CVE-2025-61920: work stays linear however long the list is.
TEST(JweCritTest, LooksAtABoundedNumberOfNames) {
  std::string crit = "\"crit\":[\"n0\"";
  for (int i = 1; i < 1000; ++i) absl::StrAppend(&crit, ",\"n", i, "\"");
  EXPECT_EQ(ParseWith(crit + "]"), R::kCritUnsupported);
}

// ---- Key agreement

TEST(EpkTest, IsReadAndSoAreTheParties) {
  JweHeader header;
  for (const char* alg : {"ECDH-ES", "ECDH-ES+A192KW"}) {
    ASSERT_EQ(
        ParseWith(alg, absl::StrCat(kEpk, R"(,"apu":"QWxpY2U","apv":"Qm9i")"),
                  &header),
        R::kValid);
    EXPECT_EQ(header.apu, "Alice");
    EXPECT_EQ(header.apv, "Bob");
    const auto& ec = absl::get<crypto::EcKey>(*header.epk);
    EXPECT_EQ(ec.curve, crypto::Curve::kP256);
    EXPECT_EQ(Base64UrlEncode(ec.x),
              "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0");
    EXPECT_EQ(Base64UrlEncode(ec.y),
              "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps");
    EXPECT_FALSE(ec.d.has_value());
  }
}

TEST(EpkTest, MayBeX25519) {  // RFC 8037 3.2
  JweHeader header;
  ASSERT_EQ(ParseWith("ECDH-ES",
                      absl::StrCat(R"("epk":{"kty":"OKP","crv":"X25519","x":")",
                                   Bytes(32), "\"}"),
                      &header),
            R::kValid);
  EXPECT_EQ(absl::get<crypto::X25519Key>(*header.epk).x, std::string(32, 'b'));
}

TEST(EpkTest, IsRequired) {
  EXPECT_EQ(ParseWith("ECDH-ES", ""), R::kHeaderParameterMissing);
  EXPECT_EQ(ParseWith("ECDH-ES+A128KW", ""), R::kHeaderParameterMissing);
}

R ParseEpk(absl::string_view members) {
  return ParseWith("ECDH-ES", absl::StrCat(R"("epk":{)", members, "}"));
}

TEST(EpkTest, HasKeyTypeCurveAndCoordinates) {
  const std::string x = absl::StrCat(R"(,"x":")", Bytes(32), "\"");
  const std::string y = absl::StrCat(R"(,"y":")", Bytes(32), "\"");
  EXPECT_EQ(ParseEpk(R"("kty":"EC","crv":"P-256")" + x + y), R::kValid);
  EXPECT_EQ(ParseEpk(""), R::kHeaderParameterInvalid);
  EXPECT_EQ(ParseEpk(R"("crv":"P-256")" + x + y), R::kHeaderParameterInvalid);
  EXPECT_EQ(ParseEpk(R"("kty":"EC")" + x + y), R::kHeaderParameterInvalid);
  EXPECT_EQ(ParseEpk(R"("kty":"EC","crv":"P-256")" + x),
            R::kHeaderParameterInvalid);
  EXPECT_EQ(ParseEpk(R"("kty":"EC","crv":"P-256")" + y),
            R::kHeaderParameterInvalid);
  EXPECT_EQ(ParseEpk(R"("kty":"EC","crv":"P-256","x":1)" + y),
            R::kHeaderParameterInvalid);
  EXPECT_EQ(ParseEpk(R"("kty":"EC","crv":"P-256","x":"!")" + y),
            R::kHeaderParameterInvalid);
  EXPECT_EQ(ParseEpk(R"("kty":"OKP","crv":"X25519")"),
            R::kHeaderParameterInvalid);
}

TEST(EpkTest, CoordinatesHaveTheLengthOfTheCurve) {
  for (const size_t len : {0, 31, 33, 48}) {
    EXPECT_EQ(ParseEpk(absl::StrCat(R"("kty":"EC","crv":"P-256","x":")",
                                    Bytes(len), R"(","y":")", Bytes(32), "\"")),
              R::kHeaderParameterInvalid)
        << len;
    EXPECT_EQ(ParseEpk(absl::StrCat(R"("kty":"OKP","crv":"X25519","x":")",
                                    Bytes(len), "\"")),
              R::kHeaderParameterInvalid)
        << len;
  }
}

TEST(EpkTest, OfAnUnknownTypeOrCurveIsUnsupported) {
  EXPECT_EQ(ParseEpk(R"("kty":"RSA","n":"AQ","e":"AQAB")"), R::kEpkUnsupported);
  EXPECT_EQ(ParseEpk(R"("kty":"ec","crv":"P-256")"), R::kEpkUnsupported);
  EXPECT_EQ(ParseEpk(R"("kty":"EC","crv":"secp256k1")"), R::kEpkUnsupported);
  EXPECT_EQ(ParseEpk(R"("kty":"EC","crv":"X25519")"), R::kEpkUnsupported);
  EXPECT_EQ(ParseEpk(R"("kty":"OKP","crv":"Ed25519")"), R::kEpkUnsupported);
  EXPECT_EQ(ParseEpk(R"("kty":"OKP","crv":"P-256")"), R::kEpkUnsupported);
}

TEST(EpkTest, IsNoPrivateKey) {  // RFC 7518 4.6.1.1
  for (const char* name : {"d", "k", "p", "oth"}) {
    EXPECT_EQ(ParseEpk(absl::StrCat(R"("kty":"EC","crv":"P-256","x":")",
                                    Bytes(32), R"(","y":")", Bytes(32), "\",\"",
                                    name, "\":\"AA\"")),
              R::kEpkPrivate)
        << name;
  }
}

TEST(EpkTest, PartiesAreBase64Url) {
  for (const char* name : {"apu", "apv"}) {
    for (const char* value : {"A", "AB=", "A A", "AB"}) {
      EXPECT_EQ(ParseWith("ECDH-ES", absl::StrCat(kEpk, ",\"", name, "\":\"",
                                                  value, "\"")),
                R::kHeaderParameterInvalid)
          << name << " " << value;
    }
  }
}

// ---- AES-GCM key wrapping

R ParseGcmWrap(size_t iv_len, size_t tag_len) {
  return ParseWith("A128GCMKW",
                   absl::StrCat(R"("iv":")", Bytes(iv_len), R"(","tag":")",
                                Bytes(tag_len), "\""));
}

// CVE-2018-1000539, CVE-2023-37464.
TEST(GcmKeyWrapHeaderTest, IvAndTagHaveTheirLengths) {
  for (size_t len = 0; len <= 32; ++len) {
    EXPECT_EQ(ParseGcmWrap(len, 16),
              len == 12 ? R::kValid : R::kHeaderParameterInvalid)
        << len;
    EXPECT_EQ(ParseGcmWrap(12, len),
              len == 16 ? R::kValid : R::kHeaderParameterInvalid)
        << len;
  }
}

TEST(GcmKeyWrapHeaderTest, IvAndTagAreRequiredAndRead) {
  const std::string iv = absl::StrCat(R"("iv":")", Bytes(12), "\"");
  const std::string tag = absl::StrCat(R"("tag":")", Bytes(16), "\"");
  EXPECT_EQ(ParseWith("A256GCMKW", iv), R::kHeaderParameterMissing);
  EXPECT_EQ(ParseWith("A256GCMKW", tag), R::kHeaderParameterMissing);
  JweHeader header;
  ASSERT_EQ(ParseWith("A256GCMKW", iv + "," + tag, &header), R::kValid);
  EXPECT_EQ(header.iv, std::string(12, 'b'));
  EXPECT_EQ(header.tag, std::string(16, 'b'));
}

// ---- PBES2

R ParsePbes2(size_t salt_len, absl::string_view p2c) {
  return ParseWith(
      "PBES2-HS256+A128KW",
      absl::StrCat(R"("p2s":")", Bytes(salt_len), R"(","p2c":)", p2c));
}

TEST(Pbes2HeaderTest, SaltAndCountAreRequiredAndRead) {
  EXPECT_EQ(ParseWith("PBES2-HS256+A128KW", R"("p2c":1000)"),
            R::kHeaderParameterMissing);
  EXPECT_EQ(ParseWith("PBES2-HS256+A128KW", R"("p2s":"AAAAAAAAAAA")"),
            R::kHeaderParameterMissing);
  JweHeader header;
  ASSERT_EQ(ParseWith("PBES2-HS512+A256KW",
                      R"("p2c":4096,"p2s":"2WCTcJZ1Rvd_CJuJripQ1w")", &header),
            R::kValid);
  EXPECT_EQ(header.p2c, 4096u);
  EXPECT_EQ(Base64UrlEncode(header.p2s), "2WCTcJZ1Rvd_CJuJripQ1w");
}

TEST(Pbes2HeaderTest, TheSaltHas8BytesAtLeast) {  // RFC 7518 4.8.1.1
  EXPECT_EQ(ParsePbes2(7, "1000"), R::kHeaderParameterInvalid);
  EXPECT_EQ(ParsePbes2(8, "1000"), R::kValid);
  EXPECT_EQ(ParsePbes2(kMaxPbes2SaltBytes, "1000"), R::kValid);
  EXPECT_EQ(ParsePbes2(kMaxPbes2SaltBytes + 1, "1000"),
            R::kHeaderParameterInvalid);
}

// CVE-2022-36083, CVE-2023-50967, CVE-2023-52428, CVE-2026-27932.
TEST(Pbes2HeaderTest, TheCountIsPositiveAndBounded) {
  EXPECT_EQ(ParsePbes2(16, "0"), R::kHeaderParameterInvalid);
  EXPECT_EQ(ParsePbes2(16, "-1"), R::kHeaderParameterInvalid);
  EXPECT_EQ(ParsePbes2(16, "1"), R::kValid);
  EXPECT_EQ(ParsePbes2(16, "1000000"), R::kValid);
  EXPECT_EQ(ParsePbes2(16, "1000001"), R::kIterationsAboveLimit);
  // 2^31, 2^32 and 2^32 + 1000, 2^63, 2^64 - 1: nothing wraps around.
  for (const char* p2c : {"2147483648", "4294967296", "4294968296",
                          "9223372036854775808", "18446744073709551615"}) {
    EXPECT_EQ(ParsePbes2(16, p2c), R::kIterationsAboveLimit) << p2c;
  }
  EXPECT_EQ(ParsePbes2(16, "18446744073709551616"), R::kHeaderNotJson);
}

TEST(Pbes2HeaderTest, TheBoundIsTheCallers) {
  Limits limits;
  limits.max_pbes2_iterations = 10;
  JweHeaderParser parser(limits);
  JweHeader header;
  const auto parse = [&](int p2c) {
    return parser.Parse(
        Base64UrlEncode(absl::StrCat(R"({"alg":"PBES2-HS256+A128KW",
            "enc":"A128GCM","p2s":"AAAAAAAAAAA","p2c":)",
                                     p2c, "}")),
        &header);
  };
  EXPECT_EQ(parse(10), R::kValid);
  EXPECT_EQ(parse(11), R::kIterationsAboveLimit);
}

TEST(JweHeaderParserTest, ParametersOfAnotherAlgAreNotRead) {
  JweHeader header;
  ASSERT_EQ(ParseWith("A128KW",
                      R"("p2c":4294967296,"p2s":"!","iv":"!","tag":"",
                         "apu":"=","epk":{"kty":"oct","k":1})",
                      &header),
            R::kValid);
  EXPECT_FALSE(header.epk.has_value());
  EXPECT_EQ(header.p2c, 0u);
  EXPECT_EQ(header.iv, "");
}

TEST(JweHeaderParserTest, AcceptsCompressedContentOnlyWhereItIsAllowed) {
  JweHeaderParser parser(Limits(), Zip::kAllow);
  JweHeader header;
  const auto parse = [&](absl::string_view zip) {
    return parser.Parse(
        Base64UrlEncode(absl::StrCat(R"({"alg":"dir","enc":"A128GCM","zip":")",
                                     zip, "\"}")),
        &header);
  };
  EXPECT_EQ(parse("DEF"), R::kValid);
  EXPECT_TRUE(header.is_deflated);
  for (const char* zip : {"def", "", "GZIP", "DEF "}) {
    EXPECT_EQ(parse(zip), R::kZipUnsupported) << zip;
    EXPECT_FALSE(header.is_deflated) << zip;
  }
}

TEST(JweHeaderParserTest, CritIsJudgedForEveryRecipient) {
  JweHeaderParser parser((Limits()));
  JweHeader header;
  EXPECT_EQ(parser.ParseShared(
                Base64UrlEncode(
                    R"({"alg":"dir","enc":"A128GCM","crit":["x"],"x":1})"),
                nullptr),
            R::kValid);
  EXPECT_EQ(parser.ParseRecipient(nullptr, &header), R::kCritUnsupported);
  EXPECT_EQ(parser.ParseShared("", nullptr), R::kValid);
  EXPECT_EQ(parser.ParseRecipient(nullptr, &header), R::kHeaderAlgMissing);
}

}  // namespace
}  // namespace assay::jose
