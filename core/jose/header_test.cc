#include "core/jose/header.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/simd/base64url/base64url.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

// What `*header` views lives until the next call.
Reason Parse(absl::string_view json, ProtectedHeader* header) {
  static auto* const parser = new HeaderParser;
  return parser->Parse(Base64UrlEncode(json), header);
}

Reason Parse(absl::string_view json) {
  ProtectedHeader header;
  return Parse(json, &header);
}

// The reason for an ES256 header with further `members`.
Reason ParseWith(absl::string_view members) {
  return Parse(absl::StrCat(R"({"alg":"ES256",)", members, "}"));
}

TEST(HeaderParserTest, ReadsWhatAVerifierNeeds) {
  ProtectedHeader header;
  ASSERT_EQ(
      Parse(R"({"typ":"at+jwt","alg":"ES256","kid":"k1","cty":"x"})", &header),
      Reason::kValid);
  EXPECT_EQ(header.alg, Algorithm::kEs256);
  EXPECT_EQ(header.kid, "k1");
  EXPECT_EQ(header.typ, "at+jwt");
  EXPECT_EQ(header.cty, "x");
}

TEST(HeaderParserTest, KidAbsentIsNotKidEmpty) {
  ProtectedHeader header;
  ASSERT_EQ(Parse(R"({"alg":"ES256"})", &header), Reason::kValid);
  EXPECT_FALSE(header.kid.has_value());
  EXPECT_FALSE(header.typ.has_value());
  ASSERT_EQ(Parse(R"({"alg":"ES256","kid":""})", &header), Reason::kValid);
  EXPECT_EQ(header.kid, "");
}

TEST(HeaderParserTest, ForgetsTheHeaderBefore) {
  HeaderParser parser;
  ProtectedHeader header;
  ASSERT_EQ(parser.Parse(Base64UrlEncode(R"({"alg":"ES256","kid":"long kid"})"),
                         &header),
            Reason::kValid);
  ASSERT_EQ(parser.Parse(Base64UrlEncode(R"({"alg":"RS256"})"), &header),
            Reason::kValid);
  EXPECT_EQ(header.alg, Algorithm::kRs256);
  EXPECT_FALSE(header.kid.has_value());
  EXPECT_EQ(parser.Parse("!", &header), Reason::kHeaderEncoding);
  EXPECT_EQ(header.alg, Algorithm::kUnspecified);
}

TEST(HeaderParserTest, UnescapesNamesAndValues) {
  ProtectedHeader header;
  ASSERT_EQ(Parse(R"({"\u0061lg":"\u0045S256","kid":"a\u0000b"})", &header),
            Reason::kValid);
  EXPECT_EQ(header.alg, Algorithm::kEs256);
  EXPECT_EQ(header.kid, std::string("a\0b", 3));
}

TEST(HeaderParserTest, RefusesWhatIsNotStrictBase64Url) {
  HeaderParser parser;
  ProtectedHeader header;
  const std::string good = Base64UrlEncode(R"({"alg":"ES256"})");
  ASSERT_EQ(good.size() % 4, 0u);
  ASSERT_EQ(parser.Parse(good, &header), Reason::kValid);
  for (const std::string& bad :
       {good + "=", good + " ", " " + good, good + "A", "+" + good.substr(1),
        good + "\n", good.substr(0, 4) + "." + good.substr(4)}) {
    EXPECT_EQ(parser.Parse(bad, &header), Reason::kHeaderEncoding) << bad;
  }
}

TEST(HeaderParserTest, RefusesNonZeroTrailingBits) {
  HeaderParser parser;
  ProtectedHeader header;
  std::string encoded = Base64UrlEncode(R"({"alg":"ES256"})"
                                        "  ");
  ASSERT_EQ(encoded.size() % 4, 3u);
  ASSERT_EQ(parser.Parse(encoded, &header), Reason::kValid);
  ++encoded.back();
  EXPECT_EQ(parser.Parse(encoded, &header), Reason::kHeaderEncoding);
}

TEST(HeaderParserTest, MustBeAJsonObject) {
  for (const char* json :
       {"[]", "\"alg\"", "null", "1", "{", "{}}", "{\"alg\":\"ES256\",}", " ",
        "{\"alg\":\"ES256\"} x", "{'alg':'ES256'}", "{\"alg\":NaN}"}) {
    EXPECT_EQ(Parse(json), Reason::kHeaderNotJson) << json;
  }
}

TEST(HeaderParserTest, RefusesInvalidUtf8) {
  EXPECT_EQ(Parse("{\"alg\":\"ES256\",\"x\":\"\xff\"}"),
            Reason::kHeaderNotJson);
  EXPECT_EQ(Parse("{\"alg\":\"ES256\",\"x\":\"\xc0\xaf\"}"),
            Reason::kHeaderNotJson);
  EXPECT_EQ(Parse("\xef\xbb\xbf{\"alg\":\"ES256\"}"), Reason::kHeaderNotJson);
}

TEST(HeaderParserTest, RefusesDuplicateMembers) {
  EXPECT_EQ(Parse(R"({"alg":"ES256","alg":"ES256"})"),
            Reason::kHeaderDuplicateMember);
  EXPECT_EQ(Parse(R"({"alg":"ES256","\u0061lg":"HS256"})"),
            Reason::kHeaderDuplicateMember);
  EXPECT_EQ(ParseWith(R"("x":{"y":1,"y":2})"), Reason::kHeaderDuplicateMember);
}

TEST(HeaderParserTest, RefusesDeepNesting) {
  const auto nested = [](size_t depth) {
    return absl::StrCat("\"x\":", std::string(depth, '['),
                        std::string(depth, ']'));
  };
  EXPECT_EQ(ParseWith(nested(kMaxHeaderJsonDepth - 1)), Reason::kValid);
  EXPECT_EQ(ParseWith(nested(kMaxHeaderJsonDepth)), Reason::kHeaderTooDeep);
  EXPECT_EQ(ParseWith(nested(5000)), Reason::kHeaderTooDeep);
}

TEST(HeaderParserTest, AlgKidTypAndCtyAreStrings) {
  for (const char* value : {"1", "null", "true", "[\"ES256\"]", "{}"}) {
    EXPECT_EQ(Parse(absl::StrCat("{\"alg\":", value, "}")),
              Reason::kHeaderMemberType);
    for (const char* name : {"kid", "typ", "cty"}) {
      EXPECT_EQ(ParseWith(absl::StrCat("\"", name, "\":", value)),
                Reason::kHeaderMemberType)
          << name << " " << value;
    }
  }
}

TEST(HeaderParserTest, AlgIsRequired) {
  EXPECT_EQ(Parse("{}"), Reason::kHeaderAlgMissing);
  EXPECT_EQ(Parse(R"({"ALG":"ES256"})"), Reason::kHeaderAlgMissing);
}

// CVE-2015-2964, CVE-2018-1000531, and "noNE": every spelling.
TEST(HeaderParserTest, RefusesNoneInEverySpelling) {
  for (int upper = 0; upper < 16; ++upper) {
    std::string none = "none";
    for (int i = 0; i < 4; ++i) {
      if (upper & (1 << i)) none[i] = static_cast<char>(none[i] - 'a' + 'A');
    }
    EXPECT_EQ(Parse(absl::StrCat("{\"alg\":\"", none, "\"}")),
              Reason::kAlgorithmNone)
        << none;
  }
}

TEST(HeaderParserTest, AlgIsComparedExactly) {
  for (const char* alg : {"", "es256", "ES256 ", " ES256", "ES256\\u0000",
                          "none ", "RSA-OAEP", "HS256,ES256"}) {
    EXPECT_EQ(Parse(absl::StrCat("{\"alg\":\"", alg, "\"}")),
              Reason::kAlgorithmUnsupported)
        << alg;
  }
}

TEST(HeaderParserTest, KnowsEveryAlgorithm) {
  for (const AlgorithmInfo& info : AllAlgorithms()) {
    ProtectedHeader header;
    ASSERT_EQ(Parse(absl::StrCat("{\"alg\":\"", info.name, "\"}"), &header),
              Reason::kValid);
    EXPECT_EQ(header.alg, info.algorithm);
  }
}

TEST(HeaderParserTest, ReportsAlgAndKidOfARefusedHeader) {
  ProtectedHeader header;
  ASSERT_EQ(Parse(R"({"crit":["x"],"x":1,"kid":"k1","alg":"ES256"})", &header),
            Reason::kCritUnsupported);
  EXPECT_EQ(header.alg, Algorithm::kEs256);
  EXPECT_EQ(header.kid, "k1");
  ASSERT_EQ(Parse(R"({"alg":"none","kid":"k1"})", &header),
            Reason::kAlgorithmNone);
  EXPECT_EQ(header.kid, "k1");
}

// CVE-2025-59420, CVE-2026-32597.
TEST(CritTest, RefusesUnknownNames) {
  EXPECT_EQ(ParseWith(R"("crit":["exp"],"exp":1)"), Reason::kCritUnsupported);
  EXPECT_EQ(ParseWith(R"("crit":["b64","x"],"x":1,"b64":true)"),
            Reason::kCritUnsupported);
}

TEST(CritTest, RefusesTheEmptyList) {
  EXPECT_EQ(ParseWith(R"("crit":[])"), Reason::kCritInvalid);
}

TEST(CritTest, RefusesDuplicateNames) {
  EXPECT_EQ(ParseWith(R"("crit":["b64","b64"],"b64":true)"),
            Reason::kCritInvalid);
  EXPECT_EQ(ParseWith(R"("crit":["x","x"],"x":true)"), Reason::kCritInvalid);
}

TEST(CritTest, RefusesRegisteredNames) {
  for (const char* name : {"alg", "cty", "crit", "enc", "jku", "jwk", "kid",
                           "typ", "x5c", "x5t", "x5u", "x5t#S256", "zip"}) {
    const std::string present =
        absl::string_view(name) == "alg" || absl::string_view(name) == "crit"
            ? ""
            : absl::StrCat(",\"", name, "\":\"a\"");
    EXPECT_EQ(ParseWith(absl::StrCat("\"crit\":[\"", name, "\"]", present)),
              Reason::kCritInvalid)
        << name;
  }
}

TEST(CritTest, RefusesNamesThatAreNotInTheHeader) {
  EXPECT_EQ(ParseWith(R"("crit":["b64"])"), Reason::kCritInvalid);
  EXPECT_EQ(ParseWith(R"("crit":["x"])"), Reason::kCritInvalid);
}

TEST(CritTest, MustBeAListOfStrings) {
  EXPECT_EQ(ParseWith(R"("crit":"b64","b64":true)"), Reason::kHeaderMemberType);
  EXPECT_EQ(ParseWith(R"("crit":null)"), Reason::kHeaderMemberType);
  EXPECT_EQ(ParseWith(R"("crit":{"b64":true})"), Reason::kHeaderMemberType);
  EXPECT_EQ(ParseWith(R"("crit":[1])"), Reason::kHeaderMemberType);
  EXPECT_EQ(ParseWith(R"("crit":[["b64"]],"b64":true)"),
            Reason::kHeaderMemberType);
}

// CVE-2025-61920: work stays linear however long the list is.
TEST(CritTest, LooksAtABoundedNumberOfNames) {
  const auto crit_of = [](size_t num_names) {
    std::string crit = "\"crit\":[\"n0\"";
    std::string members = ",\"n0\":0";
    for (size_t i = 1; i < num_names; ++i) {
      absl::StrAppend(&crit, ",\"n", i, "\"");
      absl::StrAppend(&members, ",\"n", i, "\":0");
    }
    return crit + "]" + members;
  };
  EXPECT_EQ(ParseWith(crit_of(kMaxCritNames)), Reason::kCritUnsupported);
  EXPECT_EQ(ParseWith(crit_of(kMaxCritNames + 1)), Reason::kCritUnsupported);
  EXPECT_EQ(ParseWith(crit_of(1000)), Reason::kCritUnsupported);
}

TEST(B64Test, RefusesUnencodedPayloads) {  // RFC 7797 7
  EXPECT_EQ(ParseWith(R"("crit":["b64"],"b64":false)"),
            Reason::kB64Unsupported);
}

TEST(B64Test, AcceptsTheExplicitDefault) {
  EXPECT_EQ(ParseWith(R"("crit":["b64"],"b64":true)"), Reason::kValid);
}

TEST(HeaderParserTest, AcceptsB64FalseOnlyWhereTheCallerSaysUnencoded) {
  HeaderParser parser;
  ProtectedHeader header;
  const auto parse = [&](absl::string_view members) {
    return parser.Parse(
        Base64UrlEncode(absl::StrCat(R"({"alg":"ES256")", members, "}")),
        &header, PayloadEncoding::kUnencoded);
  };
  EXPECT_EQ(parse(R"(,"crit":["b64"],"b64":false)"), Reason::kValid);
  EXPECT_EQ(header.b64, false);
  // Without crit nobody need understand it (RFC 7797 6).
  EXPECT_EQ(parse(R"(,"b64":false)"), Reason::kCritInvalid);
  EXPECT_EQ(parse(R"(,"crit":["b64"],"b64":true)"), Reason::kB64Missing);
  EXPECT_EQ(parse(""), Reason::kB64Missing);
  EXPECT_EQ(header.b64, true);
  EXPECT_EQ(parse(R"(,"crit":["b64"],"b64":"false")"),
            Reason::kHeaderMemberType);
  EXPECT_EQ(header.b64, absl::nullopt);
}

TEST(B64Test, MustBeCritical) {  // RFC 7797 6
  EXPECT_EQ(ParseWith(R"("b64":false)"), Reason::kCritInvalid);
  EXPECT_EQ(ParseWith(R"("b64":true)"), Reason::kCritInvalid);
}

TEST(B64Test, MustBeABoolean) {
  for (const char* value : {"0", "\"false\"", "null", "[]"}) {
    EXPECT_EQ(ParseWith(absl::StrCat(R"("crit":["b64"],"b64":)", value)),
              Reason::kHeaderMemberType)
        << value;
  }
}

// CVE-2018-0114, CVE-2026-27962: nothing of them is read, not even the type.
TEST(HeaderParserTest, NeverLooksAtEmbeddedKeys) {
  ProtectedHeader plain, embedded;
  ASSERT_EQ(Parse(R"({"alg":"ES256","kid":"k"})", &plain), Reason::kValid);
  ASSERT_EQ(Parse(R"({"alg":"ES256","kid":"k","jwk":{"kty":"oct","k":"AA"},
                      "jku":"http://127.0.0.1:1/","x5u":7,"x5c":["!"],
                      "x5t":null,"x5t#S256":{}})",
                  &embedded),
            Reason::kValid);
  EXPECT_EQ(plain.alg, embedded.alg);
  EXPECT_EQ(plain.kid, embedded.kid);
}

TEST(SameMediaTypeTest, ApplicationIsOptional) {  // RFC 7515 4.1.9
  EXPECT_TRUE(SameMediaType("at+jwt", "application/at+jwt"));
  EXPECT_TRUE(SameMediaType("application/at+jwt", "at+jwt"));
  EXPECT_TRUE(SameMediaType("JWT", "jwt"));
  EXPECT_TRUE(SameMediaType("Application/AT+JWT", "at+jwt"));
}

TEST(SameMediaTypeTest, OtherTypesDiffer) {
  EXPECT_FALSE(SameMediaType("at+jwt", "jwt"));
  EXPECT_FALSE(SameMediaType("text/jwt", "jwt"));
  EXPECT_FALSE(SameMediaType("", "jwt"));
  EXPECT_FALSE(SameMediaType("jwt", "jwt "));
  // Only a value without a slash may leave the prefix out.
  EXPECT_FALSE(SameMediaType("a;b=\"c/d\"", "application/a;b=\"c/d\""));
}

}  // namespace
}  // namespace assay::jose
