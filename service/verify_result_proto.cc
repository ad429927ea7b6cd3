#include "service/verify_result_proto.h"

#include "absl/strings/string_view.h"
#include "core/base/reason.h"

namespace assay::service {
namespace {

// The wire's numbers are the core's.
static_assert(static_cast<int>(Verdict::kValid) == v1::VERDICT_VALID);
static_assert(static_cast<int>(Verdict::kDecryptionFailed) ==
              v1::VERDICT_DECRYPTION_FAILED);
static_assert(kNumVerdicts == v1::Verdict_ARRAYSIZE);

// Of a VerifyResult or a SignatureResult.
template <typename Result>
void WriteReason(Reason reason, Result* proto) {
  const absl::string_view text = ReasonText(reason);
  proto->set_reason(text.data(), text.size());
}

// Of a signature that is not good, nothing of its header is told.
void WriteSignature(const engine::TokenResult& result,
                    v1::SignatureResult* proto) {
  proto->set_verdict(static_cast<v1::Verdict>(result.verdict()));
  if (result.valid()) {
    proto->set_algorithm(static_cast<v1::SignatureAlgorithm>(result.alg()));
    proto->set_kid(result.kid().data(), result.kid().size());
    return;
  }
  WriteReason(result.reason(), proto);
}

void WriteLayer(const engine::NestedLayer& layer, v1::TokenLayer* proto) {
  if (layer.encrypted) {
    proto->set_key_management(
        static_cast<v1::KeyManagementAlgorithm>(layer.key_management));
    proto->set_encryption(
        static_cast<v1::ContentEncryptionAlgorithm>(layer.enc));
  } else {
    proto->set_algorithm(static_cast<v1::SignatureAlgorithm>(layer.alg));
  }
  if (layer.kid.has_value()) proto->set_kid(*layer.kid);
}

}  // namespace

void WriteResult(const engine::TokenResult& result, v1::VerifyResult* proto) {
  proto->set_verdict(static_cast<v1::Verdict>(result.verdict()));
  proto->set_algorithm(static_cast<v1::SignatureAlgorithm>(result.alg()));
  if (!result.kid().empty()) {
    proto->set_kid(result.kid().data(), result.kid().size());
  }
  if (!result.valid()) WriteReason(result.reason(), proto);
  if (!result.payload().empty()) {
    proto->set_payload(result.payload().data(), result.payload().size());
  }
}

void WriteResult(const engine::JwsResult& result, bool has_signatures,
                 v1::VerifyResult* proto) {
  proto->set_verdict(static_cast<v1::Verdict>(result.verdict()));
  proto->set_algorithm(static_cast<v1::SignatureAlgorithm>(result.alg));
  if (result.kid.has_value()) {
    proto->set_kid(result.kid->data(), result.kid->size());
  }
  if (!result.valid()) WriteReason(result.reason, proto);
  proto->set_payload(result.payload.data(), result.payload.size());
  if (!has_signatures) return;
  for (const engine::TokenResult& signature : result.signatures) {
    WriteSignature(signature, proto->add_signatures());
  }
}

void WriteResult(const engine::NestedResult& result, v1::VerifyResult* proto) {
  proto->set_verdict(static_cast<v1::Verdict>(result.verdict()));
  if (!result.valid()) {
    WriteReason(result.reason, proto);
    return;
  }
  const engine::NestedLayer& signer = result.path.back();
  proto->set_algorithm(static_cast<v1::SignatureAlgorithm>(signer.alg));
  if (signer.kid.has_value()) proto->set_kid(*signer.kid);
  proto->set_payload(result.payload);
  for (const engine::NestedLayer& layer : result.path) {
    WriteLayer(layer, proto->add_path());
  }
}

}  // namespace assay::service
