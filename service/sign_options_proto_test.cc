#include "service/sign_options_proto.h"

#include <functional>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::service {
namespace {

using ::testing::HasSubstr;

TEST(SignOptionsProtoTest, ReadsEveryField) {
  v1::SignOptions proto;
  proto.set_key_set("s");
  proto.set_kid("");
  proto.set_algorithm(v1::SIGNATURE_ALGORITHM_PS512);
  proto.set_form(v1::TOKEN_FORM_JWT);
  proto.set_typ("JWT");
  proto.set_extra_header_json("{}");
  proto.set_stamp_iat(true);
  proto.mutable_nbf_after()->set_seconds(-5);
  proto.mutable_exp_after()->set_seconds(60);
  proto.set_stamp_jti(true);
  Violations violations;
  const SigningOptions options = ReadSignOptions(proto, &violations);
  ASSERT_TRUE(violations.empty()) << violations.ToStatus().error_message();
  EXPECT_EQ(options.key_set, "s");
  EXPECT_EQ(options.kid, "");
  EXPECT_EQ(options.alg, jose::Algorithm::kPs512);
  EXPECT_EQ(options.options.form, jose::Form::kJwt);
  EXPECT_EQ(options.options.typ, "JWT");
  EXPECT_EQ(options.options.extra_header, "{}");
  EXPECT_TRUE(options.options.stamp_iat);
  EXPECT_EQ(options.options.stamp_nbf, absl::Seconds(-5));
  EXPECT_EQ(options.options.stamp_exp, absl::Seconds(60));
  EXPECT_TRUE(options.options.stamp_jti);
}

TEST(SignOptionsProtoTest, AbsentIsNotEmpty) {
  v1::SignOptions proto;
  proto.set_key_set("s");
  Violations violations;
  const SigningOptions options = ReadSignOptions(proto, &violations);
  EXPECT_FALSE(options.kid);
  EXPECT_FALSE(options.options.typ);
  EXPECT_FALSE(options.options.stamp_exp);
}

TEST(SignOptionsProtoTest, ANestedTokenIsNotSignedButToldHowToBeMade) {
  v1::SignOptions proto;
  proto.set_key_set("s");
  proto.set_form(v1::TOKEN_FORM_NESTED);
  Violations violations;
  ReadSignOptions(proto, &violations);
  EXPECT_EQ(violations.ToStatus().error_message(),
            "options.form: a nested token is signed as a JWT, then encrypted "
            "with the cty JWT by EncrypterService");
}

struct BadOptions {
  const char* field;
  std::function<void(v1::SignOptions*)> change;
};

TEST(SignOptionsProtoTest, EveryWrongFieldIsNamedByItsPath) {
  const BadOptions kBad[] = {
      {"options.key_set", [](auto* o) { o->clear_key_set(); }},
      {"options.algorithm",
       [](auto* o) {
         o->set_algorithm(static_cast<v1::SignatureAlgorithm>(99));
       }},
      {"options.form",
       [](auto* o) { o->set_form(static_cast<v1::TokenForm>(9)); }},
      {"options.form",
       [](auto* o) {
         o->set_form(v1::TOKEN_FORM_JWS);
         o->set_stamp_iat(true);
       }},
      {"options.typ", [](auto* o) { o->set_typ(""); }},
      {"options.kids", [](auto* o) { o->add_kids("k"); }},
      {"options.kid",
       [](auto* o) {
         o->set_form(v1::TOKEN_FORM_JWS_JSON);
         o->set_kid("k");
         o->add_kids("k");
       }},
      {"options.detached", [](auto* o) { o->set_detached(true); }},
      {"options.unencoded_payload",
       [](auto* o) { o->set_unencoded_payload(true); }},
      {"options.nbf_after",
       [](auto* o) { o->mutable_nbf_after()->set_seconds(int64_t{1} << 40); }},
      {"options.exp_after",
       [](auto* o) {
         o->mutable_exp_after()->set_seconds(int64_t{100} * 366 * 86400 + 1);
       }},
  };
  for (const BadOptions& bad : kBad) {
    v1::SignOptions proto;
    proto.set_key_set("s");
    bad.change(&proto);
    Violations violations;
    ReadSignOptions(proto, &violations);
    EXPECT_THAT(violations.ToStatus().error_message(),
                HasSubstr(absl::StrCat(bad.field, ": ")))
        << proto.DebugString();
  }
}

}  // namespace
}  // namespace assay::service
