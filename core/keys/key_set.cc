#include "core/keys/key_set.h"

#include <atomic>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/crypto/key_material.h"

namespace assay::keys {
namespace {

std::atomic<int> num_alive{0};

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", text, "\"");
}

// A secret's thumbprint would let whoever reads the message guess at it.
std::string SetAndKey(absl::string_view set, const jose::Jwk& jwk) {
  if (!jwk.kid.has_value() && crypto::IsSymmetric(jwk.material)) {
    return absl::StrCat("key set ", Quoted(set), ": a key without kid");
  }
  return absl::StrCat("key set ", Quoted(set), ": key ",
                      Quoted(jwk.EffectiveKid()));
}

// A public set with a secret in it is an accident to be told about at once:
// what was meant to be given away would be a secret, or the other way round a
// public text would be used as a secret (algorithm confusion).
absl::Status RequirePublicKeys(absl::string_view name,
                               const jose::JwkSet& jwks) {
  for (const jose::Jwk& jwk : jwks.keys) {
    if (!crypto::HasPrivateNumbers(jwk.material)) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        SetAndKey(name, jwk), " is ",
        crypto::IsSymmetric(jwk.material) ? "symmetric" : "private",
        ", but the set is for public keys only"));
  }
  for (const jose::SkippedKey& skipped : jwks.skipped) {
    if (!skipped.holds_secret) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "key set ", Quoted(name), ": key ", skipped.index,
        skipped.kid.empty() ? "" : absl::StrCat(" (", Quoted(skipped.kid), ")"),
        " cannot be used (", skipped.why.message(),
        "), and it is private or symmetric, but the set is for public keys "
        "only"));
  }
  return absl::OkStatus();
}

// The positions, in the set as it was read, of the keys that parsed: all but
// those of the skipped ones.
std::vector<size_t> PositionsOfKeys(const jose::JwkSet& jwks) {
  std::vector<size_t> taken;
  for (const jose::SkippedKey& skipped : jwks.skipped) {
    taken.push_back(skipped.index);
  }
  absl::c_sort(taken);
  std::vector<size_t> positions;
  positions.reserve(jwks.keys.size());
  auto next_taken = taken.begin();
  for (size_t at = 0; positions.size() < jwks.keys.size(); ++at) {
    if (next_taken != taken.end() && *next_taken == at) {
      ++next_taken;
    } else {
      positions.push_back(at);
    }
  }
  return positions;
}

void AddCandidate(const PreparedKey* key, KeyCandidates* candidates) {
  if (candidates->num_keys == kMaxKeyCandidates) return;
  candidates->keys[candidates->num_keys++] = key;
}

// Whether `key`, coming after `earlier` keys of its kid, would ever be tried.
bool IsEverTried(const PreparedKey& key,
                 const std::vector<const PreparedKey*>& earlier) {
  const auto has_room = [&](jose::Algorithm alg) {
    const auto bears_alg = [alg](const PreparedKey* other) {
      return other->verify_algorithms().Contains(alg) ||
             other->sign_algorithms().Contains(alg);
    };
    return bears_alg(&key) &&
           absl::c_count_if(earlier, bears_alg) <
               static_cast<std::ptrdiff_t>(kMaxKeyCandidates);
  };
  return absl::c_any_of(jose::AllAlgorithms(),
                        [&](const jose::AlgorithmInfo& info) {
                          return has_room(info.algorithm);
                        });
}

// What a key signs with when nobody says: see KeySet::FindForSign.
jose::Algorithm DefaultAlgorithm(const PreparedKey& key) {
  for (jose::Algorithm alg : {jose::Algorithm::kRs256, jose::Algorithm::kHs256,
                              jose::Algorithm::kEdDsa}) {
    if (key.sign_algorithms().Contains(alg)) return alg;
  }
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    if (key.sign_algorithms().Contains(info.algorithm)) return info.algorithm;
  }
  return jose::Algorithm::kUnspecified;
}

bool MaySign(const PreparedKey& key, jose::Algorithm alg) {
  return alg == jose::Algorithm::kUnspecified
             ? !key.sign_algorithms().empty()
             : key.sign_algorithms().Contains(alg);
}

std::string WithAlgorithm(jose::Algorithm alg) {
  return alg == jose::Algorithm::kUnspecified
             ? ""
             : absl::StrCat(" with ", jose::AlgorithmName(alg));
}

// "a", "b", ... of the first few.
std::string KidsOf(const KeyCandidates& candidates) {
  std::string kids;
  for (size_t i = 0; i < candidates.num_keys; ++i) {
    absl::StrAppend(&kids, i > 0 ? ", " : "",
                    Quoted(candidates.keys[i]->kid()));
  }
  return kids;
}

}  // namespace

KeySet::KeySet() { num_alive.fetch_add(1, std::memory_order_relaxed); }
KeySet::~KeySet() { num_alive.fetch_sub(1, std::memory_order_relaxed); }

int KeySet::NumAliveForTest() {
  return num_alive.load(std::memory_order_relaxed);
}

absl::StatusOr<std::unique_ptr<KeySet>> KeySet::Create(
    absl::string_view name, KeySetUse use, jose::JwkSet jwks,
    std::vector<std::string> issuers, const Limits& limits) {
  if (jwks.keys.size() > limits.max_keys_per_set) {
    return absl::InvalidArgumentError(absl::StrCat(
        "key set ", Quoted(name), ": ", jwks.keys.size(), " keys, but at most ",
        limits.max_keys_per_set, " are allowed"));
  }
  if (use == KeySetUse::kPublic) {
    absl::Status status = RequirePublicKeys(name, jwks);
    if (!status.ok()) return status;
  }
  auto set = std::unique_ptr<KeySet>(new KeySet());
  set->name_ = std::string(name);
  set->use_ = use;
  set->issuers_ = std::move(issuers);
  if (use == KeySetUse::kEncrypt || use == KeySetUse::kDecrypt) {
    set->recipients_ = std::make_unique<RecipientKeys>(
        use == KeySetUse::kEncrypt ? RecipientKeys::Half::kEncrypts
                                   : RecipientKeys::Half::kDecrypts);
  }
  absl::Status status = set->AddKeys(std::move(jwks), limits);
  if (!status.ok()) return status;
  set->IndexKeys();
  set->header_memo_ =
      std::make_unique<HeaderMemo>(limits.max_header_memo_entries);
  return set;
}

absl::Status KeySet::AddKeys(jose::JwkSet jwks, const Limits& limits) {
  const std::vector<size_t> positions = PositionsOfKeys(jwks);
  skipped_ = std::move(jwks.skipped);
  keys_.reserve(jwks.keys.size());
  for (size_t i = 0; i < jwks.keys.size(); ++i) {
    std::string kid = jwks.keys[i].kid.value_or("");
    absl::Status status = AddKey(std::move(jwks.keys[i]), limits);
    if (!status.ok()) {
      skipped_.push_back({positions[i], std::move(kid), std::move(status)});
      continue;
    }
    status = CheckNoMix();
    if (!status.ok()) return status;
  }
  absl::c_sort(skipped_,
               [](const jose::SkippedKey& a, const jose::SkippedKey& b) {
                 return a.index < b.index;
               });
  return absl::OkStatus();
}

absl::Status KeySet::AddKey(jose::Jwk jwk, const Limits& limits) {
  if (recipients_ != nullptr) return recipients_->Add(jwk, limits);
  auto key =
      PreparedKey::Create(std::move(jwk), use_ == KeySetUse::kSign, limits);
  if (!key.ok()) return key.status();
  keys_.push_back(*std::move(key));
  return absl::OkStatus();
}

// A set of both would let a public key's text be taken for a secret.
absl::Status KeySet::CheckNoMix() const {
  if (keys_.empty() ||
      keys_.front()->is_symmetric() == keys_.back()->is_symmetric()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "key set ", Quoted(name_), " mixes symmetric and asymmetric keys: ",
      Quoted(keys_.front()->kid()), " and ", Quoted(keys_.back()->kid())));
}

void KeySet::IndexKeys() {
  for (const auto& owned : keys_) {
    const PreparedKey* key = owned.get();
    std::vector<const PreparedKey*>& of_kid = by_kid_[key->kid()];
    if (IsEverTried(*key, of_kid)) of_kid.push_back(key);
    for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
      const size_t alg = static_cast<size_t>(info.algorithm);
      if (key->verify_algorithms().Contains(info.algorithm)) {
        AddCandidate(key, &by_algorithm_[alg]);
      }
      if (key->sign_algorithms().Contains(info.algorithm)) {
        AddCandidate(key, &signing_by_algorithm_[alg]);
      }
    }
    if (!key->sign_algorithms().empty()) {
      AddCandidate(key, &signing_by_algorithm_[0]);
    }
  }
  const Reason why_none =
      keys_.empty() ? Reason::kKeyUnavailable : Reason::kNoCompatibleKey;
  for (KeyCandidates& candidates : by_algorithm_) {
    if (candidates.num_keys == 0) candidates.reason = why_none;
  }
}

absl::Status KeySet::TrustCertificates(
    std::unique_ptr<const CertificateKeys> certificates) {
  if (recipients_ != nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "key set ", Quoted(name_),
        " is for encryption: only a set that verifies can trust certificates"));
  }
  if (!keys_.empty() && keys_.front()->is_symmetric()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "key set ", Quoted(name_),
        " holds secrets, so it cannot trust certificates: put one of the two "
        "into a set of its own"));
  }
  certificate_keys_ = std::move(certificates);
  return absl::OkStatus();
}

KeyCandidates KeySet::FindForVerify(
    const absl::optional<absl::string_view>& kid, jose::Algorithm alg) const {
  if (!kid.has_value()) return by_algorithm_[static_cast<size_t>(alg)];
  KeyCandidates found;
  const auto it = by_kid_.find(*kid);
  if (it == by_kid_.end()) {
    found.reason =
        keys_.empty() ? Reason::kKeyUnavailable : Reason::kKidUnknown;
    return found;
  }
  for (const PreparedKey* key : it->second) {
    if (key->verify_algorithms().Contains(alg)) AddCandidate(key, &found);
  }
  if (found.num_keys == 0) found.reason = Reason::kAlgorithmNotOfKey;
  return found;
}

absl::StatusOr<KeySet::SigningChoice> KeySet::FindForSign(
    const absl::optional<std::string>& kid, jose::Algorithm alg) const {
  const auto choose = [alg](const PreparedKey* key) {
    return SigningChoice{key, alg == jose::Algorithm::kUnspecified
                                  ? DefaultAlgorithm(*key)
                                  : alg};
  };
  if (kid.has_value()) {
    const auto it = by_kid_.find(*kid);
    if (it == by_kid_.end()) {
      return absl::NotFoundError(absl::StrCat("key set ", Quoted(name_),
                                              " has no key ", Quoted(*kid)));
    }
    for (const PreparedKey* key : it->second) {
      if (MaySign(*key, alg)) return choose(key);
    }
    return absl::FailedPreconditionError(
        absl::StrCat("key ", Quoted(*kid), " of key set ", Quoted(name_),
                     " cannot sign", WithAlgorithm(alg)));
  }
  const KeyCandidates& candidates =
      signing_by_algorithm_[static_cast<size_t>(alg)];
  if (candidates.num_keys == 1) return choose(candidates.keys[0]);
  if (candidates.num_keys == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("key set ", Quoted(name_), " has no key that can sign",
                     WithAlgorithm(alg)));
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "key set ", Quoted(name_), " has several keys that can sign",
      WithAlgorithm(alg), "; name a kid, such as ", KidsOf(candidates)));
}

}  // namespace assay::keys
