#include "service/jwe_options_proto.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace assay::service {
namespace {

// The wire's numbers are the core's.
static_assert(jose::kNumKeyManagements == v1::KeyManagementAlgorithm_ARRAYSIZE);
static_assert(static_cast<int>(jose::KeyManagement::kPbes2Hs512A256Kw) ==
              v1::KEY_MANAGEMENT_ALGORITHM_PBES2_HS512_A256KW);
static_assert(jose::kNumContentAlgorithms ==
              v1::ContentEncryptionAlgorithm_ARRAYSIZE);
static_assert(static_cast<int>(jose::ContentAlgorithm::kA256Gcm) ==
              v1::CONTENT_ENCRYPTION_ALGORITHM_A256GCM);

bool IsKeyManagement(int number) {
  return number >= 0 && number < static_cast<int>(jose::kNumKeyManagements);
}

bool IsContentAlgorithm(int number) {
  return number >= 0 && number < static_cast<int>(jose::kNumContentAlgorithms);
}

engine::EncryptForm ReadForm(const v1::EncryptOptions& proto,
                             Violations* violations) {
  switch (proto.form()) {
    case v1::JWE_FORM_UNSPECIFIED:
    case v1::JWE_FORM_COMPACT:
      break;
    case v1::JWE_FORM_FLATTENED_JSON:
      return engine::EncryptForm::kFlattenedJson;
    case v1::JWE_FORM_GENERAL_JSON:
      return engine::EncryptForm::kGeneralJson;
    default:
      violations->Add("options.form", "is no known form");
  }
  return engine::EncryptForm::kCompact;
}

// What a form has no place for.
void CheckForm(const EncryptingOptions& options, Violations* violations) {
  if (options.form != engine::EncryptForm::kGeneralJson &&
      options.kids.size() > 1) {
    violations->Add("options.kids",
                    "several recipients need JWE_FORM_GENERAL_JSON");
  }
  if (options.form != engine::EncryptForm::kCompact) return;
  if (!options.aad.empty()) {
    violations->Add("options.aad", "needs a form of JSON");
  }
  if (!options.unprotected.empty()) {
    violations->Add("options.unprotected_header_json", "needs a form of JSON");
  }
}

absl::optional<std::string> ReadType(bool is_given, const std::string& type,
                                     absl::string_view field,
                                     Violations* violations) {
  if (!is_given) return absl::nullopt;
  if (type.empty()) violations->Add(field, "must not be empty");
  return type;
}

engine::DecryptForm ReadForm(const v1::DecryptOptions& proto,
                             Violations* violations) {
  switch (proto.form()) {
    case v1::JWE_FORM_UNSPECIFIED:
    case v1::JWE_FORM_COMPACT:
      break;
    case v1::JWE_FORM_FLATTENED_JSON:
    case v1::JWE_FORM_GENERAL_JSON:
      return engine::DecryptForm::kJson;
    default:
      violations->Add("options.form", "is no known form");
  }
  return engine::DecryptForm::kCompact;
}

template <typename Algorithm>
void ReadAccepted(const google::protobuf::RepeatedField<int>& proto,
                  absl::string_view field, bool (*is_known)(int),
                  std::vector<Algorithm>* accepted, Violations* violations) {
  for (int i = 0; i < proto.size(); ++i) {
    if (proto[i] == 0 || !is_known(proto[i])) {
      violations->Add(absl::StrCat("options.", field, "[", i, "]"),
                      "is no known algorithm");
      continue;
    }
    accepted->push_back(static_cast<Algorithm>(proto[i]));
  }
}

}  // namespace

engine::EncryptRequest EncryptingOptions::ToRequest() const {
  engine::EncryptRequest request;
  request.key_set = key_set;
  request.form = form;
  if (form == engine::EncryptForm::kGeneralJson) {
    request.kids = kids;
  } else if (!kids.empty()) {
    request.kid = kids[0];
  }
  request.alg = alg;
  request.options.enc = enc;
  if (typ) request.options.typ = *typ;
  if (cty) request.options.cty = *cty;
  request.options.apu = apu;
  request.options.apv = apv;
  request.options.p2c = p2c;
  request.options.zip = zip;
  request.aad = aad;
  request.unprotected = unprotected;
  return request;
}

engine::DecryptRequest DecryptingOptions::ToRequest() const {
  engine::DecryptRequest request;
  request.key_set = key_set;
  request.form = form;
  request.zip = zip;
  request.algorithms = algorithms;
  request.encryptions = encryptions;
  return request;
}

EncryptingOptions ReadEncryptOptions(const v1::EncryptOptions& proto,
                                     Violations* violations) {
  EncryptingOptions options;
  options.key_set = proto.key_set();
  if (proto.key_set().empty()) {
    violations->Add("options.key_set", "is required");
  }
  options.kids = {proto.kids().begin(), proto.kids().end()};
  if (!IsKeyManagement(proto.algorithm())) {
    violations->Add("options.algorithm", "is no known algorithm");
  } else {
    options.alg = static_cast<jose::KeyManagement>(proto.algorithm());
  }
  if (!IsContentAlgorithm(proto.encryption())) {
    violations->Add("options.encryption", "is no known algorithm");
  } else if (proto.encryption() != 0) {
    options.enc = static_cast<jose::ContentAlgorithm>(proto.encryption());
  }
  options.form = ReadForm(proto, violations);
  options.typ =
      ReadType(proto.has_typ(), proto.typ(), "options.typ", violations);
  options.cty =
      ReadType(proto.has_cty(), proto.cty(), "options.cty", violations);
  options.apu = proto.apu();
  options.apv = proto.apv();
  if (proto.pbes2_iterations() != 0) options.p2c = proto.pbes2_iterations();
  options.zip = proto.zip();
  options.aad = proto.aad();
  options.unprotected = proto.unprotected_header_json();
  CheckForm(options, violations);
  return options;
}

DecryptingOptions ReadDecryptOptions(const v1::DecryptOptions& proto,
                                     Violations* violations) {
  DecryptingOptions options;
  options.key_set = proto.key_set();
  if (proto.key_set().empty()) {
    violations->Add("options.key_set", "is required");
  }
  ReadAccepted(proto.algorithms(), "algorithms", IsKeyManagement,
               &options.algorithms, violations);
  ReadAccepted(proto.encryptions(), "encryptions", IsContentAlgorithm,
               &options.encryptions, violations);
  options.form = ReadForm(proto, violations);
  if (proto.allow_zip()) options.zip = jose::Zip::kAllow;
  options.omit_plaintext = proto.omit_plaintext();
  return options;
}

}  // namespace assay::service
