#include "core/keys/recipient_keys.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/crypto/key_material.h"
#include "core/jose/key_fit.h"

namespace assay::keys {
namespace {

using jose::KeyManagement;
using R = DecryptReason;

constexpr size_t kMaxKidsInMessage = 4;

size_t Index(KeyManagement alg) { return static_cast<size_t>(alg); }

// What a key is used with when nobody says: see FindForEncrypt.
constexpr KeyManagement kDefaults[] = {KeyManagement::kRsaOaep256,
                                       KeyManagement::kEcdhEs};

// PBES2 and the like are for those alone that name them.
bool MayServe(const jose::Jwk& jwk, KeyManagement alg) {
  if (jwk.key_management != KeyManagement::kUnspecified) {
    return jwk.key_management == alg;
  }
  return jose::CheckKeyFits(alg, jwk.material).ok();
}

absl::Status WhyUseless(const jose::Jwk& jwk, bool is_to_decrypt) {
  if (jwk.use == jose::KeyUse::kSignature ||
      jwk.alg != jose::Algorithm::kUnspecified) {
    return absl::FailedPreconditionError(
        "the key is for signatures (use or alg)");
  }
  if (is_to_decrypt && !crypto::HasPrivateNumbers(jwk.material)) {
    return absl::FailedPreconditionError(
        "a public key decrypts nothing: its private half is needed");
  }
  return absl::FailedPreconditionError("key_ops allows nothing of use here");
}

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", text, "\"");
}

}  // namespace

absl::Status RecipientKeys::Prepare(const jose::Jwk& jwk, KeyManagement alg,
                                    const Limits& limits, Key* key) const {
  if (half_ == Half::kEncrypts) {
    auto prepared = jose::EncryptionKey::Create(alg, jwk.material,
                                                limits.max_rsa_modulus_bits);
    if (!prepared.ok()) return prepared.status();
    key->encrypting[Index(alg)] = *std::move(prepared);
  } else {
    auto prepared = jose::DecryptionKey::Create(alg, jwk.material,
                                                limits.max_rsa_modulus_bits);
    if (!prepared.ok()) return prepared.status();
    key->decrypting[Index(alg)] = *std::move(prepared);
  }
  return absl::OkStatus();
}

absl::Status RecipientKeys::Add(const jose::Jwk& jwk, const Limits& limits) {
  const bool decrypts = half_ == Half::kDecrypts;
  if (!(decrypts ? jwk.MayDecrypt() : jwk.MayEncrypt())) {
    return WhyUseless(jwk, decrypts);
  }
  if (crypto::IsSymmetric(jwk.material) &&
      jwk.key_management == KeyManagement::kUnspecified) {
    return absl::FailedPreconditionError(
        "a secret that encrypts must name its alg (dir, A256KW, A256GCMKW, "
        "PBES2-HS512+A256KW, ...)");
  }
  auto key = std::make_unique<Key>();
  if (jwk.kid.has_value() || !crypto::IsSymmetric(jwk.material)) {
    key->kid = jwk.EffectiveKid();
  }
  bool serves = false;
  for (const jose::KeyManagementInfo& info : jose::AllKeyManagements()) {
    if (!MayServe(jwk, info.alg)) continue;
    const absl::Status status = Prepare(jwk, info.alg, limits, key.get());
    if (!status.ok()) return status;
    serves = true;
    if (info.family == jose::KeyManagementFamily::kPbes2) has_password_ = true;
  }
  if (!serves) {
    return absl::InvalidArgumentError(
        "no algorithm of encryption fits the key's type");
  }
  IndexForDecrypt(*key);
  if (key->kid.has_value()) by_kid_[*key->kid].push_back(key.get());
  keys_.push_back(std::move(key));
  return absl::OkStatus();
}

void RecipientKeys::AddCandidate(const jose::DecryptionKey* key,
                                 DecryptionCandidates* candidates) {
  if (key == nullptr) return;
  if (candidates->num_keys == kMaxKeyCandidates) {
    candidates->has_more = true;
    return;
  }
  candidates->keys[candidates->num_keys++] = key;
}

void RecipientKeys::IndexForDecrypt(const Key& key) {
  for (const jose::KeyManagementInfo& info : jose::AllKeyManagements()) {
    if (info.alg == KeyManagement::kDir) continue;
    AddCandidate(key.decrypting[Index(info.alg)].get(),
                 &by_alg_[Index(info.alg)]);
  }
  const auto& direct = key.decrypting[Index(KeyManagement::kDir)];
  if (direct == nullptr) return;
  for (const jose::ContentAlgorithmInfo& info : jose::AllContentAlgorithms()) {
    if (!direct->Serves(info.enc)) continue;
    AddCandidate(direct.get(), &direct_[static_cast<size_t>(info.enc)]);
  }
}

DecryptionCandidates RecipientKeys::FindForDecrypt(
    const absl::optional<absl::string_view>& kid, KeyManagement alg,
    jose::ContentAlgorithm enc) const {
  DecryptionCandidates found;
  if (keys_.empty()) {
    found.reason = R::kKeyUnavailable;
    return found;
  }
  if (!kid.has_value()) {
    found = alg == KeyManagement::kDir ? direct_[static_cast<size_t>(enc)]
                                       : by_alg_[Index(alg)];
    if (found.num_keys == 0) found.reason = R::kNoCompatibleKey;
    return found;
  }
  const auto it = by_kid_.find(*kid);
  if (it == by_kid_.end()) {
    found.reason = R::kKidUnknown;
    return found;
  }
  for (const Key* key : it->second) {
    if (found.has_more) break;
    const auto& prepared = key->decrypting[Index(alg)];
    if (prepared != nullptr && prepared->Serves(enc)) {
      AddCandidate(prepared.get(), &found);
    }
  }
  if (found.num_keys == 0) found.reason = R::kAlgorithmNotOfKey;
  return found;
}

absl::StatusOr<RecipientKeys::EncryptionChoice> RecipientKeys::FindForEncrypt(
    const absl::optional<std::string>& kid, KeyManagement alg) const {
  const auto of = [alg](const Key& key) -> const jose::EncryptionKey* {
    if (alg != KeyManagement::kUnspecified) {
      return key.encrypting[Index(alg)].get();
    }
    for (const KeyManagement preferred : kDefaults) {
      const auto& prepared = key.encrypting[Index(preferred)];
      if (prepared != nullptr) return prepared.get();
    }
    for (const auto& prepared : key.encrypting) {
      if (prepared != nullptr) return prepared.get();
    }
    return nullptr;
  };
  if (kid.has_value() && by_kid_.find(*kid) == by_kid_.end()) {
    return absl::NotFoundError(
        absl::StrCat("there is no key ", Quoted(*kid), "; there are ", Kids()));
  }
  const Key* chosen = nullptr;
  for (const auto& key : keys_) {
    if ((kid.has_value() && key->kid != *kid) || of(*key) == nullptr) continue;
    if (chosen != nullptr && !kid.has_value()) {
      return absl::FailedPreconditionError(absl::StrCat(
          "there are several keys to encrypt for: name one of ", Kids()));
    }
    if (chosen == nullptr) chosen = key.get();
  }
  if (chosen == nullptr) {
    return absl::FailedPreconditionError(absl::StrCat(
        kid.has_value() ? absl::StrCat("the key ", Quoted(*kid)) : "no key",
        kid.has_value() ? " does not serve " : " serves ",
        jose::AlgorithmName(alg)));
  }
  EncryptionChoice choice{of(*chosen), absl::nullopt};
  if (chosen->kid.has_value()) choice.kid = *chosen->kid;
  return choice;
}

// "a", "b", ... of the first few.
std::string RecipientKeys::Kids() const {
  std::string kids;
  for (size_t i = 0; i < keys_.size() && i < kMaxKidsInMessage; ++i) {
    const absl::optional<std::string>& kid = keys_[i]->kid;
    absl::StrAppend(&kids, i > 0 ? ", " : "",
                    kid.has_value() ? Quoted(*kid) : "(a secret without kid)");
  }
  if (keys_.size() > kMaxKidsInMessage) kids += ", ...";
  return keys_.empty() ? "none" : kids;
}

}  // namespace assay::keys
