#include "service/policy_proto.h"

#include <functional>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::service {
namespace {

using ::testing::HasSubstr;

v1::Policy GoodPolicy() {
  v1::Policy proto;
  proto.set_key_set("default");
  return proto;
}

TEST(PolicyProtoTest, TheLeastPolicyHasTheDefaults) {
  Violations violations;
  const VerifyPolicy policy = ReadPolicy(GoodPolicy(), &violations);
  EXPECT_TRUE(violations.empty());
  EXPECT_EQ(policy.key_set, "default");
  EXPECT_EQ(policy.policy.form, jose::Form::kJwt);
  EXPECT_TRUE(policy.policy.algorithms.empty());
  EXPECT_EQ(policy.view, engine::ResultView::kVerdict);
  EXPECT_FALSE(policy.policy.subject);
  EXPECT_FALSE(policy.policy.max_age);
  EXPECT_FALSE(policy.policy.as_of);
}

TEST(PolicyProtoTest, ReadsAProfileWithWhatItDemands) {
  v1::Policy proto = GoodPolicy();
  proto.add_issuers("i");
  proto.add_audiences("a");
  v1::Profile* const profile = proto.mutable_profile();
  profile->set_kind(v1::PROFILE_KIND_ID_TOKEN);
  profile->set_nonce("n");
  profile->set_access_token("t");
  profile->set_code("c");
  profile->mutable_max_auth_age()->set_seconds(60);
  profile->add_trusted_audiences("b");
  Violations violations;
  const VerifyPolicy policy = ReadPolicy(proto, &violations);
  ASSERT_TRUE(violations.empty()) << violations.ToStatus().error_message();
  ASSERT_TRUE(policy.policy.profile.has_value());
  EXPECT_EQ(policy.policy.profile->kind, jose::ProfileKind::kIdToken);
  EXPECT_EQ(policy.policy.profile->nonce, "n");
  EXPECT_EQ(policy.policy.profile->access_token, "t");
  EXPECT_EQ(policy.policy.profile->code, "c");
  EXPECT_EQ(policy.policy.profile->max_auth_age, absl::Minutes(1));
  EXPECT_EQ(policy.policy.profile->trusted_audiences,
            std::vector<std::string>({"b"}));
  EXPECT_THAT(policy.policy.required_claims, ::testing::Contains("at_hash"));
}

TEST(PolicyProtoTest, RefusesAProfileThatContradictsThePolicy) {
  v1::Policy proto = GoodPolicy();
  proto.mutable_profile()->set_kind(v1::PROFILE_KIND_JWT_SVID);
  Violations violations;
  ReadPolicy(proto, &violations);
  EXPECT_FALSE(violations.empty());
  EXPECT_THAT(violations.ToStatus().error_details(),
              HasSubstr("the profile jwt-svid needs the audience"));
}

TEST(PolicyProtoTest, AProfileHasAKind) {
  for (const int kind : {0, 5, -1}) {
    v1::Policy proto = GoodPolicy();
    proto.mutable_profile()->set_kind(static_cast<v1::ProfileKind>(kind));
    Violations violations;
    ReadPolicy(proto, &violations);
    EXPECT_FALSE(violations.empty()) << kind;
  }
}

TEST(PolicyProtoTest, ReadsEveryField) {
  v1::Policy proto = GoodPolicy();
  proto.add_algorithms(v1::SIGNATURE_ALGORITHM_ES256);
  proto.add_issuers("i");
  proto.add_audiences("a");
  proto.set_reject_unexpected_audience(true);
  proto.set_subject("");
  proto.set_typ("at+jwt");
  proto.add_required_claims("r");
  proto.mutable_clock_skew()->set_seconds(60);
  proto.mutable_max_age()->set_seconds(3600);
  proto.mutable_as_of()->set_seconds(1000);
  proto.set_form(v1::TOKEN_FORM_JWT);
  proto.set_view(v1::RESULT_VIEW_SELECTED_CLAIMS);
  proto.add_selected_claims("c");
  Violations violations;
  const VerifyPolicy policy = ReadPolicy(proto, &violations);
  ASSERT_TRUE(violations.empty()) << violations.ToStatus().error_message();
  EXPECT_EQ(policy.policy.algorithms,
            jose::AlgorithmSet({jose::Algorithm::kEs256}));
  EXPECT_EQ(policy.policy.issuers, std::vector<std::string>({"i"}));
  EXPECT_EQ(policy.policy.audiences, std::vector<std::string>({"a"}));
  EXPECT_TRUE(policy.policy.reject_unexpected_audience);
  EXPECT_EQ(policy.policy.subject, "");
  EXPECT_EQ(policy.policy.typ, "at+jwt");
  EXPECT_EQ(policy.policy.required_claims, std::vector<std::string>({"r"}));
  EXPECT_EQ(policy.policy.clock_skew, absl::Seconds(60));
  EXPECT_EQ(policy.policy.max_age, absl::Hours(1));
  EXPECT_EQ(policy.policy.as_of, absl::FromUnixSeconds(1000));
  EXPECT_EQ(policy.view, engine::ResultView::kSelectedClaims);
  EXPECT_EQ(policy.selected_claims, std::vector<std::string>({"c"}));
}

TEST(PolicyProtoTest, ReadsWhatIsAskedOfAJwsInJson) {
  v1::Policy proto = GoodPolicy();
  proto.set_form(v1::TOKEN_FORM_JWS_JSON);
  proto.set_signatures(v1::SIGNATURE_RULE_ALL);
  proto.add_required_kids("k");
  proto.set_unencoded_payload(true);
  Violations violations;
  const jose::Policy policy = ReadPolicy(proto, &violations).policy;
  EXPECT_TRUE(violations.empty());
  EXPECT_EQ(policy.form, jose::Form::kJwsJson);
  EXPECT_EQ(policy.signatures, jose::SignatureRule::kAll);
  EXPECT_EQ(policy.required_kids, std::vector<std::string>({"k"}));
  EXPECT_TRUE(policy.unencoded_payload);
}

TEST(PolicyProtoTest, ReadsWhatIsAskedOfNestedTokens) {
  v1::Policy proto = GoodPolicy();
  proto.set_form(v1::TOKEN_FORM_NESTED);
  proto.set_decryption_key_set("mine");
  proto.add_issuers("i");
  proto.set_view(v1::RESULT_VIEW_SELECTED_CLAIMS);
  proto.add_selected_claims("sub");
  Violations violations;
  VerifyPolicy policy = ReadPolicy(proto, &violations);
  ASSERT_TRUE(violations.empty()) << violations.ToStatus().error_message();
  EXPECT_TRUE(policy.is_nested);
  EXPECT_EQ(policy.decryption_key_set, "mine");
  EXPECT_EQ(policy.max_layers, kDefaultNestedLayers);
  EXPECT_EQ(policy.policy.form, jose::Form::kJwt);
  EXPECT_EQ(policy.policy.issuers, std::vector<std::string>({"i"}));
  proto.set_max_layers(kMaxNestedLayers);
  policy = ReadPolicy(proto, &violations);
  EXPECT_TRUE(violations.empty());
  EXPECT_EQ(policy.max_layers, kMaxNestedLayers);
  EXPECT_FALSE(ReadPolicy(GoodPolicy(), &violations).is_nested);
}

TEST(PolicyProtoTest, WhatIsWrongWithANestedPolicySaysWhatToDo) {
  v1::Policy proto = GoodPolicy();
  proto.set_decryption_key_set("mine");
  proto.set_max_layers(2);
  Violations of_a_jwt;
  ReadPolicy(proto, &of_a_jwt);
  EXPECT_EQ(of_a_jwt.ToStatus().error_message(),
            "policy.decryption_key_set: needs the form TOKEN_FORM_NESTED; "
            "policy.max_layers: needs the form TOKEN_FORM_NESTED");
  proto.set_form(v1::TOKEN_FORM_NESTED);
  proto.clear_decryption_key_set();
  for (const unsigned layers : {1u, 5u, ~0u}) {
    proto.set_max_layers(layers);
    Violations violations;
    ReadPolicy(proto, &violations);
    EXPECT_EQ(violations.ToStatus().error_message(),
              "policy.decryption_key_set: is required for TOKEN_FORM_NESTED; "
              "policy.max_layers: must be from 2 to 4");
  }
}

struct BadPolicy {
  const char* field;
  std::function<void(v1::Policy*)> change;
};

TEST(PolicyProtoTest, EveryWrongFieldIsNamedByItsPath) {
  const BadPolicy kBad[] = {
      {"policy.key_set", [](auto* p) { p->clear_key_set(); }},
      {"policy.algorithms[0]",
       [](auto* p) { p->add_algorithms(v1::SIGNATURE_ALGORITHM_UNSPECIFIED); }},
      {"policy.algorithms[0]",
       [](auto* p) {
         p->add_algorithms(static_cast<v1::SignatureAlgorithm>(99));
       }},
      {"policy.algorithms[0]",
       [](auto* p) {
         p->add_algorithms(static_cast<v1::SignatureAlgorithm>(-1));
       }},
      {"policy.issuers[0]", [](auto* p) { p->add_issuers(""); }},
      {"policy.audiences[0]", [](auto* p) { p->add_audiences(""); }},
      {"policy.required_claims[0]",
       [](auto* p) { p->add_required_claims(""); }},
      {"policy.typ", [](auto* p) { p->set_typ(""); }},
      {"policy.clock_skew",
       [](auto* p) { p->mutable_clock_skew()->set_seconds(-1); }},
      {"policy.clock_skew",
       [](auto* p) { p->mutable_clock_skew()->set_seconds(3601); }},
      {"policy.clock_skew",
       [](auto* p) { p->mutable_clock_skew()->set_nanos(2000000000); }},
      {"policy.max_age", [](auto* p) { p->mutable_max_age(); }},
      {"policy.as_of", [](auto* p) { p->mutable_as_of()->set_nanos(-1); }},
      {"policy.form",
       [](auto* p) { p->set_form(static_cast<v1::TokenForm>(9)); }},
      {"policy.view",
       [](auto* p) { p->set_view(static_cast<v1::ResultView>(9)); }},
      {"policy.selected_claims", [](auto* p) { p->add_selected_claims("x"); }},
      {"policy.selected_claims",
       [](auto* p) { p->set_view(v1::RESULT_VIEW_SELECTED_CLAIMS); }},
      {"policy.selected_claims[1]",
       [](auto* p) {
         p->set_view(v1::RESULT_VIEW_SELECTED_CLAIMS);
         p->add_selected_claims("x");
         p->add_selected_claims("x");
       }},
      {"policy.selected_claims",
       [](auto* p) {
         p->set_view(v1::RESULT_VIEW_SELECTED_CLAIMS);
         for (int i = 0; i <= kMaxSelectedClaims; ++i) {
           p->add_selected_claims(absl::StrCat("c", i));
         }
       }},
      {"policy.view",
       [](auto* p) {
         p->set_form(v1::TOKEN_FORM_JWS);
         p->set_view(v1::RESULT_VIEW_SELECTED_CLAIMS);
         p->add_selected_claims("x");
       }},
      {"policy.view",
       [](auto* p) {
         p->set_form(v1::TOKEN_FORM_JWS_JSON);
         p->set_view(v1::RESULT_VIEW_SELECTED_CLAIMS);
         p->add_selected_claims("x");
       }},
      {"policy.signatures",
       [](auto* p) { p->set_signatures(static_cast<v1::SignatureRule>(9)); }},
      {"policy.required_kids[0]", [](auto* p) { p->add_required_kids(""); }},
      {"policy", [](auto* p) { p->set_unencoded_payload(true); }},
      {"policy", [](auto* p) { p->set_signatures(v1::SIGNATURE_RULE_ALL); }},
      {"policy.decryption_key_set",
       [](auto* p) {
         p->set_form(v1::TOKEN_FORM_JWS);
         p->set_decryption_key_set("mine");
       }},
      {"policy",
       [](auto* p) {
         p->set_form(v1::TOKEN_FORM_NESTED);
         p->set_decryption_key_set("mine");
         p->add_required_kids("k");
       }},
  };
  for (const BadPolicy& bad : kBad) {
    v1::Policy proto = GoodPolicy();
    bad.change(&proto);
    Violations violations;
    ReadPolicy(proto, &violations);
    EXPECT_THAT(violations.ToStatus().error_message(),
                HasSubstr(absl::StrCat(bad.field, ": ")))
        << proto.DebugString();
  }
}

}  // namespace
}  // namespace assay::service
