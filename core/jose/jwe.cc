#include "core/jose/jwe.h"

#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"
#include "core/jose/jwe_content.h"
#include "core/jose/jwe_header_writer.h"
#include "core/json/utf8.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {
namespace {

using R = DecryptReason;

void AppendSegment(absl::string_view bytes, std::string* token) {
  token->push_back('.');
  Base64UrlAppend(bytes, token);
}

absl::Status CheckText(absl::string_view name,
                       const absl::optional<absl::string_view>& text) {
  if (!text.has_value() || json::IsUtf8(*text)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(name, " is not UTF-8"));
}

absl::Status CheckIterations(uint32_t p2c, const Limits& limits) {
  if (p2c < kMinPbes2Iterations) {
    return absl::InvalidArgumentError(
        absl::StrCat("p2c is ", p2c, ", fewer than ", kMinPbes2Iterations,
                     " iterations (RFC 7518 4.8.1.2)"));
  }
  if (p2c > limits.max_pbes2_iterations) {
    return absl::InvalidArgumentError(
        absl::StrCat("p2c is ", p2c, ", more than the limit of ",
                     limits.max_pbes2_iterations, " iterations"));
  }
  return absl::OkStatus();
}

// RFC 7518 4.6.1: apu and apv. A reader bounds them too.
absl::Status CheckPartyInfo(absl::string_view name, absl::string_view info) {
  if (info.size() <= kMaxPartyInfoBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(name, " has ", info.size(),
                   " bytes, more than the limit of ", kMaxPartyInfoBytes));
}

bool DecodeSegments(const UnverifiedJwe& jwe, DecryptScratch* scratch) {
  SealedContent& sealed = scratch->sealed;
  return Base64UrlDecode(jwe.encrypted_key, &scratch->encrypted_key) &&
         Base64UrlDecode(jwe.iv, &sealed.iv) &&
         Base64UrlDecode(jwe.ciphertext, &sealed.ciphertext) &&
         Base64UrlDecode(jwe.tag, &sealed.tag);
}

// The encoded header of a token for `alg`. It is the same for all tokens, and
// made once, if the token has no parameters of its own.
void WriteHeader(KeyManagement alg, const EncryptOptions& options,
                 const KeyParameters& parameters, std::string* header) {
  const bool is_shared = !parameters.epk.has_value() && parameters.iv.empty() &&
                         parameters.tag.empty() && parameters.p2s.empty();
  if (is_shared && !header->empty()) return;
  header->clear();
  Base64UrlAppend(WriteJweHeader(alg, options, parameters), header);
}

std::string Join(absl::string_view header, absl::string_view encrypted_key,
                 const SealedContent& content) {
  std::string token;
  token.reserve(header.size() + Base64UrlEncodedSize(encrypted_key.size()) +
                Base64UrlEncodedSize(content.iv.size()) +
                Base64UrlEncodedSize(content.ciphertext.size()) +
                Base64UrlEncodedSize(content.tag.size()) + 4);
  token.append(header.data(), header.size());
  AppendSegment(encrypted_key, &token);
  AppendSegment(content.iv, &token);
  AppendSegment(content.ciphertext, &token);
  AppendSegment(content.tag, &token);
  return token;
}

}  // namespace

absl::Status ValidateEncryptOptions(const EncryptOptions& options,
                                    KeyManagement alg, const Limits& limits) {
  if (options.enc == ContentAlgorithm::kUnspecified) {
    return absl::InvalidArgumentError("no content encryption (enc) is named");
  }
  absl::Status status = CheckText("kid", options.kid);
  if (status.ok()) status = CheckText("typ", options.typ);
  if (status.ok()) status = CheckText("cty", options.cty);
  if (status.ok()) status = CheckPartyInfo("apu", options.apu);
  if (status.ok()) status = CheckPartyInfo("apv", options.apv);
  if (status.ok() && InfoOf(alg).family == KeyManagementFamily::kPbes2) {
    status = CheckIterations(options.p2c, limits);
  }
  return status;
}

absl::StatusOr<std::string> EncryptCompact(const EncryptOptions& options,
                                           absl::string_view plaintext,
                                           const EncryptionKey& key,
                                           const Limits& limits,
                                           IterationBudget* budget,
                                           EncryptScratch* scratch) {
  EncryptScratch own;
  if (scratch == nullptr) scratch = &own;
  absl::Status status = ValidateEncryptOptions(options, key.alg(), limits);
  if (!status.ok()) return status;
  ContentToSeal content;
  status = content.Prepare(options, plaintext, limits);
  // Before the work, as far as it can be told.
  if (status.ok()) status = CheckTokenLengths(0, content.view().size(), limits);
  ContentKey content_key;
  KeyParameters parameters;
  if (status.ok()) {
    status = key.MakeContentKey(options, budget, &content_key, &parameters);
  }
  if (!status.ok()) return status;
  const std::string& header = scratch->header;
  WriteHeader(key.alg(), options, parameters, &scratch->header);
  status = CheckTokenLengths(header.size(), content.view().size(), limits);
  if (!status.ok()) return status;
  status = SealContent(options.enc, *content_key.cipher(), header,
                       content.view(), &scratch->sealed);
  if (!status.ok()) return status;
  std::string token = Join(header, parameters.encrypted_key, scratch->sealed);
  status = CheckTokenLength(token.size(), limits);
  if (!status.ok()) return status;
  return token;
}

R DecryptJwe(const UnverifiedJwe& jwe, const JweHeader& header,
             const DecryptionKey& key, const DecryptBudgets& budgets,
             std::string* plaintext, DecryptScratch* scratch) {
  WipeString(plaintext);
  if (header.reason != R::kValid) return header.reason;
  if (key.alg() != header.alg) return R::kAlgorithmNotOfKey;
  if (header.is_deflated && budgets.inflated == nullptr) {
    return R::kZipUnsupported;
  }
  const R form = CheckSegments(jwe, header.alg, header.enc);
  if (form != R::kValid) return form;
  DecryptScratch own;
  if (scratch == nullptr) scratch = &own;
  if (!DecodeSegments(jwe, scratch)) return R::kSegmentEncoding;
  ContentKey content_key;
  R reason = key.FindContentKey(header, scratch->encrypted_key,
                                budgets.iterations, &content_key);
  if (reason != R::kValid) return reason;
  reason = OpenContent(*content_key.cipher(), jwe.header, scratch->sealed,
                       plaintext);
  if (reason != R::kValid || !header.is_deflated) return reason;
  // Authentic by now: what is said of it tells nothing to those who changed it.
  std::string deflated;
  deflated.swap(*plaintext);
  reason = Inflate(deflated, budgets.max_inflated_bytes, budgets.inflated,
                   plaintext);
  WipeString(&deflated);
  return reason;
}

R DecryptCompact(const UnverifiedJwe& jwe, const JweHeader& header,
                 const DecryptionKey& key, IterationBudget* budget,
                 std::string* plaintext) {
  DecryptBudgets budgets;
  budgets.iterations = budget;
  return DecryptJwe(jwe, header, key, budgets, plaintext);
}

}  // namespace assay::jose
