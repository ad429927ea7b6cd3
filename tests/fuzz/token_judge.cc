#include "tests/fuzz/token_judge.h"

#include <cstdlib>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/types/optional.h"
#include "core/base/clock.h"
#include "core/base/decrypt_reason.h"
#include "core/base/limits.h"
#include "core/base/reason.h"
#include "core/crypto/lane.h"
#include "core/crypto/lane_verifier.h"
#include "core/engine/batch_decrypter.h"
#include "core/engine/batch_verifier.h"
#include "core/engine/jws_verifier.h"
#include "core/engine/nested_verifier.h"
#include "core/jose/policy.h"
#include "core/json/reader.h"
#include "core/keys/key_cache.h"
#include "core/simd/base64url/base64url.h"

namespace assay::testing {
namespace {

using simdjson::SUCCESS;

// Every signature that can go through a kernel does so from the start.
engine::KernelOptions OptionsFor(Checker checker) {
  engine::KernelOptions options;
  options.lanes.use_kernels = checker == Checker::kKernels;
  options.lanes.test_after_checks = 1;
  return options;
}

// The verifiers of one checker. Plenty of layers and members, all on this
// thread.
struct Verifiers {
  Verifiers(const keys::KeyCache* cache,
            const engine::BatchDecrypter* decrypter, Checker checker)
      : batch(cache, nullptr, Clock::System(), Limits(), OptionsFor(checker)),
        jws(&batch, nullptr, Limits()),
        nested(&batch, decrypter, Clock::System(), Limits()) {}

  const engine::BatchVerifier batch;
  const engine::JwsVerifier jws;
  const engine::NestedVerifier nested;
};

void OrDie(const absl::Status& status) {
  if (!status.ok()) std::abort();
}

jose::Policy PolicyOf(Form form) {
  jose::Policy policy;
  if (form == Form::kJws) policy.form = jose::Form::kJws;
  if (form == Form::kJwsJson) policy.form = jose::Form::kJwsJson;
  return policy;
}

// `kid` counts if it is valid.
Answer AnswerOf(Reason reason, absl::string_view content,
                absl::string_view kid) {
  if (reason == Reason::kUnspecified) std::abort();
  const bool is_valid = reason == Reason::kValid;
  return {is_valid, static_cast<int>(reason), std::string(content),
          is_valid ? std::string(kid) : "", 0};
}

// A header need not name the key.
bool Matches(const SignedPiece& piece, const Answer& answer) {
  return piece.content == answer.content &&
         (answer.kid.empty() || piece.kid == answer.kid);
}

std::vector<Answer> AskBatchVerifier(
    const Verifiers& verifiers, Form form, absl::string_view key_set,
    absl::Span<const absl::string_view> batch) {
  const jose::Policy policy = PolicyOf(form);
  engine::VerifyRequest request;
  request.key_set = key_set;
  request.policy = &policy;
  request.tokens = batch;
  request.view = engine::ResultView::kPayload;
  std::vector<Answer> answers;
  OrDie(
      verifiers.batch.Verify(request, [&](const engine::BatchResults& results) {
        for (const engine::TokenResult& result : results.results) {
          answers.push_back(
              AnswerOf(result.reason(), result.payload(), result.kid()));
        }
      }));
  return answers;
}

std::vector<Answer> AskJwsVerifier(const Verifiers& verifiers,
                                   absl::string_view key_set,
                                   absl::Span<const absl::string_view> batch) {
  const jose::Policy policy = PolicyOf(Form::kJwsJson);
  engine::JwsVerifyRequest request;
  request.key_set = key_set;
  request.policy = &policy;
  request.tokens = batch;
  request.view = engine::ResultView::kPayload;
  std::vector<Answer> answers;
  OrDie(verifiers.jws.Verify(request, [&](const engine::JwsResults& results) {
    for (const engine::JwsResult& result : results.results) {
      answers.push_back(
          AnswerOf(result.reason, result.payload, result.kid.value_or("")));
    }
  }));
  return answers;
}

std::vector<Answer> AskNestedVerifier(
    const Verifiers& verifiers, absl::string_view key_set,
    absl::Span<const absl::string_view> batch) {
  const jose::Policy policy = PolicyOf(Form::kNested);
  engine::NestedRequest request;
  request.key_set = key_set;
  request.decryption_key_set = kRecipients;
  request.policy = &policy;
  request.tokens = batch;
  request.view = engine::ResultView::kPayload;
  request.max_layers = kNestedLayers;
  std::vector<Answer> answers;
  OrDie(verifiers.nested.Verify(
      request, [&](const engine::NestedResults& results) {
        for (const engine::NestedResult& result : results.results) {
          // Of the signature over the claims.
          const std::string kid =
              result.path.empty() ? "" : result.path.back().kid.value_or("");
          answers.push_back(AnswerOf(result.reason, result.payload, kid));
        }
      }));
  return answers;
}

std::vector<Answer> AskDecrypter(const engine::BatchDecrypter& decrypter,
                                 Form form,
                                 absl::Span<const absl::string_view> batch) {
  engine::DecryptRequest request;
  request.key_set = kRecipients;
  request.form = form == Form::kJwe ? engine::DecryptForm::kCompact
                                    : engine::DecryptForm::kJson;
  request.tokens = batch;
  std::vector<Answer> answers;
  OrDie(decrypter.Decrypt(request, [&](const engine::DecryptResults& results) {
    for (const engine::DecryptResult& result : results.results) {
      if (result.reason == DecryptReason::kUnspecified) std::abort();
      answers.push_back({result.reason == DecryptReason::kValid,
                         static_cast<int>(result.reason), result.plaintext, "",
                         result.recipient});
    }
  }));
  return answers;
}

// The text of a member; empty if there is none.
absl::string_view TextOf(const json::Object& object, absl::string_view name) {
  std::string_view text;
  if (object.at_key({name.data(), name.size()}).get_string().get(text) !=
      SUCCESS) {
    return "";
  }
  return {text.data(), text.size()};
}

// The entries of the list `name`; without it, `object` itself.
std::vector<json::Object> EntriesOf(const json::Object& object,
                                    const char* name) {
  json::Array list;
  if (object.at_key(name).get_array().get(list) != SUCCESS) return {object};
  std::vector<json::Object> entries;
  for (const json::Element element : list) {
    json::Object entry;
    if (element.get_object().get(entry) == SUCCESS) entries.push_back(entry);
  }
  return entries;
}

// Whether an encoded header says that a token is within.
bool SaysJwt(absl::string_view encoded) {
  std::string header;
  json::Reader reader(/*max_depth=*/64);
  json::Object object;
  if (!Base64UrlDecode(encoded, &header) ||
      reader.ParseObject(header, &object) != json::Error::kNone) {
    return false;
  }
  const absl::string_view cty = TextOf(object, "cty");
  return absl::EqualsIgnoreCase(cty, "JWT") ||
         absl::EqualsIgnoreCase(cty, "application/jwt");
}

// Whatever a damaged token may nest.
constexpr size_t kMaxDepth = 100;

}  // namespace

struct Judge::Engine {
  explicit Engine(const Mint& mint)
      : decrypter(&cache, nullptr, Limits()),
        kernels(&cache, &decrypter, Checker::kKernels),
        boringssl(&cache, &decrypter, Checker::kBoringSsl) {
    mint.PublishKeys(&cache);
  }

  keys::KeyCache cache;
  const engine::BatchDecrypter decrypter;
  const Verifiers kernels, boringssl;
};

Judge::Judge(const Mint& mint)
    : mint_(mint), engine_(std::make_unique<Engine>(mint)) {}

Judge::~Judge() = default;

std::vector<Answer> Judge::Ask(
    Form form, absl::string_view key_set, Checker checker,
    absl::Span<const absl::string_view> batch) const {
  const Verifiers& verifiers =
      checker == Checker::kKernels ? engine_->kernels : engine_->boringssl;
  switch (form) {
    case Form::kJwt:
    case Form::kJws:
      return AskBatchVerifier(verifiers, form, key_set, batch);
    case Form::kJwsJson:
      return AskJwsVerifier(verifiers, key_set, batch);
    case Form::kNested:
      return AskNestedVerifier(verifiers, key_set, batch);
    case Form::kJwe:
    case Form::kJweJson:
      break;
  }
  return AskDecrypter(engine_->decrypter, form, batch);
}

bool Judge::HasUsedKernels() const {
  const crypto::LaneVerifier& lanes = engine_->kernels.batch.lanes();
  for (const crypto::Lane lane :
       {crypto::Lane::kHmacSha256, crypto::Lane::kP256,
        crypto::Lane::kEd25519}) {
    if (lanes.HasKernel(lane) && lanes.Counts(lane).checks == 0) return false;
  }
  return true;
}

const SignedPiece* Judge::FindSigned(absl::string_view header,
                                     absl::string_view payload,
                                     absl::string_view signature,
                                     absl::string_view key_set) const {
  const auto& pieces = mint_.signed_pieces();
  const auto it = absl::c_find_if(pieces, [&](const SignedPiece& piece) {
    return piece.header == header && piece.payload == payload &&
           piece.signature == signature && piece.key_set == key_set;
  });
  return it == pieces.end() ? nullptr : &*it;
}

const SignedPiece* Judge::FindSigned(absl::string_view compact,
                                     absl::string_view key_set) const {
  const std::vector<absl::string_view> parts = absl::StrSplit(compact, '.');
  if (parts.size() != 3) return nullptr;
  return FindSigned(parts[0], parts[1], parts[2], key_set);
}

const SealedPiece* Judge::FindSealed(absl::string_view compact) const {
  const std::vector<absl::string_view> parts = absl::StrSplit(compact, '.');
  if (parts.size() != 5) return nullptr;
  const auto& pieces = mint_.sealed_pieces();
  const auto it = absl::c_find_if(pieces, [&](const SealedPiece& piece) {
    return piece.header == parts[0] && piece.aad.empty() &&
           absl::c_linear_search(piece.encrypted_keys, parts[1]) &&
           piece.iv == parts[2] && piece.ciphertext == parts[3] &&
           piece.tag == parts[4];
  });
  return it == pieces.end() ? nullptr : &*it;
}

bool Judge::IsDeserved(Form form, absl::string_view key_set,
                       absl::string_view token, const Answer& answer) const {
  if (form == Form::kJwsJson) return IsDeservedJwsJson(key_set, token, answer);
  if (form == Form::kJweJson) return IsDeservedJweJson(token, answer);
  if (form == Form::kNested) return IsDeservedNested(key_set, token, answer);
  if (form == Form::kJwe) {
    const SealedPiece* piece = FindSealed(token);
    return piece != nullptr && piece->fate != Fate::kRefused &&
           piece->content == answer.content;
  }
  const SignedPiece* piece = FindSigned(token, key_set);
  return piece != nullptr && Matches(*piece, answer) &&
         (form == Form::kJwt ? piece->as_jwt : piece->as_jws) != Fate::kRefused;
}

bool Judge::IsDeservedJwsJson(absl::string_view key_set,
                              absl::string_view token,
                              const Answer& answer) const {
  json::Reader reader(kMaxDepth);
  json::Object object;
  if (reader.ParseObject(token, &object) != json::Error::kNone) return false;
  for (const json::Object& entry : EntriesOf(object, "signatures")) {
    const SignedPiece* piece =
        FindSigned(TextOf(entry, "protected"), TextOf(object, "payload"),
                   TextOf(entry, "signature"), key_set);
    if (piece != nullptr && piece->as_jws != Fate::kRefused &&
        Matches(*piece, answer)) {
      return true;
    }
  }
  return false;
}

bool Judge::IsDeservedJweJson(absl::string_view token,
                              const Answer& answer) const {
  json::Reader reader(kMaxDepth);
  json::Object object;
  if (reader.ParseObject(token, &object) != json::Error::kNone) return false;
  const std::vector<json::Object> recipients = EntriesOf(object, "recipients");
  if (answer.recipient >= recipients.size()) return false;
  const absl::string_view encrypted_key =
      TextOf(recipients[answer.recipient], "encrypted_key");
  return absl::c_any_of(mint_.sealed_pieces(), [&](const SealedPiece& piece) {
    return piece.header == TextOf(object, "protected") &&
           piece.aad == TextOf(object, "aad") &&
           piece.iv == TextOf(object, "iv") &&
           piece.ciphertext == TextOf(object, "ciphertext") &&
           piece.tag == TextOf(object, "tag") &&
           absl::c_linear_search(piece.encrypted_keys, encrypted_key) &&
           piece.fate != Fate::kRefused && piece.content == answer.content;
  });
}

// Layer by layer: each was protected and says that a token is within, and the
// last one is a signed JWT.
bool Judge::IsDeservedNested(absl::string_view key_set, absl::string_view token,
                             const Answer& answer) const {
  for (int layer = 1; layer <= kNestedLayers; ++layer) {
    if (const SealedPiece* sealed = FindSealed(token)) {
      if (sealed->fate == Fate::kRefused || !SaysJwt(sealed->header)) {
        return false;
      }
      token = sealed->content;
      continue;
    }
    const SignedPiece* signed_piece = FindSigned(token, key_set);
    if (signed_piece == nullptr) return false;
    if (layer > 1 && signed_piece->as_jwt != Fate::kRefused) {
      return Matches(*signed_piece, answer);
    }
    if (signed_piece->as_jws == Fate::kRefused ||
        !SaysJwt(signed_piece->header)) {
      return false;
    }
    token = signed_piece->content;
  }
  return false;
}

}  // namespace assay::testing
