#include "core/engine/nested_verifier.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/base/decrypt_reason.h"
#include "core/base/secret_bytes.h"
#include "core/jose/header.h"
#include "core/jose/header_json.h"
#include "core/json/reader.h"
#include "core/simd/base64url/base64url.h"

namespace assay::engine {
namespace {

// RFC 7519 5.3: claims that the header of a JWE may repeat.
constexpr const char* kReplicatedClaims[] = {"iss", "sub", "aud"};

// A claim that a header repeats, as JSON written in one way.
struct ReplicatedClaim {
  const char* name;
  std::string json;
};

// What a failure to decrypt a layer means. All that goes wrong with a key is
// one reason (core/base/decrypt_reason.h).
Reason ReasonOf(DecryptReason reason) {
  if (reason == DecryptReason::kCancelled) return Reason::kCancelled;
  if (reason == DecryptReason::kHeaderTooLarge) return Reason::kHeaderTooLarge;
  switch (VerdictOf(reason)) {
    case DecryptVerdict::kValid:
      return Reason::kValid;
    case DecryptVerdict::kMalformed:
      return Reason::kLayerMalformed;
    case DecryptVerdict::kUnsupported:
      return Reason::kLayerUnsupported;
    case DecryptVerdict::kAlgorithmNotAllowed:
      return Reason::kLayerAlgorithmNotAllowed;
    case DecryptVerdict::kUnknownKey:
      return Reason::kLayerKeyUnknown;
    case DecryptVerdict::kKeyUnavailable:
      return Reason::kKeyUnavailable;
    case DecryptVerdict::kDecryptionFailed:
      return Reason::kLayerNotDecrypted;
    case DecryptVerdict::kTooExpensive:
      return Reason::kLayerTooExpensive;
    case DecryptVerdict::kTooLarge:
      return Reason::kTokenTooLarge;
    case DecryptVerdict::kNotProcessed:
      return Reason::kDeadlineExceeded;
    case DecryptVerdict::kUnspecified:
      break;
  }
  return Reason::kLayerNotDecrypted;
}

absl::string_view Segment(absl::string_view token, size_t index) {
  for (; index > 0; --index) token.remove_prefix(token.find('.') + 1);
  return token.substr(0, token.find('.'));
}

class NestedRun {
 public:
  NestedRun(const BatchVerifier& verifier, const BatchDecrypter& decrypter,
            const NestedRequest& request, const Limits& limits,
            absl::Time evaluated_at)
      : verifier_(verifier),
        decrypter_(decrypter),
        request_(request),
        policy_(*request.policy),
        claims_reader_(limits.max_json_depth),
        own_budget_(limits.max_batch_pbes2_iterations),
        tokens_(request.tokens.size()),
        results_(request.tokens.size()) {
    policy_.as_of = evaluated_at;  // The same for every layer.
    // An outer signature is of a token, not of claims.
    outer_policy_.form = jose::Form::kJws;
    outer_policy_.algorithms = policy_.algorithms;
    outer_policy_.as_of = evaluated_at;  // Certificates are judged by it.
    for (size_t i = 0; i < tokens_.size(); ++i) {
      tokens_[i].layer = request.tokens[i];
    }
  }
  ~NestedRun() {
    for (Token& token : tokens_) {
      WipeString(&token.inner);
      for (ReplicatedClaim& claim : token.replicated) WipeString(&claim.json);
    }
    for (NestedResult& result : results_) WipeString(&result.payload);
    claims_reader_.Wipe();
  }
  NestedRun(const NestedRun&) = delete;
  NestedRun& operator=(const NestedRun&) = delete;

  absl::Status Run() {
    for (depth_ = 1; depth_ <= request_.max_layers; ++depth_) {
      std::vector<size_t> encrypted, other;
      for (size_t i = 0; i < tokens_.size(); ++i) {
        if (results_[i].reason != Reason::kUnspecified) continue;
        const bool is_jwe = absl::c_count(tokens_[i].layer, '.') == 4;
        (is_jwe ? encrypted : other).push_back(i);
      }
      absl::Status status = Decrypt(encrypted);
      if (status.ok()) status = VerifyInnermost(other);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Span<const NestedResult> results() const { return results_; }
  uint64_t key_generation() const { return generation_.value_or(0); }

 private:
  struct Token {
    absl::string_view layer;  // What is left of it: of the request, or inner.
    std::string inner;        // A secret.
    std::vector<ReplicatedClaim> replicated;  // By any layer's header.
  };

  bool IsLastLayer() const { return depth_ == request_.max_layers; }

  std::vector<absl::string_view> LayersOf(
      const std::vector<size_t>& indices) const {
    std::vector<absl::string_view> layers;
    layers.reserve(indices.size());
    for (const size_t i : indices) layers.push_back(tokens_[i].layer);
    return layers;
  }

  // What is within a layer is the next one.
  void Enter(size_t i, absl::string_view inner) {
    Token& token = tokens_[i];
    std::string next(inner);
    token.inner.swap(next);
    WipeString(&next);
    token.layer = token.inner;
    // Neither a JWS nor a JWE: bare claims most likely.
    const auto num_dots = absl::c_count(token.layer, '.');
    if (num_dots != 2 && num_dots != 4) {
      results_[i].reason = Reason::kLayerHoldsNoToken;
    }
  }

  absl::Status Decrypt(const std::vector<size_t>& indices) {
    // Without tokens too the first time: the key set may be missing.
    if (indices.empty() && depth_ > 1) return absl::OkStatus();
    // Nobody would look at what is within.
    if (IsLastLayer()) {
      for (const size_t i : indices) {
        results_[i].reason = Reason::kTooManyLayers;
      }
      return absl::OkStatus();
    }
    const std::vector<absl::string_view> layers = LayersOf(indices);
    DecryptRequest request;
    request.key_set = request_.decryption_key_set;
    request.tokens = layers;
    request.deadline = request_.deadline;
    request.cancelled = request_.cancelled;
    request.max_parallelism = request_.max_parallelism;
    request.budget =
        request_.budget != nullptr ? request_.budget : &own_budget_;
    return decrypter_.Decrypt(request, [&](const DecryptResults& results) {
      for (size_t k = 0; k < indices.size(); ++k) {
        TakeDecrypted(indices[k], results.results[k]);
      }
    });
  }

  void TakeDecrypted(size_t i, const DecryptResult& result) {
    NestedLayer layer;
    layer.encrypted = true;
    layer.key_management = result.alg;
    layer.enc = result.enc;
    layer.kid = result.kid;
    results_[i].path.push_back(std::move(layer));
    Reason reason = ReasonOf(result.reason);
    if (reason == Reason::kValid) reason = ReadHeader(i);
    if (reason != Reason::kValid) {
      results_[i].reason = reason;
    } else {
      Enter(i, result.plaintext);
    }
  }

  // Of a layer that was decrypted, so that its header is the sender's.
  Reason ReadHeader(size_t i) {
    Token& token = tokens_[i];
    json::Object header;
    absl::optional<absl::string_view> cty;
    if (header_.Parse(Segment(token.layer, 0), &header) !=
            jose::HeaderFault::kNone ||
        !jose::ReadString(header, "cty", &cty)) {
      return Reason::kLayerMalformed;
    }
    if (!cty.has_value() || !jose::SameMediaType(*cty, "JWT")) {
      return Reason::kLayerNoToken;
    }
    for (const char* name : kReplicatedClaims) {
      json::Element value;
      if (header.at_key(name).get(value) != simdjson::SUCCESS) continue;
      token.replicated.push_back({name, simdjson::minify(value)});
    }
    return Reason::kValid;
  }

  // Tokens that are a JWS, or nothing: those whose cty says that there is a
  // token within are told apart by their verdict, and looked at again.
  absl::Status VerifyInnermost(const std::vector<size_t>& indices) {
    std::vector<size_t> outer;
    const absl::Status status = Verify(
        indices, policy_, request_.view,
        [&](size_t i, const TokenResult& result) {
          if (result.reason() == Reason::kNestedUnsupported && !IsLastLayer()) {
            outer.push_back(i);
            return;
          }
          AddSignedLayer(i, result);
          results_[i].reason = JudgeInnermost(i, result);
          if (results_[i].valid()) {
            results_[i].payload.assign(result.payload().data(),
                                       result.payload().size());
          }
        });
    return status.ok() ? VerifyOuter(outer) : status;
  }

  Reason JudgeInnermost(size_t i, const TokenResult& result) {
    if (result.reason() == Reason::kNestedUnsupported) {
      return Reason::kTooManyLayers;
    }
    if (!result.valid()) return result.reason();
    if (depth_ == 1) return Reason::kLayerNoToken;
    return ClaimsAgree(tokens_[i]) ? Reason::kValid
                                   : Reason::kLayerClaimMismatch;
  }

  // RFC 7519 5.3: "the application receiving them SHOULD verify that their
  // values are identical". `token` is verified.
  bool ClaimsAgree(const Token& token) {
    if (token.replicated.empty()) return true;
    std::string payload;
    json::Object claims;
    const bool read =
        Base64UrlDecode(Segment(token.layer, 1), &payload) &&
        claims_reader_.ParseObject(payload, &claims) == json::Error::kNone;
    const bool agree =
        read && absl::c_all_of(
                    token.replicated, [&](const ReplicatedClaim& replicated) {
                      json::Element value;
                      return claims.at_key(replicated.name).get(value) ==
                                 simdjson::SUCCESS &&
                             simdjson::minify(value) == replicated.json;
                    });
    WipeString(&payload);
    return agree;
  }

  absl::Status VerifyOuter(const std::vector<size_t>& indices) {
    if (indices.empty()) return absl::OkStatus();
    const absl::Status status =
        Verify(indices, outer_policy_, ResultView::kPayload,
               [&](size_t i, const TokenResult& result) {
                 AddSignedLayer(i, result);
                 if (result.valid()) {
                   Enter(i, result.payload());
                 } else {
                   results_[i].reason = result.reason();
                 }
               });
    if (!absl::IsFailedPrecondition(status)) return status;
    // Keys that belong to issuers sign claims alone. That is these tokens'
    // fault, and not the request's.
    for (const size_t i : indices) {
      results_[i].reason = Reason::kNestedUnsupported;
    }
    return absl::OkStatus();
  }

  absl::Status Verify(
      const std::vector<size_t>& indices, const jose::Policy& policy,
      ResultView view,
      absl::FunctionRef<void(size_t, const TokenResult&)> take) {
    if (indices.empty() && depth_ > 1) return absl::OkStatus();
    const std::vector<absl::string_view> layers = LayersOf(indices);
    VerifyRequest request;
    request.key_set = request_.key_set;
    request.policy = &policy;
    request.tokens = layers;
    request.view = view;
    request.selected_claims = request_.selected_claims;
    request.payloads_are_secret = depth_ > 1;
    request.deadline = request_.deadline;
    request.cancelled = request_.cancelled;
    request.max_parallelism = request_.max_parallelism;
    return verifier_.Verify(request, [&](const BatchResults& results) {
      Note(results.key_generation);
      for (size_t k = 0; k < indices.size(); ++k) {
        take(indices[k], results.results[k]);
      }
    });
  }

  // The key set's generation for one layer. No set has the generation 0.
  void Note(uint64_t generation) {
    if (!generation_.has_value()) generation_ = generation;
    if (*generation_ != generation) generation_ = 0;
  }

  void AddSignedLayer(size_t i, const TokenResult& result) {
    NestedLayer layer;
    layer.alg = result.alg();
    if (result.has_kid()) layer.kid.emplace(result.kid());
    results_[i].path.push_back(std::move(layer));
  }

  const BatchVerifier& verifier_;
  const BatchDecrypter& decrypter_;
  const NestedRequest& request_;
  jose::Policy policy_;
  jose::Policy outer_policy_;
  jose::HeaderDocument header_;
  json::Reader claims_reader_;
  jose::IterationBudget own_budget_;
  int depth_ = 1;  // Of the layer that is being taken off.
  absl::optional<uint64_t> generation_;  // Of the key set; 0: several.
  std::vector<Token> tokens_;
  std::vector<NestedResult> results_;
};

}  // namespace

NestedVerifier::NestedVerifier(const BatchVerifier* verifier,
                               const BatchDecrypter* decrypter,
                               const Clock* clock, const Limits& limits)
    : verifier_(*verifier),
      decrypter_(*decrypter),
      clock_(*clock),
      limits_(limits) {}

absl::Status NestedVerifier::Verify(
    const NestedRequest& request,
    absl::FunctionRef<void(const NestedResults&)> consume) const {
  if (request.max_layers < 2 || request.max_layers > kMaxNestedLayers) {
    return absl::InvalidArgumentError(
        absl::StrCat("max_layers: must lie between 2 and ", kMaxNestedLayers));
  }
  if (request.policy->form != jose::Form::kJwt) {
    return absl::InvalidArgumentError(
        "form: within a nested token there is a JWT");
  }
  if (request.tokens.size() > limits_.max_batch_items) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a batch holds at most ", limits_.max_batch_items, " tokens, not ",
        request.tokens.size(), ": send it in parts"));
  }
  const absl::Time evaluated_at = request.policy->as_of.value_or(clock_.Now());
  NestedRun run(verifier_, decrypter_, request, limits_, evaluated_at);
  const absl::Status status = run.Run();
  if (status.ok()) {
    consume({evaluated_at, run.key_generation(), run.results()});
  }
  return status;
}

}  // namespace assay::engine
