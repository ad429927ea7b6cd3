// JWEs in JSON, every recipient of them. The parser is reused, and must not
// remember the token before; what it accepts must hold together.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/jwe_compact.h"
#include "core/jose/jwe_header.h"
#include "core/jose/jwe_json.h"

namespace {

using assay::DecryptReason;
using assay::jose::JweHeader;
using assay::jose::UnverifiedJwe;

assay::Limits FewRecipients() {
  assay::Limits limits;
  limits.max_recipients = 4;
  return limits;
}

void Require(bool condition) {
  if (!condition) std::abort();
}

void CheckContent(const UnverifiedJwe& jwe,
                  const assay::jose::JweJsonParser& parser) {
  Require(!jwe.iv.empty() && !jwe.tag.empty());
  const bool has_dot = jwe.header.find('.') != absl::string_view::npos;
  // A protected header that is not base64url has been refused.
  Require(has_dot == parser.aad().has_value());
}

void CheckRecipient(const JweHeader& header, size_t num_recipients) {
  Require(header.reason != DecryptReason::kUnspecified);
  Require(header.reason != DecryptReason::kUnprotectedParameter);
  Require(header.reason != DecryptReason::kHeaderNamesOverlap);
  if (header.reason != DecryptReason::kValid) return;
  Require(header.alg != assay::jose::KeyManagement::kUnspecified);
  Require(header.enc != assay::jose::ContentAlgorithm::kUnspecified);
  Require(num_recipients == 1 || assay::jose::HasEncryptedKey(header.alg));
}

// The reason of the token, and those of its recipients.
std::vector<DecryptReason> Parse(absl::string_view token,
                                 assay::jose::JweJsonParser* parser) {
  std::vector<DecryptReason> reasons = {parser->Parse(token)};
  if (reasons[0] != DecryptReason::kValid) return reasons;
  const size_t num = parser->num_recipients();
  Require(num >= 1 && num <= FewRecipients().max_recipients);
  assay::jose::ContentAlgorithm enc =
      assay::jose::ContentAlgorithm::kUnspecified;
  for (size_t i = 0; i < num; ++i) {
    UnverifiedJwe jwe;
    JweHeader header;
    reasons.push_back(parser->ReadRecipient(i, &jwe, &header));
    Require(reasons.back() == header.reason);
    CheckContent(jwe, *parser);
    CheckRecipient(header, num);
    if (i == 0) enc = header.enc;
    Require(header.enc == enc);
  }
  return reasons;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto* const parser =
      new assay::jose::JweJsonParser(FewRecipients(), assay::jose::Zip::kAllow);
  const absl::string_view token(reinterpret_cast<const char*>(data), size);
  const std::vector<DecryptReason> alone = Parse(token, parser);
  Parse(R"({"unprotected":{"alg":"dir","enc":"A256GCM"},"aad":"AA","iv":"AA",)"
        R"("ciphertext":"","tag":"AA"})",
        parser);
  Require(Parse(token, parser) == alone);
  return 0;
}
