#include "core/jose/policy.h"

#include <utility>

#include "core/base/limits.h"
#include "gtest/gtest.h"

namespace assay::jose {
namespace {

// Whether `policy` is refused with a message that starts with `field`.
testing::AssertionResult IsRefusedFor(const Policy& policy,
                                      absl::string_view field) {
  const absl::Status status = ValidatePolicy(policy);
  if (status.code() == absl::StatusCode::kInvalidArgument &&
      status.message().substr(0, field.size() + 1) ==
          std::string(field) + ":") {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << status;
}

TEST(ValidatePolicyTest, AcceptsTheDefault) {
  EXPECT_TRUE(ValidatePolicy(Policy()).ok());
}

TEST(ValidatePolicyTest, AcceptsSkewUpToAnHour) {
  Policy policy;
  policy.clock_skew = absl::Hours(1);
  EXPECT_TRUE(ValidatePolicy(policy).ok());
  policy.clock_skew += absl::Nanoseconds(1);
  EXPECT_TRUE(IsRefusedFor(policy, "clock_skew"));
  policy.clock_skew = -absl::Nanoseconds(1);
  EXPECT_TRUE(IsRefusedFor(policy, "clock_skew"));
}

TEST(ValidatePolicyTest, RefusesAMaxAgeThatIsNotPositive) {
  Policy policy;
  policy.max_age = absl::Nanoseconds(1);
  EXPECT_TRUE(ValidatePolicy(policy).ok());
  policy.max_age = absl::ZeroDuration();
  EXPECT_TRUE(IsRefusedFor(policy, "max_age"));
  policy.max_age = -absl::Seconds(1);
  EXPECT_TRUE(IsRefusedFor(policy, "max_age"));
}

TEST(ValidatePolicyTest, RefusesEmptyNames) {
  Policy issuers, audiences, claims, typ;
  issuers.issuers = {"a", ""};
  audiences.audiences = {""};
  claims.required_claims = {""};
  typ.typ = "";
  EXPECT_TRUE(IsRefusedFor(issuers, "issuers"));
  EXPECT_TRUE(IsRefusedFor(audiences, "audiences"));
  EXPECT_TRUE(IsRefusedFor(claims, "required_claims"));
  EXPECT_TRUE(IsRefusedFor(typ, "typ"));
}

// Every token is compared with every name: lists without a bound would let one
// request cost what thousands do.
TEST(ValidatePolicyTest, RefusesListsThatMakeEveryTokenSlow) {
  const std::vector<std::string> most(kMaxPolicyNames, "a");
  Policy full;
  full.issuers = full.audiences = full.required_claims = most;
  EXPECT_TRUE(ValidatePolicy(full).ok());

  Policy issuers = full, audiences = full, claims = full;
  issuers.issuers.push_back("a");
  audiences.audiences.push_back("a");
  claims.required_claims.push_back("a");
  EXPECT_TRUE(IsRefusedFor(issuers, "issuers"));
  EXPECT_TRUE(IsRefusedFor(audiences, "audiences"));
  EXPECT_TRUE(IsRefusedFor(claims, "required_claims"));
}

// What is demanded is judged, or it is refused: never passed over.
TEST(ValidatePolicyTest, RefusesDemandsOnClaimsOfAJws) {
  Policy issuers, audiences, unexpected, subject, claims, age;
  issuers.issuers = {"a"};
  audiences.audiences = {"a"};
  unexpected.reject_unexpected_audience = true;
  subject.subject = "a";
  claims.required_claims = {"a"};
  age.max_age = absl::Hours(1);
  const std::pair<Policy*, const char*> kDemands[] = {
      {&issuers, "issuers"},
      {&audiences, "audiences"},
      {&unexpected, "reject_unexpected_audience"},
      {&subject, "subject"},
      {&claims, "required_claims"},
      {&age, "max_age"},
  };
  for (const auto& [policy, field] : kDemands) {
    EXPECT_TRUE(ValidatePolicy(*policy).ok()) << field;
    policy->form = Form::kJws;
    EXPECT_TRUE(IsRefusedFor(*policy, field)) << field;
  }
  Policy rest;
  rest.form = Form::kJws;
  rest.typ = "a";
  rest.clock_skew = absl::Seconds(1);
  rest.as_of = absl::UnixEpoch();
  EXPECT_TRUE(ValidatePolicy(rest).ok());
}

TEST(ValidatePolicyTest, RefusesAClaimDemandOfAJwsInJson) {
  Policy policy;
  policy.form = Form::kJwsJson;
  policy.issuers = {"i"};
  EXPECT_TRUE(IsRefusedFor(policy, "issuers"));
}

TEST(ValidatePolicyTest, AcceptsDemandsOnSignaturesOfAJwsInJsonOnly) {
  Policy all;
  all.signatures = SignatureRule::kAll;
  Policy named;
  named.required_kids = {"k"};
  for (Form form : {Form::kJwt, Form::kJws}) {
    all.form = named.form = form;
    EXPECT_TRUE(IsRefusedFor(all, "signatures"));
    EXPECT_TRUE(IsRefusedFor(named, "required_kids"));
  }
  all.form = named.form = Form::kJwsJson;
  EXPECT_TRUE(ValidatePolicy(all).ok());
  EXPECT_TRUE(ValidatePolicy(named).ok());
  named.required_kids = {""};
  EXPECT_TRUE(IsRefusedFor(named, "required_kids"));
  named.required_kids.assign(kMaxJwsSignatures + 1, "k");
  EXPECT_TRUE(IsRefusedFor(named, "required_kids"));
}

// RFC 7797 7.
TEST(ValidatePolicyTest, RefusesAnUnencodedPayloadOfAJwt) {
  Policy policy;
  policy.unencoded_payload = true;
  EXPECT_TRUE(IsRefusedFor(policy, "unencoded_payload"));
  policy.form = Form::kJws;
  EXPECT_TRUE(ValidatePolicy(policy).ok());
}

TEST(ValidatePolicyTest, AcceptsTheEmptySubject) {  // "" is a legal sub.
  Policy policy;
  policy.subject = "";
  EXPECT_TRUE(ValidatePolicy(policy).ok());
}

}  // namespace
}  // namespace assay::jose
