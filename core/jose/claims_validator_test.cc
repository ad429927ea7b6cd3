#include "core/jose/claims_validator.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/json/members.h"
#include "core/json/reader.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

// Claims as the engine reads them, and as simdjson does, are judged alike.
Reason Judge(absl::string_view json, const Policy& policy = Policy(),
             absl::Time now = kNow) {
  const std::string padded = absl::StrCat(json, std::string(json::kPadding, 0));
  json::Reader reader(32);
  json::Members claims;
  const json::Error error = reader.ParseMembersPadded(
      absl::string_view(padded.data(), json.size()), &claims);
  EXPECT_EQ(error, json::Error::kNone) << json;
  if (error != json::Error::kNone) return Reason::kUnspecified;
  const ClaimsJudge judge(policy, now);
  const Reason reason = judge.Judge(claims);

  json::Object object;
  EXPECT_EQ(reader.ParseObject(json, &object), json::Error::kNone) << json;
  json::Reader::CollectMembers(object, &claims);
  EXPECT_EQ(judge.Judge(claims), reason) << json;
  return reason;
}

TEST(ClaimsJudgeTest, AcceptsAnEmptyObjectWithoutAPolicy) {
  EXPECT_EQ(Judge("{}"), Reason::kValid);
}

TEST(ExpTest, IsTheFirstMomentOfExpiry) {  // now >= exp
  EXPECT_EQ(Judge(R"({"exp":1700000001})"), Reason::kValid);
  EXPECT_EQ(Judge(R"({"exp":1700000000})"), Reason::kExpired);
  EXPECT_EQ(Judge(R"({"exp":1699999999})"), Reason::kExpired);
}

TEST(ExpTest, IsMovedBackByTheSkew) {
  Policy policy;
  policy.clock_skew = absl::Seconds(60);
  EXPECT_EQ(Judge(R"({"exp":1699999941})", policy), Reason::kValid);
  EXPECT_EQ(Judge(R"({"exp":1699999940})", policy), Reason::kExpired);
}

TEST(ExpTest, ZeroIsATimeAndNotAbsent) {
  EXPECT_EQ(Judge(R"({"exp":0})"), Reason::kExpired);
  EXPECT_EQ(Judge(R"({"exp":-0})"), Reason::kExpired);
  EXPECT_EQ(Judge(R"({"exp":0.0})"), Reason::kExpired);
  EXPECT_EQ(Judge(R"({"exp":-1})"), Reason::kExpired);
}

TEST(ExpTest, MayHaveAFraction) {
  EXPECT_EQ(Judge(R"({"exp":1700000000.5})"), Reason::kValid);
  EXPECT_EQ(Judge(R"({"exp":1699999999.5})"), Reason::kExpired);
  EXPECT_EQ(Judge(R"({"exp":1.7e9})"), Reason::kExpired);
  EXPECT_EQ(Judge(R"({"exp":1.700000001e9})"), Reason::kValid);
  EXPECT_EQ(Judge(R"({"exp":1700000000.5})", Policy(),
                  kNow + absl::Milliseconds(500)),
            Reason::kExpired);
}

TEST(ExpTest, NeverOverflows) {
  Policy policy;
  policy.clock_skew = kMaxClockSkew;
  for (const char* future :
       {"9223372036854775807", "9223372036854775808", "18446744073709551615",
        "1e300", "1.7976931348623157e308"}) {
    EXPECT_EQ(Judge(absl::StrCat("{\"exp\":", future, "}"), policy),
              Reason::kValid)
        << future;
  }
  for (const char* past : {"-9223372036854775808", "-1e300", "-1e-300"}) {
    EXPECT_EQ(Judge(absl::StrCat("{\"exp\":", past, "}"), policy),
              Reason::kExpired)
        << past;
  }
}

TEST(ExpTest, IntegersAbove2To53Survive) {
  const absl::Time edge = absl::FromUnixSeconds((int64_t{1} << 53) + 1);
  EXPECT_EQ(Judge(R"({"exp":9007199254740993})", Policy(), edge),
            Reason::kExpired);
  EXPECT_EQ(Judge(R"({"exp":9007199254740994})", Policy(), edge),
            Reason::kValid);
}

TEST(NbfTest, IsTheFirstMomentOfValidity) {
  EXPECT_EQ(Judge(R"({"nbf":1700000000})"), Reason::kValid);
  EXPECT_EQ(Judge(R"({"nbf":1700000001})"), Reason::kNotYetValid);
  EXPECT_EQ(Judge(R"({"nbf":1700000000.25})"), Reason::kNotYetValid);
}

TEST(NbfTest, IsMovedForwardByTheSkew) {
  Policy policy;
  policy.clock_skew = absl::Seconds(60);
  EXPECT_EQ(Judge(R"({"nbf":1700000060})", policy), Reason::kValid);
  EXPECT_EQ(Judge(R"({"nbf":1700000061})", policy), Reason::kNotYetValid);
}

TEST(NbfTest, NeverOverflows) {
  Policy policy;
  policy.clock_skew = kMaxClockSkew;
  for (const char* future :
       {"9223372036854775807", "18446744073709551615", "1e300"}) {
    EXPECT_EQ(Judge(absl::StrCat("{\"nbf\":", future, "}"), policy),
              Reason::kNotYetValid)
        << future;
  }
  for (const char* past : {"-9223372036854775808", "-1e300"}) {
    EXPECT_EQ(Judge(absl::StrCat("{\"nbf\":", past, "}"), policy),
              Reason::kValid)
        << past;
  }
}

TEST(MaxAgeTest, NeedsIat) {
  Policy policy;
  policy.max_age = absl::Seconds(100);
  EXPECT_EQ(Judge("{}", policy), Reason::kClaimMissing);
}

TEST(MaxAgeTest, JudgesHowLongAgoIatWas) {
  Policy policy;
  policy.max_age = absl::Seconds(100);
  EXPECT_EQ(Judge(R"({"iat":1699999900})", policy), Reason::kValid);
  EXPECT_EQ(Judge(R"({"iat":1699999899})", policy), Reason::kTooOld);
  EXPECT_EQ(Judge(R"({"iat":0})", policy), Reason::kTooOld);
  EXPECT_EQ(Judge(R"({"iat":-1e300})", policy), Reason::kTooOld);
  EXPECT_EQ(Judge(R"({"iat":-9223372036854775808})", policy), Reason::kTooOld);
  policy.clock_skew = absl::Seconds(5);
  EXPECT_EQ(Judge(R"({"iat":1699999895})", policy), Reason::kValid);
  EXPECT_EQ(Judge(R"({"iat":1699999894})", policy), Reason::kTooOld);
}

TEST(MaxAgeTest, RefusesAnIatInTheFuture) {
  Policy policy;
  policy.max_age = absl::Seconds(100);
  policy.clock_skew = absl::Seconds(5);
  EXPECT_EQ(Judge(R"({"iat":1700000005})", policy), Reason::kValid);
  EXPECT_EQ(Judge(R"({"iat":1700000006})", policy), Reason::kIssuedInFuture);
  EXPECT_EQ(Judge(R"({"iat":1e300})", policy), Reason::kIssuedInFuture);
  EXPECT_EQ(Judge(R"({"iat":18446744073709551615})", policy),
            Reason::kIssuedInFuture);
}

TEST(MaxAgeTest, WithoutItIatIsNotJudged) {
  EXPECT_EQ(Judge(R"({"iat":1e300})"), Reason::kValid);
  EXPECT_EQ(Judge(R"({"iat":0})"), Reason::kValid);
}

// "exp as text is a type error", whether or not anybody asks about the claim.
TEST(ClaimTypeTest, TimesAreNumbers) {
  for (const char* name : {"exp", "nbf", "iat"}) {
    for (const char* value :
         {"\"1700000001\"", "null", "true", "[1700000001]", "{}"}) {
      EXPECT_EQ(Judge(absl::StrCat("{\"", name, "\":", value, "}")),
                Reason::kClaimType)
          << name << " " << value;
    }
  }
}

// CVE-2025-30144.
TEST(ClaimTypeTest, NamesAreStrings) {
  for (const char* name : {"iss", "sub", "jti"}) {
    for (const char* value : {"1", "null", "true", "[\"a\"]", "{\"a\":1}"}) {
      EXPECT_EQ(Judge(absl::StrCat("{\"", name, "\":", value, "}")),
                Reason::kClaimType)
          << name << " " << value;
    }
    EXPECT_EQ(Judge(absl::StrCat("{\"", name, "\":\"a\"}")), Reason::kValid);
  }
}

// CVE-2020-26160.
TEST(ClaimTypeTest, AudIsAStringOrAListOfStrings) {
  Policy policy;
  policy.audiences = {"a"};
  for (const char* value : {"1", "null", "{}", "{\"a\":\"a\"}", "[\"a\",1]",
                            "[[\"a\"]]", "[null]", "[{\"a\":\"a\"}]"}) {
    const std::string claims = absl::StrCat("{\"aud\":", value, "}");
    EXPECT_EQ(Judge(claims), Reason::kClaimType) << value;
    EXPECT_EQ(Judge(claims, policy), Reason::kClaimType) << value;
  }
}

TEST(ClaimTypeTest, OtherClaimsAreFree) {
  EXPECT_EQ(Judge(R"({"xyz":null,"EXP":"x","expp":[],"e":1})"), Reason::kValid);
}

TEST(IssuerTest, MustBeOneOfThePolicys) {
  Policy policy;
  policy.issuers = {"https://a", "https://b"};
  EXPECT_EQ(Judge(R"({"iss":"https://a"})", policy), Reason::kValid);
  EXPECT_EQ(Judge(R"({"iss":"https://b"})", policy), Reason::kValid);
  EXPECT_EQ(Judge(R"({"iss":"https://A"})", policy), Reason::kIssuerMismatch);
  EXPECT_EQ(Judge(R"({"iss":"https://a/"})", policy), Reason::kIssuerMismatch);
  EXPECT_EQ(Judge(R"({"iss":""})", policy), Reason::kIssuerMismatch);
  EXPECT_EQ(Judge("{}", policy), Reason::kIssuerMissing);
  EXPECT_EQ(Judge(R"({"iss":["https://a"]})", policy), Reason::kClaimType);
}

TEST(IssuerTest, ComparesBeyondANul) {
  Policy policy;
  policy.issuers = {"a"};
  EXPECT_EQ(Judge(R"({"iss":"a\u0000b"})", policy), Reason::kIssuerMismatch);
}

TEST(AudienceTest, MayBeTextOrAList) {
  Policy policy;
  policy.audiences = {"a", "b"};
  EXPECT_EQ(Judge(R"({"aud":"b"})", policy), Reason::kValid);
  EXPECT_EQ(Judge(R"({"aud":["x","b"]})", policy), Reason::kValid);
  EXPECT_EQ(Judge(R"({"aud":["x","y"]})", policy), Reason::kAudienceMismatch);
  EXPECT_EQ(Judge(R"({"aud":"ab"})", policy), Reason::kAudienceMismatch);
  EXPECT_EQ(Judge(R"({"aud":[]})", policy), Reason::kAudienceMismatch);
  EXPECT_EQ(Judge("{}", policy), Reason::kAudienceMissing);
}

TEST(AudienceTest, WithoutAConfiguredAudienceThePolicySaysWhatHappens) {
  Policy policy;
  EXPECT_EQ(Judge(R"({"aud":"b"})", policy), Reason::kValid);
  policy.reject_unexpected_audience = true;
  EXPECT_EQ(Judge(R"({"aud":"b"})", policy), Reason::kAudienceUnexpected);
  EXPECT_EQ(Judge(R"({"aud":[]})", policy), Reason::kAudienceUnexpected);
  EXPECT_EQ(Judge("{}", policy), Reason::kValid);
  policy.audiences = {"b"};
  EXPECT_EQ(Judge(R"({"aud":"b"})", policy), Reason::kValid);
}

TEST(SubjectTest, MustEqualThePolicys) {
  Policy policy;
  policy.subject = "alice";
  EXPECT_EQ(Judge(R"({"sub":"alice"})", policy), Reason::kValid);
  EXPECT_EQ(Judge(R"({"sub":"Alice"})", policy), Reason::kSubjectMismatch);
  EXPECT_EQ(Judge("{}", policy), Reason::kClaimMissing);
}

TEST(RequiredClaimsTest, MustBePresentAndNotNull) {
  Policy policy;
  policy.required_claims = {"exp", "scope"};
  EXPECT_EQ(Judge(R"({"exp":1800000000,"scope":""})", policy), Reason::kValid);
  EXPECT_EQ(Judge(R"({"exp":1800000000,"scope":false})", policy),
            Reason::kValid);
  EXPECT_EQ(Judge(R"({"exp":1800000000,"scope":null})", policy),
            Reason::kClaimMissing);
  EXPECT_EQ(Judge(R"({"scope":""})", policy), Reason::kClaimMissing);
}

TEST(ClaimsJudgeTest, TheFirstFaultInTheStatedOrderIsTheReason) {
  Policy policy;
  policy.issuers = {"i"};
  policy.audiences = {"a"};
  policy.subject = "s";
  policy.required_claims = {"r"};
  policy.max_age = absl::Seconds(10);
  // Each step mends the first fault of the step before.
  EXPECT_EQ(
      Judge(R"({"exp":1,"nbf":2e9,"iat":1,"iss":"","aud":1,"sub":""})", policy),
      Reason::kClaimType);
  EXPECT_EQ(Judge(R"({"exp":1,"nbf":2e9,"iat":1,"iss":"","aud":"","sub":""})",
                  policy),
            Reason::kExpired);
  EXPECT_EQ(Judge(R"({"nbf":2e9,"iat":1,"iss":"","aud":"","sub":""})", policy),
            Reason::kNotYetValid);
  EXPECT_EQ(Judge(R"({"iat":1,"iss":"","aud":"","sub":""})", policy),
            Reason::kTooOld);
  EXPECT_EQ(Judge(R"({"iat":1.7e9,"iss":"","aud":"","sub":""})", policy),
            Reason::kIssuerMismatch);
  EXPECT_EQ(Judge(R"({"iat":1.7e9,"iss":"i","aud":"","sub":""})", policy),
            Reason::kAudienceMismatch);
  EXPECT_EQ(Judge(R"({"iat":1.7e9,"iss":"i","aud":"a","sub":""})", policy),
            Reason::kSubjectMismatch);
  EXPECT_EQ(Judge(R"({"iat":1.7e9,"iss":"i","aud":"a","sub":"s"})", policy),
            Reason::kClaimMissing);
  EXPECT_EQ(
      Judge(R"({"iat":1.7e9,"iss":"i","aud":"a","sub":"s","r":0})", policy),
      Reason::kValid);
}

TEST(JudgeTypeTest, IsFreeWithoutAPolicy) {
  ProtectedHeader header;
  EXPECT_EQ(JudgeType(header, Policy()), Reason::kValid);
  header.typ = "anything";
  EXPECT_EQ(JudgeType(header, Policy()), Reason::kValid);
}

TEST(JudgeTypeTest, AtJwtEqualsApplicationAtJwt) {
  Policy policy;
  policy.typ = "at+jwt";
  ProtectedHeader header;
  EXPECT_EQ(JudgeType(header, policy), Reason::kTypeMissing);
  header.typ = "application/at+jwt";
  EXPECT_EQ(JudgeType(header, policy), Reason::kValid);
  header.typ = "AT+JWT";
  EXPECT_EQ(JudgeType(header, policy), Reason::kValid);
  header.typ = "JWT";
  EXPECT_EQ(JudgeType(header, policy), Reason::kTypeMismatch);
}

}  // namespace
}  // namespace assay::jose
