#include "service/cli/jwe_flags.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace assay::cli {
namespace {

constexpr size_t kMaxJweBytes = 1024 * 1024;

constexpr auto kAppendName = [](std::string* out, const auto& info) {
  absl::StrAppend(out, info.name);
};

absl::Status Unknown(absl::string_view flag, absl::string_view name,
                     absl::string_view names) {
  return absl::InvalidArgumentError(absl::StrCat(
      flag, " \"", name,
      "\" is not known; there are (in exactly this spelling) ", names));
}

}  // namespace

std::string KeyManagementNames() {
  return absl::StrJoin(jose::AllKeyManagements(), ", ", kAppendName);
}

std::string ContentAlgorithmNames() {
  return absl::StrJoin(jose::AllContentAlgorithms(), ", ", kAppendName);
}

absl::StatusOr<jose::KeyManagement> ParseKeyManagement(absl::string_view name) {
  const jose::KeyManagement alg = jose::KeyManagementFromName(name);
  if (alg != jose::KeyManagement::kUnspecified) return alg;
  if (name == "RSA1_5") {
    return absl::InvalidArgumentError(
        "--alg RSA1_5: its padding lets others decrypt (Bleichenbacher), so it "
        "is not offered; use RSA-OAEP-256");
  }
  return Unknown("--alg", name, KeyManagementNames());
}

absl::StatusOr<jose::ContentAlgorithm> ParseContentAlgorithm(
    absl::string_view name) {
  const jose::ContentAlgorithm enc = jose::ContentAlgorithmFromName(name);
  if (enc != jose::ContentAlgorithm::kUnspecified) return enc;
  return Unknown("--enc", name, ContentAlgorithmNames());
}

void AddJweFormFlag(CLI::App* app, std::string* form) {
  app->add_option("--form", *form,
                  "What a token is: jwe (five segments with dots between them, "
                  "the default) or jwe-json (a JSON object on one line, "
                  "flattened or general)")
      ->check(CLI::IsMember({"jwe", "jwe-json"}))
      ->type_name("F");
}

Limits JweLimits() {
  Limits limits;
  limits.max_token_bytes = kMaxJweBytes;
  return limits;
}

}  // namespace assay::cli
