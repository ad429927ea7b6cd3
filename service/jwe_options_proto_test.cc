#include "service/jwe_options_proto.h"

#include <functional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace assay::service {
namespace {

using ::testing::ElementsAre;

TEST(JweOptionsProtoTest, ReadsEveryFieldOfEncryption) {
  v1::EncryptOptions proto;
  proto.set_key_set("s");
  proto.add_kids("a");
  proto.add_kids("b");
  proto.set_algorithm(v1::KEY_MANAGEMENT_ALGORITHM_ECDH_ES_A256KW);
  proto.set_encryption(v1::CONTENT_ENCRYPTION_ALGORITHM_A128CBC_HS256);
  proto.set_form(v1::JWE_FORM_GENERAL_JSON);
  proto.set_typ("t");
  proto.set_cty("JWT");
  proto.set_apu("u");
  proto.set_apv("v");
  proto.set_pbes2_iterations(5000);
  proto.set_zip(true);
  proto.set_aad("aad");
  proto.set_unprotected_header_json("{}");
  Violations violations;
  const EncryptingOptions options = ReadEncryptOptions(proto, &violations);
  ASSERT_TRUE(violations.empty()) << violations.ToStatus().error_message();
  const engine::EncryptRequest request = options.ToRequest();
  EXPECT_EQ(request.key_set, "s");
  EXPECT_FALSE(request.kid);
  EXPECT_THAT(request.kids, ElementsAre("a", "b"));
  EXPECT_EQ(request.alg, jose::KeyManagement::kEcdhEsA256Kw);
  EXPECT_EQ(request.options.enc, jose::ContentAlgorithm::kA128CbcHs256);
  EXPECT_EQ(request.form, engine::EncryptForm::kGeneralJson);
  EXPECT_EQ(request.options.typ, "t");
  EXPECT_EQ(request.options.cty, "JWT");
  EXPECT_EQ(request.options.apu, "u");
  EXPECT_EQ(request.options.apv, "v");
  EXPECT_EQ(request.options.p2c, 5000u);
  EXPECT_TRUE(request.options.zip);
  EXPECT_EQ(request.aad, "aad");
  EXPECT_EQ(request.unprotected, "{}");
}

TEST(JweOptionsProtoTest, EncryptionHasSafeDefaults) {
  v1::EncryptOptions proto;
  proto.set_key_set("s");
  proto.add_kids("a");
  Violations violations;
  const EncryptingOptions options = ReadEncryptOptions(proto, &violations);
  ASSERT_TRUE(violations.empty()) << violations.ToStatus().error_message();
  const engine::EncryptRequest request = options.ToRequest();
  EXPECT_EQ(request.kid, "a");
  EXPECT_TRUE(request.kids.empty());
  EXPECT_EQ(request.form, engine::EncryptForm::kCompact);
  EXPECT_EQ(request.alg, jose::KeyManagement::kUnspecified);
  EXPECT_EQ(request.options.enc, jose::ContentAlgorithm::kA256Gcm);
  EXPECT_FALSE(request.options.typ);
  EXPECT_FALSE(request.options.cty);
  EXPECT_EQ(request.options.p2c, kDefaultPbes2Iterations);
  EXPECT_FALSE(request.options.zip);
}

TEST(JweOptionsProtoTest, ReadsEveryFieldOfDecryption) {
  v1::DecryptOptions proto;
  proto.set_key_set("s");
  proto.add_algorithms(v1::KEY_MANAGEMENT_ALGORITHM_DIR);
  proto.add_encryptions(v1::CONTENT_ENCRYPTION_ALGORITHM_A256GCM);
  proto.set_form(v1::JWE_FORM_FLATTENED_JSON);
  proto.set_allow_zip(true);
  proto.set_omit_plaintext(true);
  Violations violations;
  const DecryptingOptions options = ReadDecryptOptions(proto, &violations);
  ASSERT_TRUE(violations.empty()) << violations.ToStatus().error_message();
  const engine::DecryptRequest request = options.ToRequest();
  EXPECT_EQ(request.key_set, "s");
  EXPECT_THAT(request.algorithms, ElementsAre(jose::KeyManagement::kDir));
  EXPECT_THAT(request.encryptions,
              ElementsAre(jose::ContentAlgorithm::kA256Gcm));
  EXPECT_EQ(request.form, engine::DecryptForm::kJson);
  EXPECT_EQ(request.zip, jose::Zip::kAllow);
  EXPECT_TRUE(options.omit_plaintext);
}

TEST(JweOptionsProtoTest, CompressionIsRefusedUnlessItIsAskedFor) {
  v1::DecryptOptions proto;
  proto.set_key_set("s");
  Violations violations;
  const DecryptingOptions options = ReadDecryptOptions(proto, &violations);
  EXPECT_EQ(options.ToRequest().zip, jose::Zip::kRefuse);
  EXPECT_EQ(options.ToRequest().form, engine::DecryptForm::kCompact);
}

TEST(JweOptionsProtoTest, EveryWrongFieldOfEncryptionIsNamedByItsPath) {
  const struct {
    const char* violation;
    std::function<void(v1::EncryptOptions*)> change;
  } kBad[] = {
      {"options.key_set: is required", [](auto* o) { o->clear_key_set(); }},
      {"options.kids: several recipients need JWE_FORM_GENERAL_JSON",
       [](auto* o) {
         o->add_kids("a");
         o->add_kids("b");
       }},
      {"options.algorithm: is no known algorithm",
       [](auto* o) {
         o->set_algorithm(static_cast<v1::KeyManagementAlgorithm>(19));
       }},
      {"options.encryption: is no known algorithm",
       [](auto* o) {
         o->set_encryption(static_cast<v1::ContentEncryptionAlgorithm>(-1));
       }},
      {"options.form: is no known form",
       [](auto* o) { o->set_form(static_cast<v1::JweForm>(4)); }},
      {"options.typ: must not be empty", [](auto* o) { o->set_typ(""); }},
      {"options.cty: must not be empty", [](auto* o) { o->set_cty(""); }},
      {"options.aad: needs a form of JSON", [](auto* o) { o->set_aad("a"); }},
      {"options.unprotected_header_json: needs a form of JSON",
       [](auto* o) { o->set_unprotected_header_json("{}"); }},
  };
  for (const auto& bad : kBad) {
    v1::EncryptOptions proto;
    proto.set_key_set("s");
    bad.change(&proto);
    Violations violations;
    ReadEncryptOptions(proto, &violations);
    EXPECT_EQ(violations.ToStatus().error_message(), bad.violation);
  }
}

TEST(JweOptionsProtoTest, EveryWrongFieldOfDecryptionIsNamedByItsPath) {
  const struct {
    const char* violation;
    std::function<void(v1::DecryptOptions*)> change;
  } kBad[] = {
      {"options.key_set: is required", [](auto* o) { o->clear_key_set(); }},
      {"options.algorithms[0]: is no known algorithm",
       [](auto* o) {
         o->add_algorithms(v1::KEY_MANAGEMENT_ALGORITHM_UNSPECIFIED);
       }},
      {"options.encryptions[1]: is no known algorithm",
       [](auto* o) {
         o->add_encryptions(v1::CONTENT_ENCRYPTION_ALGORITHM_A128GCM);
         o->add_encryptions(static_cast<v1::ContentEncryptionAlgorithm>(7));
       }},
      {"options.form: is no known form",
       [](auto* o) { o->set_form(static_cast<v1::JweForm>(4)); }},
  };
  for (const auto& bad : kBad) {
    v1::DecryptOptions proto;
    proto.set_key_set("s");
    bad.change(&proto);
    Violations violations;
    ReadDecryptOptions(proto, &violations);
    EXPECT_EQ(violations.ToStatus().error_message(), bad.violation);
  }
}

}  // namespace
}  // namespace assay::service
