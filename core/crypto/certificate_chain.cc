#include "core/crypto/certificate_chain.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/crypto/boringssl.h"
#include "core/crypto/boringssl_x509.h"
#include "core/crypto/key_encoding.h"

namespace assay::crypto {

struct ChainVerifier::Roots {
  bssl::UniquePtr<X509_STORE> store;
};

namespace {

using Certificates = std::vector<bssl::UniquePtr<X509>>;

// Null if `der` is anything but one certificate.
bssl::UniquePtr<X509> Parse(absl::string_view der) {
  const uint8_t* at = Bytes(der);
  bssl::UniquePtr<X509> certificate(
      d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!ClearErrorsUnless(certificate != nullptr &&
                         at == Bytes(der) + der.size())) {
    return nullptr;
  }
  // Reads all extensions; what cannot be read is no certificate.
  const uint32_t flags = X509_get_extension_flags(certificate.get());
  if (!ClearErrorsUnless((flags & EXFLAG_INVALID) == 0)) return nullptr;
  return certificate;
}

bool HasFlag(const bssl::UniquePtr<X509>& certificate, uint32_t flag) {
  return (X509_get_extension_flags(certificate.get()) & flag) != 0;
}

bool IsSelfIssued(X509* certificate) {
  return X509_NAME_cmp(X509_get_subject_name(certificate),
                       X509_get_issuer_name(certificate)) == 0;
}

absl::Status CheckKey(absl::string_view der, int max_rsa_modulus_bits) {
  const auto key = ParseCertificateKey(der);
  return key.ok() ? ValidateKeyMaterial(*key, max_rsa_modulus_bits)
                  : key.status();
}

// RSASSA-PSS names its hash in its parameters, where SHA-1 is the default; it
// is rare enough to be done without.
bool IsSignedStrongly(const X509* certificate) {
  switch (X509_get_signature_nid(certificate)) {
    case NID_sha256WithRSAEncryption:
    case NID_sha384WithRSAEncryption:
    case NID_sha512WithRSAEncryption:
    case NID_ecdsa_with_SHA256:
    case NID_ecdsa_with_SHA384:
    case NID_ecdsa_with_SHA512:
    case NID_ED25519:
      return true;
    default:
      return false;
  }
}

bool Issued(X509* issuer, X509* subject) {
  return X509_NAME_cmp(X509_get_subject_name(issuer),
                       X509_get_issuer_name(subject)) == 0;
}

// Each must have been issued by the next; RFC 7515 4.1.6 leaves no choice.
ChainFault CheckOrder(const Certificates& chain) {
  for (size_t i = 0; i + 1 < chain.size(); ++i) {
    if (Issued(chain[i + 1].get(), chain[i].get())) continue;
    const bool elsewhere =
        std::any_of(chain.begin(), chain.end(), [&](const auto& other) {
          return other != chain[i] && Issued(other.get(), chain[i].get());
        });
    return elsewhere ? ChainFault::kOrder : ChainFault::kUnrelated;
  }
  return ChainFault::kNone;
}

// An issuer must say that it is one: BoringSSL takes some old certificates
// that do not.
ChainFault CheckIssuers(const Certificates& chain) {
  for (size_t i = 1; i < chain.size(); ++i) {
    const bool may_sign =
        (X509_get_key_usage(chain[i].get()) & KU_KEY_CERT_SIGN) != 0;
    if (!HasFlag(chain[i], EXFLAG_CA) || !may_sign) {
      return ChainFault::kIssuerNotCa;
    }
  }
  return ChainFault::kNone;
}

// RFC 5280 4.2.1.9, for every issuer of the path, the root included, which
// BoringSSL leaves out.
ChainFault CheckPathLengths(const STACK_OF(X509) * path) {
  long num_below = 0;  // Intermediates between the leaf and this one.
  for (size_t i = 1; i < sk_X509_num(path); ++i) {
    X509* const issuer = sk_X509_value(path, i);
    const long most = X509_get_pathlen(issuer);
    if (most >= 0 && num_below > most) return ChainFault::kPathLength;
    if (!IsSelfIssued(issuer)) ++num_below;
  }
  return ChainFault::kNone;
}

ChainFault FaultOf(int error) {
  switch (error) {
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return ChainFault::kNotYetValid;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return ChainFault::kExpired;
    case X509_V_ERR_INVALID_CA:
      return ChainFault::kIssuerNotCa;
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
      return ChainFault::kPathLength;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return ChainFault::kSignature;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return ChainFault::kNoPath;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return ChainFault::kSelfSigned;
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
    case X509_V_ERR_NAME_CONSTRAINTS_WITHOUT_SANS:
      return ChainFault::kExtension;
    default:
      return ChainFault::kOther;
  }
}

bool ToTime(const ASN1_TIME* time, absl::Time* out) {
  const bssl::UniquePtr<ASN1_TIME> epoch(ASN1_TIME_set(nullptr, 0));
  int days = 0;
  int seconds = 0;
  if (!ClearErrorsUnless(epoch != nullptr &&
                         ASN1_TIME_diff(&days, &seconds, epoch.get(), time) ==
                             1)) {
    return false;
  }
  *out = absl::UnixEpoch() + days * absl::Hours(24) + absl::Seconds(seconds);
  return true;
}

// The time in which every certificate of `path` is valid.
bool ValidityOf(const STACK_OF(X509) * path, TrustedLeaf* leaf) {
  leaf->not_before = absl::InfinitePast();
  leaf->not_after = absl::InfiniteFuture();
  for (size_t i = 0; i < sk_X509_num(path); ++i) {
    const X509* const certificate = sk_X509_value(path, i);
    absl::Time begin, end;
    if (!ToTime(X509_get0_notBefore(certificate), &begin) ||
        !ToTime(X509_get0_notAfter(certificate), &end)) {
      return false;
    }
    leaf->not_before = std::max(leaf->not_before, begin);
    leaf->not_after = std::min(leaf->not_after, end);
  }
  return true;
}

absl::string_view TextOf(const ASN1_STRING* text) {
  return absl::string_view(
      reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
      static_cast<size_t>(ASN1_STRING_length(text)));
}

bool Contains(const std::vector<std::string>& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsAllowed(const GENERAL_NAME& name, const ChainPolicy& policy) {
  switch (name.type) {
    case GEN_DNS:
      return std::any_of(policy.dns_names.begin(), policy.dns_names.end(),
                         [&](const std::string& allowed) {
                           return absl::EqualsIgnoreCase(
                               allowed, TextOf(name.d.dNSName));
                         });
    case GEN_URI:
      return Contains(policy.uris, TextOf(name.d.uniformResourceIdentifier));
    case GEN_EMAIL:
      return Contains(policy.emails, TextOf(name.d.rfc822Name));
    default:
      return false;
  }
}

// The subject's common name is not looked at (RFC 6125 6.4.4).
bool BearsAName(const X509* leaf, const ChainPolicy& policy) {
  const bssl::UniquePtr<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr)));
  if (!ClearErrorsUnless(names != nullptr)) return false;
  for (size_t i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    if (IsAllowed(*sk_GENERAL_NAME_value(names.get(), i), policy)) return true;
  }
  return false;
}

std::string OidText(const ASN1_OBJECT* oid) {
  char text[128];
  const int len = OBJ_obj2txt(text, sizeof text, oid, /*always_oid=*/1);
  if (!ClearErrorsUnless(len > 0 && len < static_cast<int>(sizeof text))) {
    return "";
  }
  return std::string(text, static_cast<size_t>(len));
}

// Whether `certificate` is for all purposes of the policy. An issuer without
// the extension, or with anyExtendedKeyUsage in it, is for all there are; a
// leaf must name each (RFC 5280 4.2.1.12).
bool HasPurposes(const X509* certificate, bool is_leaf,
                 const ChainPolicy& policy) {
  constexpr char kAnyPurpose[] = "2.5.29.37.0";
  if (policy.extended_key_usages.empty()) return true;
  const bssl::UniquePtr<EXTENDED_KEY_USAGE> usages(
      static_cast<EXTENDED_KEY_USAGE*>(
          X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr)));
  if (!ClearErrorsUnless(usages != nullptr)) return !is_leaf;
  std::vector<std::string> oids;
  for (size_t i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    oids.push_back(OidText(sk_ASN1_OBJECT_value(usages.get(), i)));
  }
  if (!is_leaf && Contains(oids, kAnyPurpose)) return true;
  return std::all_of(
      policy.extended_key_usages.begin(), policy.extended_key_usages.end(),
      [&](const std::string& oid) { return Contains(oids, oid); });
}

ChainFault CheckPurposes(const Certificates& chain, const ChainPolicy& policy) {
  const bssl::UniquePtr<X509>& leaf = chain.front();
  if (HasFlag(leaf, EXFLAG_CA)) return ChainFault::kLeafIsCa;
  // All bits are set where there is no keyUsage.
  if ((X509_get_key_usage(leaf.get()) & KU_DIGITAL_SIGNATURE) == 0) {
    return ChainFault::kKeyUsage;
  }
  for (const bssl::UniquePtr<X509>& certificate : chain) {
    if (!HasPurposes(certificate.get(), certificate == leaf, policy)) {
      return ChainFault::kExtendedKeyUsage;
    }
  }
  return BearsAName(leaf.get(), policy) ? ChainFault::kNone : ChainFault::kName;
}

ChainFault ParseChain(absl::Span<const std::string> ders,
                      const ChainPolicy& policy, Certificates* chain) {
  if (ders.size() > policy.max_certificates) return ChainFault::kTooLong;
  if (ders.empty()) return ChainFault::kMalformed;
  for (const std::string& der : ders) {
    chain->push_back(Parse(der));
    if (chain->back() == nullptr) return ChainFault::kMalformed;
  }
  for (const std::string& der : ders) {
    if (!CheckKey(der, policy.max_rsa_modulus_bits).ok()) {
      return ChainFault::kWeakKey;
    }
  }
  for (const bssl::UniquePtr<X509>& certificate : *chain) {
    if (!IsSignedStrongly(certificate.get())) return ChainFault::kWeakSignature;
  }
  return ChainFault::kNone;
}

// RFC 5280 6.1, by BoringSSL. `*leaf` gets its times.
ChainFault VerifyPath(X509_STORE* roots, const Certificates& chain,
                      const ChainPolicy& policy, absl::Time now,
                      TrustedLeaf* leaf) {
  const bssl::UniquePtr<STACK_OF(X509)> issuers(sk_X509_new_null());
  const bssl::UniquePtr<X509_STORE_CTX> context(X509_STORE_CTX_new());
  bool ok = issuers != nullptr && context != nullptr;
  for (size_t i = 1; ok && i < chain.size(); ++i) {
    ok = bssl::PushToStack(issuers.get(), bssl::UpRef(chain[i]));
  }
  if (!ClearErrorsUnless(ok && X509_STORE_CTX_init(context.get(), roots,
                                                   chain.front().get(),
                                                   issuers.get()) == 1)) {
    return ChainFault::kOther;
  }
  X509_STORE_CTX_set_time(context.get(), /*flags=*/0, absl::ToTimeT(now));
  X509_STORE_CTX_set_depth(context.get(),
                           static_cast<int>(policy.max_certificates));
  if (!ClearErrorsUnless(X509_verify_cert(context.get()) == 1)) {
    return FaultOf(X509_STORE_CTX_get_error(context.get()));
  }
  const STACK_OF(X509)* const path = X509_STORE_CTX_get0_chain(context.get());
  // Whatever was sent must have been judged.
  for (size_t i = 0; i < chain.size(); ++i) {
    if (i >= sk_X509_num(path) ||
        X509_cmp(sk_X509_value(path, i), chain[i].get()) != 0) {
      return ChainFault::kUnrelated;
    }
  }
  const ChainFault fault = CheckPathLengths(path);
  if (fault != ChainFault::kNone) return fault;
  return ValidityOf(path, leaf) ? ChainFault::kNone : ChainFault::kOther;
}

absl::Status CheckRoot(const std::string& der, int max_rsa_modulus_bits,
                       const bssl::UniquePtr<X509>& root) {
  if (root == nullptr) {
    return absl::InvalidArgumentError("not one X.509 certificate");
  }
  if (!HasFlag(root, EXFLAG_CA) || !IsSelfIssued(root.get())) {
    return absl::InvalidArgumentError(
        "not the self-signed certificate of an authority (CA)");
  }
  if (HasFlag(root, EXFLAG_CRITICAL)) {
    return absl::InvalidArgumentError(
        "has a critical extension that is not understood");
  }
  return CheckKey(der, max_rsa_modulus_bits);
}

}  // namespace

ChainVerifier::ChainVerifier(std::unique_ptr<const Roots> roots,
                             ChainPolicy policy)
    : roots_(std::move(roots)), policy_(std::move(policy)) {}

ChainVerifier::~ChainVerifier() = default;

absl::StatusOr<std::unique_ptr<const ChainVerifier>> ChainVerifier::Create(
    absl::Span<const std::string> roots, ChainPolicy policy) {
  if (roots.empty()) return absl::InvalidArgumentError("there is no root");
  if (policy.dns_names.empty() && policy.uris.empty() &&
      policy.emails.empty()) {
    return absl::InvalidArgumentError(
        "name the leaf certificates that are trusted (DNS name, URI or "
        "email): else every certificate of the root would be");
  }
  auto store = std::make_unique<Roots>();
  store->store.reset(X509_STORE_new());
  for (size_t i = 0; i < roots.size(); ++i) {
    const bssl::UniquePtr<X509> root = Parse(roots[i]);
    const absl::Status status =
        CheckRoot(roots[i], policy.max_rsa_modulus_bits, root);
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("root ", i, ": ", status.message()));
    }
    if (!ClearErrorsUnless(
            store->store != nullptr &&
            X509_STORE_add_cert(store->store.get(), root.get()) == 1)) {
      return absl::InternalError("BoringSSL cannot keep a root");
    }
  }
  return std::unique_ptr<const ChainVerifier>(
      new ChainVerifier(std::move(store), std::move(policy)));
}

ChainFault ChainVerifier::Verify(absl::Span<const std::string> ders,
                                 absl::Time now, TrustedLeaf* leaf) const {
  Certificates chain;
  ChainFault fault = ParseChain(ders, policy_, &chain);
  if (fault != ChainFault::kNone) return fault;
  if (IsSelfIssued(chain.front().get())) return ChainFault::kSelfSigned;
  fault = CheckOrder(chain);
  if (fault == ChainFault::kNone) fault = CheckIssuers(chain);
  if (fault != ChainFault::kNone) return fault;
  TrustedLeaf found;
  fault = VerifyPath(roots_->store.get(), chain, policy_, now, &found);
  if (fault == ChainFault::kNone) fault = CheckPurposes(chain, policy_);
  if (fault != ChainFault::kNone) return fault;
  auto key = ParseCertificateKey(ders.front());
  if (!key.ok()) return ChainFault::kWeakKey;
  found.key = *std::move(key);
  *leaf = std::move(found);
  return ChainFault::kNone;
}

}  // namespace assay::crypto
