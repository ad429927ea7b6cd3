#include "core/crypto/kernel_self_test.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "core/base/limits.h"
#include "core/crypto/known_answers.h"
#include "core/crypto/lane_run.h"

namespace assay::crypto {
namespace {

using simd::LaneVerdict;

// Vectors of 8 and of 16, and a part of the next.
constexpr size_t kNumChecks = 19;

struct KnownAnswer {
  KeyMaterial key;
  SignatureScheme scheme;
  std::string message;
  std::string signature;
};

std::string FromHex(const char* hex) { return absl::HexStringToBytes(hex); }

KnownAnswer Hmac(Hash hash, const char* mac) {
  const std::string secret(known::kHmacKeyLen, known::kHmacKeyByte);
  return {SymmetricKey{SecretBytes(secret)},
          {SignatureFamily::kHmac, hash},
          known::kHmacMessage,
          FromHex(mac)};
}

KnownAnswer Ecdsa(Curve curve, Hash hash, const char* x, const char* y,
                  const char* signature) {
  EcKey key;
  key.curve = curve;
  key.x = FromHex(x);
  key.y = FromHex(y);
  return {std::move(key),
          {SignatureFamily::kEcdsa, hash},
          known::kEcdsaMessage,
          FromHex(signature)};
}

KnownAnswer Rsa(const char* modulus, const char* signature) {
  RsaKey key;
  key.n = FromHex(modulus);
  key.e = std::string("\x01\x00\x01", 3);
  return {std::move(key),
          {SignatureFamily::kRsaPkcs1, Hash::kSha256},
          known::kRsaMessage,
          FromHex(signature)};
}

KnownAnswer AnswerOf(Lane lane) {
  switch (lane) {
    case Lane::kHmacSha256:
      return Hmac(Hash::kSha256, known::kHmacSha256);
    case Lane::kHmacSha384:
      return Hmac(Hash::kSha384, known::kHmacSha384);
    case Lane::kHmacSha512:
      return Hmac(Hash::kSha512, known::kHmacSha512);
    case Lane::kP256:
      return Ecdsa(Curve::kP256, Hash::kSha256, known::kP256X, known::kP256Y,
                   known::kP256Signature);
    case Lane::kP384:
      return Ecdsa(Curve::kP384, Hash::kSha384, known::kP384X, known::kP384Y,
                   known::kP384Signature);
    case Lane::kP521:
      return Ecdsa(Curve::kP521, Hash::kSha512, known::kP521X, known::kP521Y,
                   known::kP521Signature);
    case Lane::kRsa2048:
      return Rsa(known::kRsa2048Modulus, known::kRsa2048Signature);
    case Lane::kRsa3072:
      return Rsa(known::kRsa3072Modulus, known::kRsa3072Signature);
    case Lane::kRsa4096:
      return Rsa(known::kRsa4096Modulus, known::kRsa4096Signature);
    case Lane::kEd25519:
    case Lane::kNone:
      break;
  }
  Ed25519Key key;
  key.x = FromHex(known::kEd25519Key);
  return {std::move(key),
          {SignatureFamily::kEd25519, Hash::kSha512},
          known::kEd25519Message,
          FromHex(known::kEd25519Signature)};
}

// Every third signature is damaged, so that both kinds stand side by side, and
// in each of 8 places. The damage is in the last byte: a number that stays
// in range, so that the arithmetic has to find out.
bool IsDamaged(size_t i) { return i % 3 == 1; }

// Messages of zero to five blocks of SHA-512, all different: a kernel hashes
// them side by side, and they end at different times.
bool HashesRightly(const LaneVerifier& verifier, Hash hash) {
  constexpr size_t kStep = 37;
  std::string text(kNumChecks * kStep, '\0');
  for (size_t i = 0; i < text.size(); ++i) {
    text[i] = static_cast<char>(i * 167 >> 3);
  }
  std::vector<SignatureCheck> checks(kNumChecks);
  for (size_t i = 0; i < kNumChecks; ++i) {
    // Neither the longest first nor the shortest.
    const size_t len = i * 7 % kNumChecks * kStep;
    checks[i].message = absl::string_view(text).substr(text.size() - len);
  }
  LaneScratch scratch;
  std::atomic<int64_t> confirmations{0};
  return LaneRun(verifier, absl::MakeSpan(checks), &confirmations, &scratch)
      .HashesRightlyForSelfTest(hash);
}

// The hashes of the signatures that come to a lane.
std::vector<Hash> HashesOf(Lane lane, const KnownAnswer& answer) {
  if (IsRsa(lane)) return {Hash::kSha256, Hash::kSha384, Hash::kSha512};
  return {answer.scheme.hash};
}

bool JudgesRightly(const LaneVerifier& verifier, Lane lane,
                   const VerifyingKey& key, const KnownAnswer& answer,
                   bool must_decide) {
  std::string damaged = answer.signature;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  std::vector<SignatureCheck> checks(kNumChecks);
  for (size_t i = 0; i < kNumChecks; ++i) {
    checks[i].key = &key;
    checks[i].scheme = answer.scheme;
    checks[i].message = answer.message;
    checks[i].signature = IsDamaged(i) ? damaged : answer.signature;
  }
  LaneScratch scratch;
  std::atomic<int64_t> confirmations{0};
  LaneRun run(verifier, absl::MakeSpan(checks), &confirmations, &scratch);
  const absl::Span<const LaneVerdict> verdicts = run.JudgeForSelfTest(lane);
  for (size_t i = 0; i < kNumChecks; ++i) {
    if (!must_decide && verdicts[i] == LaneVerdict::kUndecided) continue;
    const LaneVerdict expected =
        IsDamaged(i) ? LaneVerdict::kRejected : LaneVerdict::kAccepted;
    if (verdicts[i] != expected) return false;
  }
  return true;
}

}  // namespace

bool PassesSelfTest(const LaneVerifier& verifier, Lane lane) {
  const KnownAnswer answer = AnswerOf(lane);
  for (Hash hash : HashesOf(lane, answer)) {
    if (!HashesRightly(verifier, hash)) return false;
  }
  // Its LaneKey is its own: the keys are published, so somebody may have one
  // in use, and another verifier may be testing at the same time. Nobody else
  // reads a table that goes.
  const auto key = VerifyingKey::CreateUnshared(answer.key, kMaxRsaModulusBits);
  if (!key.ok()) return false;
  const std::shared_ptr<LaneKey>& lane_key = (*key)->lane_key();
  const bool has_tables =
      lane_key != nullptr && lane_key->window_sizes() != nullptr;
  // A kernel need not have a path without tables, but one with them.
  if (!JudgesRightly(verifier, lane, **key, answer, !has_tables)) return false;
  if (!has_tables) return true;
  for (const int* bits = lane_key->window_sizes(); *bits != 0; ++bits) {
    auto table = KeyTable::Build(*lane_key, *bits);
    if (table == nullptr) return false;
    lane_key->ExchangeTable(std::move(table));
    if (!JudgesRightly(verifier, lane, **key, answer, true)) return false;
  }
  return true;
}

}  // namespace assay::crypto
