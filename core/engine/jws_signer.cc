#include "core/engine/jws_signer.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/crypto/signature_scheme.h"
#include "core/crypto/signing_key.h"
#include "core/engine/batch_size.h"
#include "core/engine/sign_header.h"
#include "core/engine/stop_signal.h"
#include "core/exec/for_each.h"
#include "core/jose/compact.h"
#include "core/json/utf8.h"
#include "core/json/writer.h"
#include "core/keys/key_set.h"
#include "core/simd/base64url/base64url.h"

namespace assay::engine {
namespace {

// As in BatchSigner: chunks that are worth a hand-over and end soon.
constexpr uint64_t kChunkCostNs = 250'000;
constexpr uint32_t kFixedCostNs = 1'000;
// Encoding, hashing and writing one byte of a payload.
constexpr uint64_t kCostNsPerByte = 2;

// One who signs, and what all of its signatures have in common.
struct Signer {
  keys::KeySet::SigningChoice choice;
  std::string header;  // BASE64URL(protected header)
};

absl::Status CheckRequest(const JwsSignRequest& request, const Limits& limits) {
  const SignOptions& options = *request.options;
  if (jose::JudgesClaims(options.form)) {
    return absl::InvalidArgumentError(
        "a JWT is compact and holds its encoded payload (RFC 7797 7): ask for "
        "the form JWS");
  }
  if (options.stamp_iat || options.stamp_nbf.has_value() ||
      options.stamp_exp.has_value() || options.stamp_jti) {
    return absl::InvalidArgumentError(
        "iat, nbf, exp and jti can be stamped into a JWT only, not into a raw "
        "payload");
  }
  const size_t max_kids =
      options.form == jose::Form::kJwsJson ? kMaxJwsSignatures : 1;
  if (request.kids.size() > max_kids) {
    return absl::InvalidArgumentError(
        absl::StrCat("a token of this form has at most ", max_kids,
                     max_kids == 1 ? " signature, not " : " signatures, not ",
                     request.kids.size()));
  }
  return CheckBatchSize(request.payloads.size(), limits, "payloads");
}

absl::StatusOr<Signer> MakeSigner(const keys::KeySet& key_set,
                                  const absl::optional<std::string>& kid,
                                  const JwsSignRequest& request,
                                  const Limits& limits) {
  const auto choice = key_set.FindForSign(kid, request.alg);
  if (!choice.ok()) return choice.status();
  SignHeader header;
  header.alg = choice->alg;
  header.kid = choice->key->kid();
  header.typ = request.options->typ;
  header.unencoded_payload = request.options->unencoded_payload;
  header.extra = request.options->extra_header;
  absl::StatusOr<std::string> encoded = EncodeSignHeader(header, limits);
  if (!encoded.ok()) return encoded.status();
  return Signer{*choice, *std::move(encoded)};
}

// One batch under way; pool threads work on disjoint payloads.
class JwsSignRun {
 public:
  JwsSignRun(const JwsSignRequest& request, std::vector<Signer> signers,
             const Limits& limits)
      : request_(request),
        options_(*request.options),
        signers_(std::move(signers)),
        limits_(limits),
        stop_(request.deadline, request.cancelled),
        tokens_(request.payloads.size()),
        results_(request.payloads.size()) {}

  void Run(exec::ThreadPool* pool);
  absl::Span<const SignResult> results() const { return results_; }

 private:
  size_t ItemsPerChunk() const;
  void SignChunk(size_t begin, size_t end);
  SignOutcome SignOne(absl::string_view payload, std::string* token) const;
  SignOutcome CheckPayload(absl::string_view payload) const;
  bool IsJson() const { return options_.form == jose::Form::kJwsJson; }
  void WriteCompact(absl::string_view payload, absl::string_view signature,
                    std::string* token) const;
  void WriteJson(absl::string_view payload,
                 const std::vector<std::string>& signatures,
                 std::string* token) const;

  const JwsSignRequest& request_;
  const SignOptions& options_;
  const std::vector<Signer> signers_;
  const Limits& limits_;
  const StopSignal stop_;
  std::vector<std::string> tokens_;
  std::vector<SignResult> results_;
};

void JwsSignRun::Run(exec::ThreadPool* pool) {
  exec::ForEachChunk(pool, request_.payloads.size(), ItemsPerChunk(),
                     request_.max_parallelism,
                     [&](size_t begin, size_t end) { SignChunk(begin, end); });
}

// By the mean of the payloads' lengths, as documents may be among them.
size_t JwsSignRun::ItemsPerChunk() const {
  uint64_t num_bytes = 0;
  for (absl::string_view payload : request_.payloads) {
    num_bytes += payload.size();
  }
  const uint64_t bytes_each =
      num_bytes / std::max<size_t>(1, request_.payloads.size());
  uint64_t cost_ns = kFixedCostNs;
  for (const Signer& signer : signers_) {
    cost_ns += signer.choice.key->signing_key()->SignCostNs() +
               kCostNsPerByte * bytes_each;
  }
  return std::max<uint64_t>(1, kChunkCostNs / cost_ns);
}

void JwsSignRun::SignChunk(size_t begin, size_t end) {
  const bool stops = stop_.ShouldStop();
  for (size_t i = begin; i < end; ++i) {
    SignResult& result = results_[i];
    result.outcome = stops ? SignOutcome::kNotProcessed
                           : SignOne(request_.payloads[i], &tokens_[i]);
    if (result.outcome == SignOutcome::kSigned) result.token = tokens_[i];
  }
}

SignOutcome JwsSignRun::CheckPayload(absl::string_view payload) const {
  const size_t max_len =
      options_.detached ? kMaxDetachedPayloadBytes : limits_.max_token_bytes;
  if (payload.size() > max_len) return SignOutcome::kTooLarge;
  if (options_.detached || !options_.unencoded_payload) {
    return SignOutcome::kSigned;
  }
  const bool can_stand =
      IsJson() ? json::IsUtf8(payload) : jose::CanStandUnencoded(payload);
  return can_stand ? SignOutcome::kSigned : SignOutcome::kNotPlain;
}

SignOutcome JwsSignRun::SignOne(absl::string_view payload,
                                std::string* token) const {
  const SignOutcome outcome = CheckPayload(payload);
  if (outcome != SignOutcome::kSigned) return outcome;
  std::string encoded;
  if (!options_.unencoded_payload) {
    encoded = Base64UrlEncode(payload);
    payload = encoded;
  }
  std::vector<std::string> signatures;
  for (const Signer& signer : signers_) {
    const crypto::SigningKey& key = *signer.choice.key->signing_key();
    const crypto::SignatureScheme scheme =
        jose::InfoOf(signer.choice.alg).scheme;
    std::string signature(key.SignatureLen(scheme), '\0');
    if (!key.Sign(scheme, absl::StrCat(signer.header, ".", payload),
                  Data(&signature))) {
      return SignOutcome::kSigningFailed;
    }
    signatures.push_back(Base64UrlEncode(signature));
  }
  if (IsJson()) {
    WriteJson(payload, signatures, token);
  } else {
    WriteCompact(payload, signatures[0], token);
  }
  return token->size() > limits_.max_token_bytes ? SignOutcome::kTooLarge
                                                 : SignOutcome::kSigned;
}

void JwsSignRun::WriteCompact(absl::string_view payload,
                              absl::string_view signature,
                              std::string* token) const {
  if (options_.detached) payload = "";
  *token = absl::StrCat(signers_[0].header, ".", payload, ".", signature);
}

void JwsSignRun::WriteJson(absl::string_view payload,
                           const std::vector<std::string>& signatures,
                           std::string* token) const {
  const bool is_general = signers_.size() > 1;
  json::Writer writer(token);
  writer.BeginObject();
  if (!options_.detached) writer.Member("payload", payload);
  if (is_general) {
    writer.Key("signatures");
    writer.BeginArray();
  }
  for (size_t i = 0; i < signers_.size(); ++i) {
    if (is_general) writer.BeginObject();
    writer.Member("protected", signers_[i].header);
    writer.Member("signature", signatures[i]);
    if (is_general) writer.EndObject();
  }
  if (is_general) writer.EndArray();
  writer.EndObject();
}

}  // namespace

JwsSigner::JwsSigner(const keys::KeyCache* key_cache, exec::ThreadPool* pool,
                     const Clock* clock, const Limits& limits)
    : key_cache_(*key_cache), pool_(pool), clock_(*clock), limits_(limits) {}

JwsSigner::~JwsSigner() = default;

absl::Status JwsSigner::Sign(
    const JwsSignRequest& request,
    absl::FunctionRef<void(const SignResults&)> consume) const {
  const absl::Status valid = CheckRequest(request, limits_);
  if (!valid.ok()) return valid;
  const keys::KeyCache::ReadGuard guard(key_cache_);
  const auto found = guard.Get(request.key_set);
  if (!found.ok()) return found.status();
  const keys::KeySet* const key_set = *found;
  std::vector<absl::optional<std::string>> kids(request.kids.begin(),
                                                request.kids.end());
  if (kids.empty()) kids.push_back(absl::nullopt);
  std::vector<Signer> signers;
  for (const absl::optional<std::string>& kid : kids) {
    absl::StatusOr<Signer> signer = MakeSigner(*key_set, kid, request, limits_);
    if (!signer.ok()) return signer.status();
    signers.push_back(*std::move(signer));
  }
  const keys::KeySet::SigningChoice first = signers[0].choice;
  const absl::Time now = clock_.Now();
  JwsSignRun run(request, std::move(signers), limits_);
  run.Run(pool_);
  consume(
      {now, key_set->generation(), first.alg, first.key->kid(), run.results()});
  return absl::OkStatus();
}

}  // namespace assay::engine
