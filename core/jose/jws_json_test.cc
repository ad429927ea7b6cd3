#include "core/jose/jws_json.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/simd/base64url/base64url.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

class JwsJsonTest : public ::testing::Test {
 protected:
  Reason Parse(absl::string_view text) {
    return parser_.Parse(text, Limits(), &jws_);
  }
  // A general object whose signatures are these.
  Reason ParseGeneral(absl::string_view entries) {
    return Parse(
        absl::StrCat(R"({"payload":"cA","signatures":[)", entries, "]}"));
  }
  // A flattened object with these headers.
  Reason ParseHeaders(absl::string_view protected_json,
                      absl::string_view unprotected_json) {
    return Parse(absl::StrCat(R"({"payload":"cA","protected":")",
                              Base64UrlEncode(protected_json), R"(","header":)",
                              unprotected_json, R"(,"signature":"c2ln"})"));
  }

  JwsJsonParser parser_;
  UnverifiedJwsJson jws_;
};

TEST_F(JwsJsonTest, ReadsAFlattenedObject) {
  ASSERT_EQ(Parse(R"({"signature":"c2ln","header":{"kid":"k"},)"
                  R"("payload":"cA","protected":"e30"})"),
            Reason::kValid);
  EXPECT_EQ(jws_.payload, "cA");
  ASSERT_EQ(jws_.num_signatures, 1u);
  EXPECT_EQ(jws_.signatures[0].reason, Reason::kValid);
  EXPECT_EQ(jws_.signatures[0].header, "e30");
  EXPECT_EQ(jws_.signatures[0].signature, "c2ln");
  EXPECT_EQ(jws_.signatures[0].unprotected_kid, "k");
}

TEST_F(JwsJsonTest, ReadsAGeneralObjectInOrder) {
  ASSERT_EQ(ParseGeneral(R"({"protected":"e30","signature":"YQ"},)"
                         R"({"protected":"e30","signature":"Yg",)"
                         R"("header":{"kid":"","x":1}})"),
            Reason::kValid);
  EXPECT_EQ(jws_.payload, "cA");
  ASSERT_EQ(jws_.num_signatures, 2u);
  EXPECT_EQ(jws_.signatures[0].signature, "YQ");
  EXPECT_FALSE(jws_.signatures[0].unprotected_kid.has_value());
  EXPECT_EQ(jws_.signatures[1].signature, "Yg");
  EXPECT_EQ(jws_.signatures[1].unprotected_kid, "");
}

// RFC 7515 appendix F.
TEST_F(JwsJsonTest, TellsAnAbsentPayloadFromAnEmptyOne) {
  ASSERT_EQ(Parse(R"({"protected":"e30","signature":"YQ"})"), Reason::kValid);
  EXPECT_FALSE(jws_.payload.has_value());
  ASSERT_EQ(Parse(R"({"payload":"","protected":"e30","signature":"YQ"})"),
            Reason::kValid);
  EXPECT_EQ(jws_.payload, "");
}

// RFC 7515 7.2.1: what is not understood must be ignored.
TEST_F(JwsJsonTest, IgnoresUnknownMembers) {
  EXPECT_EQ(Parse(R"({"payload":"cA","protected":"e30","signature":"YQ",)"
                  R"("comment":{"a":[1]}})"),
            Reason::kValid);
  EXPECT_EQ(ParseGeneral(R"({"protected":"e30","signature":"YQ","x":null})"),
            Reason::kValid);
}

TEST_F(JwsJsonTest, RefusesWhatIsNoObject) {
  EXPECT_EQ(Parse(""), Reason::kEmptyToken);
  for (const char* text :
       {"a.b.c", "[]", "{", R"({"payload":"cA"}{})", R"({"payload":"cA"},)",
        "{\"payload\":\"\xff\",\"protected\":\"e30\",\"signature\":\"YQ\"}"}) {
    EXPECT_EQ(Parse(text), Reason::kJwsNotJson) << text;
  }
}

TEST_F(JwsJsonTest, RefusesAnObjectThatIsBothFlattenedAndGeneral) {
  for (const char* extra :
       {R"("signature":"YQ")", R"("protected":"e30")", R"("header":{})"}) {
    EXPECT_EQ(Parse(absl::StrCat(
                  R"({"payload":"cA","signatures":[{"protected":"e30",)"
                  R"("signature":"YQ"}],)",
                  extra, "}")),
              Reason::kJwsShape)
        << extra;
  }
}

TEST_F(JwsJsonTest, RefusesAnObjectWithoutASignature) {
  EXPECT_EQ(Parse("{}"), Reason::kJwsShape);
  EXPECT_EQ(Parse(R"({"payload":"cA","protected":"e30"})"), Reason::kJwsShape);
  EXPECT_EQ(ParseGeneral(""), Reason::kJwsShape);
  EXPECT_EQ(ParseGeneral(R"({"protected":"e30"})"), Reason::kJwsShape);
}

TEST_F(JwsJsonTest, RefusesMembersOfAnotherType) {
  for (const char* members :
       {R"("payload":1,"protected":"e30","signature":"YQ")",
        R"("payload":null,"protected":"e30","signature":"YQ")",
        R"("payload":"cA","protected":{},"signature":"YQ")",
        R"("payload":"cA","protected":"e30","signature":["YQ"])",
        R"("payload":"cA","protected":"e30","signature":"YQ","header":"")",
        R"("payload":"cA","protected":"e30","signature":"YQ","header":null)",
        R"("payload":"cA","protected":"e30","signature":"YQ",)"
        R"("header":{"kid":7})",
        R"("payload":"cA","signatures":{})",
        R"("payload":"cA","signatures":["YQ"])"}) {
    EXPECT_EQ(Parse(absl::StrCat("{", members, "}")), Reason::kJwsMemberType)
        << members;
  }
}

TEST_F(JwsJsonTest, RefusesANameTwiceInAnyObject) {
  for (const char* members :
       {R"("payload":"cA","payload":"cA","protected":"e30","signature":"YQ")",
        R"("payload":"cA","protected":"e30","pr\u006ftected":"e30",)"
        R"("signature":"YQ")",
        R"("payload":"cA","signatures":[{"protected":"e30","signature":"YQ",)"
        R"("signature":"YQ"}])",
        R"("payload":"cA","protected":"e30","signature":"YQ",)"
        R"("header":{"kid":"a","kid":"a"})",
        R"("payload":"cA","protected":"e30","signature":"YQ",)"
        R"("unknown":{"a":1,"a":1})"}) {
    EXPECT_EQ(Parse(absl::StrCat("{", members, "}")),
              Reason::kJwsDuplicateMember)
        << members;
  }
}

TEST_F(JwsJsonTest, RefusesDeepNesting) {
  const std::string deep = std::string(12, '[') + std::string(12, ']');
  EXPECT_EQ(Parse(absl::StrCat(R"({"payload":"cA","protected":"e30",)"
                               R"("signature":"YQ","x":)",
                               deep, "}")),
            Reason::kJwsTooDeep);
}

TEST_F(JwsJsonTest, RefusesMoreSignaturesThanTheLimit) {
  const std::string entry = R"({"protected":"e30","signature":"YQ"})";
  std::vector<std::string> entries(kMaxJwsSignatures, entry);
  EXPECT_EQ(ParseGeneral(absl::StrJoin(entries, ",")), Reason::kValid);
  EXPECT_EQ(jws_.num_signatures, kMaxJwsSignatures);
  entries.push_back(entry);
  EXPECT_EQ(ParseGeneral(absl::StrJoin(entries, ",")),
            Reason::kJwsTooManySignatures);
}

TEST_F(JwsJsonTest, RefusesTextBeyondTheLimit) {
  std::string text(Limits().max_token_bytes + 1, ' ');
  EXPECT_EQ(Parse(text), Reason::kTokenTooLarge);
}

// RFC 7515 4: the names of the two headers must be disjoint.
TEST_F(JwsJsonTest, RefusesANameInBothHeaders) {
  EXPECT_EQ(ParseHeaders(R"({"alg":"ES256","kid":"a"})", R"({"kid":"a"})"),
            Reason::kHeaderInBoth);
  EXPECT_EQ(ParseHeaders(R"({"alg":"ES256","x":1})", R"({"y":1,"\u0078":2})"),
            Reason::kHeaderInBoth);
  EXPECT_EQ(ParseHeaders(R"({"alg":"ES256"})", R"({"alg":"ES256"})"),
            Reason::kHeaderInBoth);
  EXPECT_EQ(ParseHeaders(R"({"alg":"ES256"})", R"({"kid":"a"})"),
            Reason::kValid);
}

TEST_F(JwsJsonTest, RefusesCritAndB64OutsideOfTheProtectedHeader) {
  EXPECT_EQ(ParseHeaders(R"({"alg":"ES256"})", R"({"crit":["b64"]})"),
            Reason::kHeaderOnlyProtected);
  EXPECT_EQ(ParseHeaders(R"({"alg":"ES256"})", R"({"b64":true})"),
            Reason::kHeaderOnlyProtected);
}

TEST_F(JwsJsonTest, RejectsASignatureWhoseAlgIsNotProtected) {
  ASSERT_EQ(ParseGeneral(R"({"header":{"alg":"ES256"},"signature":"YQ"},)"
                         R"({"protected":"","signature":"YQ"},)"
                         R"({"protected":"e30","header":{"alg":"ES256"},)"
                         R"("signature":"YQ"},)"
                         R"({"protected":"e30","signature":"YQ"})"),
            Reason::kValid);
  EXPECT_EQ(jws_.signatures[0].reason, Reason::kHeaderNotProtected);
  EXPECT_EQ(jws_.signatures[1].reason, Reason::kHeaderNotProtected);
  EXPECT_EQ(jws_.signatures[2].reason, Reason::kHeaderNotProtected);
  EXPECT_EQ(jws_.signatures[3].reason, Reason::kValid);
}

TEST_F(JwsJsonTest, KnowsAJweInJson) {
  EXPECT_EQ(Parse(R"({"protected":"e30","ciphertext":"YQ","tag":"YQ"})"),
            Reason::kJwsEncrypted);
}

TEST_F(JwsJsonTest, ManyNamesInBothHeadersTakeLittleTime) {
  std::vector<std::string> names;
  for (int i = 0; i < 2000; ++i)
    names.push_back(absl::StrCat("\"a", i, "\":1"));
  const std::string many = absl::StrJoin(names, ",");
  EXPECT_EQ(ParseHeaders(absl::StrCat("{", many, "}"),
                         absl::StrCat("{\"b\":1,", many, "}")),
            Reason::kHeaderInBoth);
}

}  // namespace
}  // namespace assay::jose
