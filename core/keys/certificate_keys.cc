#include "core/keys/certificate_keys.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/crypto/digest.h"
#include "core/jose/jwk.h"

namespace assay::keys {
namespace {

using crypto::ChainFault;

// Of each certificate by itself, so that no two chains are one text.
std::string DigestOf(absl::Span<const std::string> ders) {
  std::string digests;
  for (const std::string& der : ders) {
    absl::StrAppend(&digests, crypto::Sha256(der));
  }
  return crypto::Sha256(digests);
}

}  // namespace

CertificateKeys::CertificateKeys(
    std::unique_ptr<const crypto::ChainVerifier> verifier, const Limits& limits)
    : verifier_(std::move(verifier)), limits_(limits) {}

CertificateKeys::Found CertificateKeys::Find(
    absl::Span<const std::string> ders, absl::Time now,
    jose::IterationBudget* budget) const {
  Found found;
  // More are refused whoever signed them; no work is spent on them.
  if (ders.size() > kMaxX5cCertificates) {
    found.fault = ChainFault::kTooLong;
    return found;
  }
  const std::string digest = DigestOf(ders);
  found.key = FindRemembered(digest, now);
  if (found.key != nullptr) return found;
  if (!budget->Charge(1)) {
    found.budget_spent = true;
    return found;
  }
  crypto::TrustedLeaf leaf;
  found.fault = verifier_->Verify(ders, now, &leaf);
  if (found.fault != ChainFault::kNone) return found;
  jose::Jwk jwk;
  jwk.material = std::move(leaf.key);
  auto key =
      PreparedKey::Create(std::move(jwk), /*for_signing=*/false, limits_);
  if (!key.ok()) {  // A key that never signs tokens, such as X25519.
    found.fault = ChainFault::kWeakKey;
    return found;
  }
  found.key = *std::move(key);
  Remember(digest, {found.key, leaf.not_before, leaf.not_after}, now);
  return found;
}

std::shared_ptr<const PreparedKey> CertificateKeys::FindRemembered(
    const std::string& digest, absl::Time now) const {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto it = remembered_.find(digest);
  // BoringSSL takes a certificate for expired at its last moment already.
  if (it == remembered_.end() || now < it->second.not_before ||
      now >= it->second.not_after) {
    return nullptr;
  }
  return it->second.key;
}

// Where there is no room, what has expired goes; and if that is nothing, all of
// it: the chains in use are soon back.
void CertificateKeys::Remember(const std::string& digest, Entry entry,
                               absl::Time now) const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (remembered_.size() >= kMaxRememberedChains) {
    absl::erase_if(remembered_, [now](const auto& known) {
      return known.second.not_after < now;
    });
  }
  if (remembered_.size() >= kMaxRememberedChains) remembered_.clear();
  remembered_.insert_or_assign(digest, std::move(entry));
}

size_t CertificateKeys::NumRememberedForTest() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return remembered_.size();
}

}  // namespace assay::keys
