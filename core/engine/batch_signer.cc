#include "core/engine/batch_signer.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/macros.h"
#include "absl/strings/str_cat.h"
#include "core/base/bytes.h"
#include "core/crypto/random.h"
#include "core/engine/batch_size.h"
#include "core/engine/scratch.h"
#include "core/engine/sign_header.h"
#include "core/engine/stop_signal.h"
#include "core/exec/for_each.h"
#include "core/json/reader.h"
#include "core/keys/key_set.h"
#include "core/simd/base64url/base64url.h"

namespace assay::engine {
namespace {

// As in the verifier: chunks that are worth a hand-over and end soon.
constexpr uint64_t kChunkCostNs = 250'000;
constexpr uint32_t kFixedCostNs = 500;
// 128 random bits (RFC 7519 4.1.7 asks for a negligible chance of collision).
constexpr size_t kJtiBytes = 16;
constexpr size_t kJtiChars = Base64UrlEncodedSize(kJtiBytes);

constexpr absl::string_view kOutcomeTexts[] = {
    "not signed",
    "signed",
    "the claims are not a JSON object in UTF-8 with unique member names",
    "a claim that is to be stamped is there already",
    "the token would be larger than the limit",
    "the cryptographic library could not sign",
    "the deadline passed or the request was cancelled before it was signed",
    "the payload cannot stand in the token unencoded: in a compact one it "
    "must be printable ASCII without dots, in JSON it must be UTF-8; detach "
    "it or encode it",
};
static_assert(ABSL_ARRAYSIZE(kOutcomeTexts) == kNumSignOutcomes,
              "one text per outcome");

// BASE64URL(protected header) and its dot, the same for a whole batch.
absl::StatusOr<std::string> EncodeHeader(const keys::KeySet::SigningChoice& key,
                                         const SignOptions& options,
                                         const Limits& limits) {
  SignHeader header;
  header.alg = key.alg;
  header.kid = key.key->kid();
  header.typ = options.typ;
  header.extra = options.extra_header;
  absl::StatusOr<std::string> encoded = EncodeSignHeader(header, limits);
  if (encoded.ok()) encoded->push_back('.');
  return encoded;
}

absl::Status ValidateOptions(const SignOptions& options) {
  const bool stamps = options.stamp_iat || options.stamp_nbf.has_value() ||
                      options.stamp_exp.has_value() || options.stamp_jti;
  if (stamps && !jose::JudgesClaims(options.form)) {
    return absl::InvalidArgumentError(
        "iat, nbf, exp and jti can be stamped into a JWT only, not into a raw "
        "payload");
  }
  if (NeedsJwsSigner(options)) {
    return absl::InvalidArgumentError(
        "a token in JSON, or with a detached or an unencoded payload, is a "
        "JWS: use JwsSigner");
  }
  for (const auto& offset : {options.stamp_nbf, options.stamp_exp}) {
    if (offset.has_value() && (*offset < -absl::Hours(24 * 36500) ||
                               *offset > absl::Hours(24 * 36500))) {
      return absl::InvalidArgumentError(
          "an offset for nbf or exp is at most 36500 days");
    }
  }
  if (options.stamp_exp.has_value() &&
      *options.stamp_exp <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("the offset for exp must be positive");
  }
  return absl::OkStatus();
}

// The members that are stamped into every claims object of a batch.
class Stamp {
 public:
  Stamp(const SignOptions& options, absl::Time now) {
    if (options.stamp_iat) AddTime("iat", now);
    if (options.stamp_nbf) AddTime("nbf", now + *options.stamp_nbf);
    if (options.stamp_exp) AddTime("exp", now + *options.stamp_exp);
    if (options.stamp_jti) {
      names_.push_back("jti");
      has_jti_ = true;
    }
  }

  bool empty() const { return names_.empty(); }
  // The most that a payload grows by.
  size_t len() const {
    return times_.size() + (has_jti_ ? kJtiChars + 9 : 0);  // ,"jti":""
  }
  bool ConflictsWith(const json::Object& claims) const {
    return std::any_of(names_.begin(), names_.end(), [&](const char* name) {
      json::Element ignored;
      return !claims.at_key(name).get(ignored);
    });
  }

  // Writes `payload`, whose claims are `claims`, with the stamped members
  // before its last brace. Returns the end of what was written.
  uint8_t* Write(absl::string_view payload, const json::Object& claims,
                 uint8_t* out) const {
    const size_t brace = payload.rfind('}');
    std::string members = times_;
    if (has_jti_) AppendJti(&members);
    absl::string_view stamp = members;
    if (claims.size() == 0) stamp.remove_prefix(1);  // No comma.
    for (absl::string_view part :
         {payload.substr(0, brace), stamp, payload.substr(brace)}) {
      std::memcpy(out, part.data(), part.size());
      out += part.size();
    }
    return out;
  }

 private:
  void AddTime(const char* name, absl::Time time) {
    names_.push_back(name);
    absl::StrAppend(&times_, ",\"", name, "\":", absl::ToUnixSeconds(time));
  }
  static void AppendJti(std::string* members) {
    uint8_t random[kJtiBytes];
    crypto::RandomBytes(random, sizeof random);
    absl::StrAppend(members, ",\"jti\":\"",
                    Base64UrlEncode(AsText(random, sizeof random)), "\"");
  }

  std::vector<const char*> names_;
  std::string times_;  // ,"iat":1,"exp":2
  bool has_jti_ = false;
};

}  // namespace

bool NeedsJwsSigner(const SignOptions& options) {
  return options.form == jose::Form::kJwsJson || options.detached ||
         options.unencoded_payload;
}

absl::string_view SignOutcomeText(SignOutcome outcome) {
  const auto index = static_cast<size_t>(outcome);
  return kOutcomeTexts[index < kNumSignOutcomes ? index : 0];
}

// One batch under way; pool threads work on disjoint payloads.
class SignRun {
 public:
  SignRun(const SignRequest& request, keys::KeySet::SigningChoice key,
          std::string header, absl::Time now, const Limits& limits,
          ScratchPool* scratch_pool)
      : request_(request),
        key_(key),
        scheme_(jose::InfoOf(key.alg).scheme),
        signature_len_(key.key->signing_key()->SignatureLen(scheme_)),
        header_(std::move(header)),
        stamp_(*request.options, now),
        limits_(limits),
        scratch_pool_(*scratch_pool),
        stop_(request.deadline, request.cancelled),
        results_(request.payloads.size()) {}

  void Run(exec::ThreadPool* pool);
  absl::Span<const SignResult> results() const { return results_; }

 private:
  // The most that the token of a payload of `len` bytes takes.
  size_t TokenRoom(size_t len) const {
    return header_.size() + Base64UrlEncodedSize(len + stamp_.len()) + 1 +
           Base64UrlEncodedSize(signature_len_);
  }
  void PlaceTokens();
  size_t ItemsPerChunk() const;
  void SignChunk(size_t begin, size_t end);
  SignOutcome SignOne(size_t index, Scratch* scratch);
  SignOutcome StampPayload(Scratch* scratch, absl::string_view* payload) const;
  SignOutcome WriteToken(size_t index, absl::string_view payload,
                         Scratch* scratch);

  const SignRequest& request_;
  const keys::KeySet::SigningChoice key_;
  const crypto::SignatureScheme scheme_;
  const size_t signature_len_;
  const std::string header_;
  const Stamp stamp_;
  const Limits& limits_;
  ScratchPool& scratch_pool_;
  const StopSignal stop_;
  std::vector<SignResult> results_;
  std::vector<size_t> places_;  // Of the tokens in tokens_.
  std::unique_ptr<char[]> tokens_;
};

void SignRun::Run(exec::ThreadPool* pool) {
  PlaceTokens();
  exec::ForEachChunk(pool, request_.payloads.size(), ItemsPerChunk(),
                     request_.max_parallelism,
                     [&](size_t begin, size_t end) { SignChunk(begin, end); });
}

void SignRun::PlaceTokens() {
  size_t total = 0;
  places_.reserve(request_.payloads.size());
  for (absl::string_view payload : request_.payloads) {
    places_.push_back(total);
    const size_t room = TokenRoom(payload.size());
    if (room <= limits_.max_token_bytes) total += room;
  }
  tokens_.reset(new char[total]);
}

size_t SignRun::ItemsPerChunk() const {
  const uint64_t cost_ns =
      key_.key->signing_key()->SignCostNs() + uint64_t{kFixedCostNs};
  return std::max<uint64_t>(1, kChunkCostNs / cost_ns);
}

void SignRun::SignChunk(size_t begin, size_t end) {
  if (stop_.ShouldStop()) {
    for (size_t i = begin; i < end; ++i) {
      results_[i].outcome = SignOutcome::kNotProcessed;
    }
    return;
  }
  ScratchPool::Lease scratch(&scratch_pool_);
  for (size_t i = begin; i < end; ++i) {
    results_[i].outcome = SignOne(i, &*scratch);
  }
}

SignOutcome SignRun::SignOne(size_t index, Scratch* scratch) {
  absl::string_view payload = request_.payloads[index];
  if (TokenRoom(payload.size()) > limits_.max_token_bytes) {
    return SignOutcome::kTooLarge;
  }
  if (jose::JudgesClaims(request_.options->form)) {
    const SignOutcome outcome = StampPayload(scratch, &payload);
    if (outcome != SignOutcome::kSigned) return outcome;
  }
  return WriteToken(index, payload, scratch);
}

// Checks that `*payload` is a claims object, and where there is something to
// stamp points it to a stamped copy in the scratch.
SignOutcome SignRun::StampPayload(Scratch* scratch,
                                  absl::string_view* payload) const {
  json::Object claims;
  if (scratch->claims_reader.ParseObject(*payload, &claims) !=
      json::Error::kNone) {
    return SignOutcome::kNotAnObject;
  }
  if (stamp_.empty()) return SignOutcome::kSigned;
  if (stamp_.ConflictsWith(claims)) return SignOutcome::kClaimConflict;
  uint8_t* const copy = scratch->Buffer(payload->size() + stamp_.len());
  const uint8_t* const end = stamp_.Write(*payload, claims, copy);
  *payload = AsText(copy, end - copy);
  return SignOutcome::kSigned;
}

SignOutcome SignRun::WriteToken(size_t index, absl::string_view payload,
                                Scratch* scratch) {
  const size_t signing_input_len =
      header_.size() + Base64UrlEncodedSize(payload.size());
  const size_t token_len =
      signing_input_len + 1 + Base64UrlEncodedSize(signature_len_);

  char* const token = tokens_.get() + places_[index];
  std::memcpy(token, header_.data(), header_.size());
  Base64UrlEncode(payload, token + header_.size());
  if (!key_.key->signing_key()->Sign(
          scheme_, absl::string_view(token, signing_input_len),
          scratch->signature)) {
    return SignOutcome::kSigningFailed;
  }
  token[signing_input_len] = '.';
  Base64UrlEncode(AsText(scratch->signature, signature_len_),
                  token + signing_input_len + 1);
  results_[index].token = absl::string_view(token, token_len);
  return SignOutcome::kSigned;
}

BatchSigner::BatchSigner(const keys::KeyCache* key_cache,
                         exec::ThreadPool* pool, const Clock* clock,
                         const Limits& limits)
    : key_cache_(*key_cache),
      pool_(pool),
      clock_(*clock),
      limits_(limits),
      scratch_pool_(std::make_unique<ScratchPool>(limits.max_json_depth)) {}

BatchSigner::~BatchSigner() = default;

absl::Status BatchSigner::Sign(
    const SignRequest& request,
    absl::FunctionRef<void(const SignResults&)> consume) const {
  const absl::Status size =
      CheckBatchSize(request.payloads.size(), limits_, "payloads");
  if (!size.ok()) return size;
  const absl::Status valid = ValidateOptions(*request.options);
  if (!valid.ok()) return valid;
  const keys::KeyCache::ReadGuard guard(key_cache_);
  const auto found = guard.Get(request.key_set);
  if (!found.ok()) return found.status();
  const keys::KeySet* const key_set = *found;
  auto key = key_set->FindForSign(request.kid, request.alg);
  if (!key.ok()) return key.status();
  auto header = EncodeHeader(*key, *request.options, limits_);
  if (!header.ok()) return header.status();

  const absl::Time now = clock_.Now();
  SignRun run(request, *key, *std::move(header), now, limits_,
              scratch_pool_.get());
  run.Run(pool_);
  consume(
      {now, key_set->generation(), key->alg, key->key->kid(), run.results()});
  return absl::OkStatus();
}

}  // namespace assay::engine
