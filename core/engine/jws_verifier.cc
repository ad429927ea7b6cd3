#include "core/engine/jws_verifier.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/engine/batch_size.h"
#include "core/engine/stop_signal.h"
#include "core/engine/text_arena.h"
#include "core/exec/for_each.h"
#include "core/jose/compact.h"
#include "core/jose/jws_json.h"
#include "core/jose/jws_parts.h"

namespace assay::engine {
namespace {

// Tokens that one thread takes apart before it takes the next ones: about
// 100 us of work.
constexpr size_t kChunkTokens = 64;

// Where the signatures of one token are among those of its chunk or batch.
struct Token {
  Reason reason = Reason::kValid;  // Not kValid: it has none.
  size_t first_part = 0;
  size_t num_parts = 0;
};

// What one thread makes of neighbouring tokens.
struct Chunk {
  std::vector<jose::JwsParts> parts;
  TextArena texts;  // What the parts of JSON objects view.
};

// Takes tokens apart into `*chunk`, one by one.
class Splitter {
 public:
  Splitter(const JwsVerifyRequest& request, const Limits& limits, Chunk* chunk)
      : request_(request),
        is_detached_(!request.detached_payloads.empty()),
        limits_(limits),
        chunk_(*chunk) {}

  Token Split(size_t index) {
    Token token;
    token.first_part = chunk_.parts.size();
    token.reason = CheckDetached(index);
    if (token.reason == Reason::kValid) {
      token.reason = request_.policy->form == jose::Form::kJwsJson
                         ? SplitJson(index)
                         : SplitCompact(index);
    }
    token.num_parts = chunk_.parts.size() - token.first_part;
    return token;
  }

 private:
  Reason CheckDetached(size_t index) const {
    const bool is_too_large =
        is_detached_ &&
        request_.detached_payloads[index].size() > kMaxDetachedPayloadBytes;
    return is_too_large ? Reason::kTokenTooLarge : Reason::kValid;
  }

  Reason SplitCompact(size_t index) {
    jose::UnverifiedCompact compact;
    const Reason reason =
        jose::SplitCompact(request_.tokens[index], limits_, &compact);
    if (reason != Reason::kValid) return reason;
    if (is_detached_ && !compact.payload.empty()) {
      return Reason::kPayloadNotDetached;
    }
    if (request_.policy->unencoded_payload &&
        !jose::CanStandUnencoded(compact.payload)) {
      return Reason::kPayloadCharacter;
    }
    jose::JwsParts parts;
    parts.header = compact.header;
    parts.payload = compact.payload;
    parts.signature = compact.signature;
    Add(index, parts);
    return Reason::kValid;
  }

  Reason SplitJson(size_t index) {
    const Reason reason = parser_.Parse(request_.tokens[index], limits_, &jws_);
    if (reason != Reason::kValid) return reason;
    if (is_detached_ && jws_.payload.has_value()) {
      return Reason::kPayloadNotDetached;
    }
    if (!is_detached_ && !jws_.payload.has_value()) {
      return Reason::kPayloadMissing;
    }
    TextArena& texts = chunk_.texts;
    const absl::string_view payload = texts.Keep(jws_.payload.value_or(""));
    for (size_t i = 0; i < jws_.num_signatures; ++i) {
      jose::JwsParts parts = jws_.signatures[i];
      parts.header = texts.Keep(parts.header);
      parts.signature = texts.Keep(parts.signature);
      parts.payload = payload;
      if (parts.unprotected_kid.has_value()) {
        parts.unprotected_kid = texts.Keep(*parts.unprotected_kid);
      }
      Add(index, parts);
    }
    return Reason::kValid;
  }

  void Add(size_t index, jose::JwsParts parts) {
    parts.is_detached = is_detached_;
    if (is_detached_) parts.payload = request_.detached_payloads[index];
    chunk_.parts.push_back(parts);
  }

  const JwsVerifyRequest& request_;
  const bool is_detached_;
  const Limits& limits_;
  Chunk& chunk_;
  jose::JwsJsonParser parser_;
  jose::UnverifiedJwsJson jws_;
};

// All tokens of a batch in parts.
struct SplitBatch {
  std::vector<Chunk> chunks;
  std::vector<Token> tokens;
  std::vector<jose::JwsParts> parts;
};

// Brings the chunks' parts, `num_parts` in all, together in the batch's.
void JoinChunks(size_t num_parts, SplitBatch* batch) {
  batch->parts.reserve(num_parts);
  auto token = batch->tokens.begin();
  for (Chunk& chunk : batch->chunks) {
    const size_t first = batch->parts.size();
    batch->parts.insert(batch->parts.end(), chunk.parts.begin(),
                        chunk.parts.end());
    chunk.parts = {};  // Its memory goes before the next one's is copied.
    const auto left = batch->tokens.end() - token;
    const auto end = token + std::min<std::ptrdiff_t>(kChunkTokens, left);
    for (; token != end; ++token) token->first_part += first;
  }
}

// INVALID_ARGUMENT once there are more than max_batch_items signatures: then
// no more are taken into memory. Tokens that the request's deadline or its
// cancellation leave have no parts and say so.
absl::StatusOr<SplitBatch> Split(const JwsVerifyRequest& request,
                                 const Limits& limits, exec::ThreadPool* pool) {
  const StopSignal stop(request.deadline, request.cancelled);
  std::atomic<size_t> num_parts{0};
  SplitBatch batch;
  const size_t num_tokens = request.tokens.size();
  batch.tokens.resize(num_tokens);
  batch.chunks.resize(exec::NumChunks(num_tokens, kChunkTokens));
  const auto split_chunk = [&](size_t begin, size_t end) {
    if (num_parts > limits.max_batch_items) return;
    const bool stops = stop.ShouldStop();
    const Reason left =
        stop.IsCancelled() ? Reason::kCancelled : Reason::kDeadlineExceeded;
    Chunk& chunk = batch.chunks[begin / kChunkTokens];
    Splitter splitter(request, limits, &chunk);
    for (size_t i = begin; i < end; ++i) {
      batch.tokens[i] = stops ? Token{left, 0, 0} : splitter.Split(i);
    }
    num_parts += chunk.parts.size();
  };
  exec::ForEachChunk(pool, num_tokens, kChunkTokens, request.max_parallelism,
                     split_chunk);
  if (num_parts > limits.max_batch_items) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the tokens of a batch have at most ", limits.max_batch_items,
        " signatures, and these have more: send it in parts"));
  }
  JoinChunks(num_parts, &batch);
  return batch;
}

// RFC 7797 3: of several signatures, all or none are over an encoded payload.
// One whose header does not tell takes no part in this.
bool AgreeAboutB64(absl::Span<const TokenResult> signatures) {
  absl::optional<bool> said;
  for (const TokenResult& signature : signatures) {
    if (!signature.b64().has_value()) continue;
    if (said.has_value() && said != signature.b64()) return false;
    said = signature.b64();
  }
  return true;
}

bool IsSignedBy(absl::Span<const TokenResult> signatures,
                absl::string_view kid) {
  return absl::c_any_of(signatures, [&](const TokenResult& signature) {
    return signature.valid() && signature.has_kid() && signature.kid() == kid;
  });
}

// The reason of the first signature that is not good; one that nobody has
// looked at decides, as it might have been good.
Reason FirstFault(absl::Span<const TokenResult> signatures) {
  Reason fault = Reason::kValid;
  for (const TokenResult& signature : signatures) {
    if (signature.verdict() == Verdict::kNotProcessed) {
      return signature.reason();
    }
    if (fault == Reason::kValid) fault = signature.reason();
  }
  return fault;
}

// What the policy makes of the verdicts on a token's signatures, of which there
// is one at least.
Reason Combine(const jose::Policy& policy,
               absl::Span<const TokenResult> signatures) {
  if (!AgreeAboutB64(signatures)) return Reason::kB64Differs;
  const auto is_good = [](const TokenResult& signature) {
    return signature.valid();
  };
  const bool suffices = policy.signatures == jose::SignatureRule::kAll
                            ? absl::c_all_of(signatures, is_good)
                            : absl::c_any_of(signatures, is_good);
  if (!suffices) return FirstFault(signatures);
  for (const std::string& kid : policy.required_kids) {
    if (IsSignedBy(signatures, kid)) continue;
    const Reason fault = FirstFault(signatures);
    return VerdictOf(fault) == Verdict::kNotProcessed
               ? fault
               : Reason::kRequiredSignatureMissing;
  }
  return Reason::kValid;
}

JwsResult MakeResult(const jose::Policy& policy, const Token& token,
                     absl::Span<const TokenResult> all) {
  JwsResult result;
  result.reason = token.reason;
  if (token.reason != Reason::kValid) return result;
  result.signatures = all.subspan(token.first_part, token.num_parts);
  result.reason = Combine(policy, result.signatures);
  if (!result.valid()) return result;
  for (const TokenResult& signature : result.signatures) {
    if (!signature.valid()) continue;
    result.alg = signature.alg();
    if (signature.has_kid()) result.kid = signature.kid();
    result.payload = signature.payload();
    break;
  }
  return result;
}

}  // namespace

JwsVerifier::JwsVerifier(const BatchVerifier* verifier, exec::ThreadPool* pool,
                         const Limits& limits)
    : verifier_(*verifier), pool_(pool), limits_(limits) {}

JwsVerifier::~JwsVerifier() = default;

absl::Status JwsVerifier::Verify(
    const JwsVerifyRequest& request,
    absl::FunctionRef<void(const JwsResults&)> consume) const {
  const jose::Policy& policy = *request.policy;
  if (jose::JudgesClaims(policy.form)) {
    return absl::InvalidArgumentError(
        "a JWT is compact and holds its payload: ask for the form JWS");
  }
  if (request.view == ResultView::kSelectedClaims) {
    return absl::InvalidArgumentError("a JWS has no claims to select");
  }
  const absl::Status size =
      CheckBatchSize(request.tokens.size(), limits_, "tokens");
  if (!size.ok()) return size;
  if (!request.detached_payloads.empty() &&
      request.detached_payloads.size() != request.tokens.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there are ", request.detached_payloads.size(),
                     " detached payloads for ", request.tokens.size(),
                     " tokens: give one for each, or none"));
  }

  const absl::StatusOr<SplitBatch> split = Split(request, limits_, pool_);
  if (!split.ok()) return split.status();
  const SplitBatch& batch = *split;
  VerifyRequest parts;
  parts.key_set = request.key_set;
  parts.policy = request.policy;
  parts.parts = batch.parts;
  parts.view = request.view;
  parts.deadline = request.deadline;
  parts.cancelled = request.cancelled;
  parts.max_parallelism = request.max_parallelism;
  return verifier_.Verify(parts, [&](const BatchResults& verified) {
    std::vector<JwsResult> results;
    results.reserve(batch.tokens.size());
    for (const Token& token : batch.tokens) {
      results.push_back(MakeResult(policy, token, verified.results));
    }
    consume({verified.evaluated_at, verified.key_generation, results});
  });
}

}  // namespace assay::engine
