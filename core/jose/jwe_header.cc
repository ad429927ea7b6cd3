#include "core/jose/jwe_header.h"

#include <cstddef>
#include <utility>

#include "core/crypto/signature_scheme.h"
#include "core/jose/curve_name.h"
#include "core/json/reader.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {

using R = DecryptReason;

namespace {

using OptionalText = absl::optional<absl::string_view>;

constexpr size_t kGcmIvBytes = 12;   // RFC 7518 4.7.1.1
constexpr size_t kGcmTagBytes = 16;  // RFC 7518 4.7.1.2
constexpr size_t kX25519Bytes = 32;  // RFC 7748 5

// Beside those of RFC 7516 4.1: RFC 7518 4.6.1, 4.7.1, 4.8.1.
constexpr absl::string_view kRegisteredByJwa[] = {
    "epk", "apu", "apv", "iv", "tag", "p2s", "p2c",
};

// Members that no public key has: RFC 7518 6.2.2, 6.3.2, 6.4.1, RFC 8037 2.
constexpr absl::string_view kPrivateMembers[] = {
    "d", "p", "q", "dp", "dq", "qi", "oth", "k",
};

R ReasonOf(HeaderFault fault) {
  switch (fault) {
    case HeaderFault::kNone:
      return R::kValid;
    case HeaderFault::kEncoding:
      return R::kHeaderEncoding;
    case HeaderFault::kNotJson:
      return R::kHeaderNotJson;
    case HeaderFault::kTooDeep:
      return R::kHeaderTooDeep;
    case HeaderFault::kDuplicateMember:
      return R::kHeaderDuplicateMember;
    case HeaderFault::kMemberType:
      return R::kHeaderMemberType;
    case HeaderFault::kCritInvalid:
      return R::kCritInvalid;
    case HeaderFault::kCritTooLong:
      break;
  }
  return R::kCritUnsupported;
}

bool ReadObject(const json::Object& header, const char* name,
                absl::optional<json::Object>* out) {
  json::Element member;
  if (header.at_key(name).get(member) != simdjson::SUCCESS) return true;
  json::Object object;
  if (member.get_object().get(object) != simdjson::SUCCESS) return false;
  *out = object;
  return true;
}

bool ReadInteger(const json::Object& header, const char* name,
                 absl::optional<uint64_t>* out) {
  json::Element member;
  if (header.at_key(name).get(member) != simdjson::SUCCESS) return true;
  if (!member.is_int64() && !member.is_uint64()) return false;
  uint64_t value = 0;
  if (member.get_uint64().get(value) != simdjson::SUCCESS) value = 0;
  *out = value;
  return true;
}

R JudgeAlg(const OptionalText& name, KeyManagement* alg) {
  if (!name.has_value()) return R::kHeaderAlgMissing;
  *alg = KeyManagementFromName(*name);
  return *alg == KeyManagement::kUnspecified ? R::kAlgorithmUnsupported
                                             : R::kValid;
}

R JudgeEnc(const OptionalText& name, ContentAlgorithm* enc) {
  if (!name.has_value()) return R::kHeaderEncMissing;
  *enc = ContentAlgorithmFromName(*name);
  return *enc == ContentAlgorithm::kUnspecified ? R::kEncUnsupported
                                                : R::kValid;
}

// RFC 7516 4.1.13. No extension is understood.
R JudgeCrit(const json::Object& header) {
  CritNames names;
  const HeaderFault fault = ReadCrit(header, kRegisteredByJwa, &names);
  if (fault != HeaderFault::kNone) return ReasonOf(fault);
  return names.num_names == 0 ? R::kValid : R::kCritUnsupported;
}

absl::string_view View(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

// Decodes `text` into `*bytes`, which must become `len`.
R DecodeFixed(const OptionalText& text, size_t len, std::string* bytes) {
  if (!text.has_value()) return R::kHeaderParameterMissing;
  return Base64UrlDecode(*text, bytes) && bytes->size() == len
             ? R::kValid
             : R::kHeaderParameterInvalid;
}

bool DecodeOptional(const OptionalText& text, std::string* bytes) {
  bytes->clear();
  return !text.has_value() || Base64UrlDecode(*text, bytes);
}

// A number of epk, which has all of its curve's length (RFC 7518 6.2.1.2).
bool ReadCoordinate(const json::Object& epk, const char* name, size_t len,
                    std::string* number) {
  OptionalText text;
  return ReadString(epk, name, &text) &&
         DecodeFixed(text, len, number) == R::kValid;
}

R ReadEcEpk(const json::Object& epk, absl::string_view crv,
            absl::optional<crypto::KeyMaterial>* key) {
  const absl::optional<crypto::Curve> curve = EcCurveFromName(crv);
  if (!curve.has_value()) return R::kEpkUnsupported;
  const size_t len = crypto::CurveCoordinateLen(*curve);
  crypto::EcKey ec;
  ec.curve = *curve;
  if (!ReadCoordinate(epk, "x", len, &ec.x) ||
      !ReadCoordinate(epk, "y", len, &ec.y)) {
    return R::kHeaderParameterInvalid;
  }
  key->emplace(std::move(ec));
  return R::kValid;
}

// RFC 8037 3.2.
R ReadOkpEpk(const json::Object& epk, absl::string_view crv,
             absl::optional<crypto::KeyMaterial>* key) {
  if (crv != kX25519CurveName) return R::kEpkUnsupported;
  crypto::X25519Key x25519;
  if (!ReadCoordinate(epk, "x", kX25519Bytes, &x25519.x)) {
    return R::kHeaderParameterInvalid;
  }
  key->emplace(std::move(x25519));
  return R::kValid;
}

// RFC 7518 4.6.1.1: a public key, and nothing but one.
R ReadEpk(const json::Object& epk, absl::optional<crypto::KeyMaterial>* key) {
  for (const absl::string_view name : kPrivateMembers) {
    if (HasMember(epk, name)) return R::kEpkPrivate;
  }
  OptionalText kty, crv;
  if (!ReadString(epk, "kty", &kty) || !ReadString(epk, "crv", &crv)) {
    return R::kHeaderMemberType;
  }
  if (!kty.has_value()) return R::kHeaderParameterInvalid;
  if (*kty != "EC" && *kty != "OKP") return R::kEpkUnsupported;
  if (!crv.has_value()) return R::kHeaderParameterInvalid;
  return *kty == "EC" ? ReadEcEpk(epk, *crv, key) : ReadOkpEpk(epk, *crv, key);
}

}  // namespace

void JweHeaderParser::Parameters::Read(const json::Object& header) {
  // All are read before any is judged: what can be reported is filled in.
  bool ok = ReadString(header, "kid", &kid);
  ok &= ReadString(header, "typ", &typ);
  ok &= ReadString(header, "cty", &cty);
  ok &= ReadString(header, "alg", &alg);
  ok &= ReadString(header, "enc", &enc);
  ok &= ReadString(header, "zip", &zip);
  ok = ok && ReadString(header, "apu", &apu) &&
       ReadString(header, "apv", &apv) && ReadString(header, "iv", &iv) &&
       ReadString(header, "tag", &tag) && ReadString(header, "p2s", &p2s) &&
       ReadObject(header, "epk", &epk) && ReadInteger(header, "p2c", &p2c);
  types_are_right &= ok;
}

// RFC 7518 4.6.1.
R JweHeaderParser::ReadAgreement(const Parameters& parameters,
                                 JweHeader* header) {
  if (!parameters.epk.has_value()) return R::kHeaderParameterMissing;
  if (!DecodeOptional(parameters.apu, &apu_) ||
      !DecodeOptional(parameters.apv, &apv_)) {
    return R::kHeaderParameterInvalid;
  }
  header->apu = apu_;
  header->apv = apv_;
  return ReadEpk(*parameters.epk, &header->epk);
}

// RFC 7518 4.7.1.
R JweHeaderParser::ReadGcmWrap(const Parameters& parameters,
                               JweHeader* header) {
  R reason = DecodeFixed(parameters.iv, kGcmIvBytes, &iv_);
  if (reason != R::kValid) return reason;
  reason = DecodeFixed(parameters.tag, kGcmTagBytes, &tag_);
  if (reason != R::kValid) return reason;
  header->iv = iv_;
  header->tag = tag_;
  return R::kValid;
}

// RFC 7518 4.8.1.
R JweHeaderParser::ReadPbes2(const Parameters& parameters, JweHeader* header) {
  if (!parameters.p2s.has_value() || !parameters.p2c.has_value()) {
    return R::kHeaderParameterMissing;
  }
  if (!DecodeOptional(parameters.p2s, &p2s_) ||
      p2s_.size() < kMinPbes2SaltBytes || p2s_.size() > kMaxPbes2SaltBytes ||
      *parameters.p2c == 0) {
    return R::kHeaderParameterInvalid;
  }
  if (*parameters.p2c > max_pbes2_iterations_) return R::kIterationsAboveLimit;
  header->p2s = p2s_;
  header->p2c = static_cast<uint32_t>(*parameters.p2c);
  return R::kValid;
}

R JweHeaderParser::ReadOfAlg(const Parameters& parameters, JweHeader* header) {
  switch (InfoOf(header->alg).family) {
    case KeyManagementFamily::kEcdhEs:
    case KeyManagementFamily::kEcdhEsKeyWrap:
      return ReadAgreement(parameters, header);
    case KeyManagementFamily::kAesGcmWrap:
      return ReadGcmWrap(parameters, header);
    case KeyManagementFamily::kPbes2:
      return ReadPbes2(parameters, header);
    case KeyManagementFamily::kDirect:
    case KeyManagementFamily::kAesKeyWrap:
    case KeyManagementFamily::kRsaOaep:
      break;
  }
  return R::kValid;
}

R JweHeaderParser::JudgeZip(const OptionalText& zip, JweHeader* header) const {
  if (!zip.has_value()) return R::kValid;
  if (zip_ == Zip::kRefuse || *zip != "DEF") return R::kZipUnsupported;
  header->is_deflated = true;
  return R::kValid;
}

R JweHeaderParser::Judge(const Parameters& parameters, JweHeader* header) {
  header->kid = parameters.kid;
  header->typ = parameters.typ;
  header->cty = parameters.cty;
  if (!parameters.types_are_right) return R::kHeaderMemberType;
  const R alg_reason = JudgeAlg(parameters.alg, &header->alg);
  const R enc_reason = JudgeEnc(parameters.enc, &header->enc);
  if (alg_reason != R::kValid) return alg_reason;
  if (enc_reason != R::kValid) return enc_reason;
  if (parameters.crit != R::kValid) return parameters.crit;
  const R reason = JudgeZip(parameters.zip, header);
  return reason == R::kValid ? ReadOfAlg(parameters, header) : reason;
}

bool JweHeaderParser::IsDisjoint(const json::Object& object) const {
  for (const auto member : object) {
    if (shared_names_.contains(View(member.key))) return false;
  }
  return true;
}

void JweHeaderParser::AddNames(const json::Object& object) {
  for (const auto member : object) shared_names_.insert(View(member.key));
}

R JweHeaderParser::ReadUnprotected(const json::Object& object,
                                   Parameters* parameters) const {
  if (HasMember(object, "crit") || HasMember(object, "zip")) {
    return R::kUnprotectedParameter;
  }
  if (!IsDisjoint(object)) return R::kHeaderNamesOverlap;
  parameters->Read(object);
  return R::kValid;
}

R JweHeaderParser::ParseShared(absl::string_view encoded,
                               const json::Object* unprotected) {
  shared_ = Parameters();
  shared_names_.clear();
  if (!encoded.empty()) {
    json::Object object;
    const HeaderFault fault = document_.Parse(encoded, &object);
    if (fault != HeaderFault::kNone) return ReasonOf(fault);
    AddNames(object);
    shared_.Read(object);
    shared_.crit = JudgeCrit(object);
  }
  if (unprotected == nullptr) return R::kValid;
  const R reason = ReadUnprotected(*unprotected, &shared_);
  AddNames(*unprotected);
  return reason;
}

R JweHeaderParser::ParseRecipient(const json::Object* own, JweHeader* header) {
  *header = JweHeader();
  Parameters parameters = shared_;
  header->reason =
      own == nullptr ? R::kValid : ReadUnprotected(*own, &parameters);
  if (header->reason == R::kValid) header->reason = Judge(parameters, header);
  return header->reason;
}

R JweHeaderParser::Parse(absl::string_view encoded, JweHeader* header) {
  *header = JweHeader();
  json::Object object;
  const HeaderFault fault = document_.Parse(encoded, &object);
  if (fault == HeaderFault::kNone) {
    Parameters parameters;
    parameters.Read(object);
    parameters.crit = JudgeCrit(object);
    header->reason = Judge(parameters, header);
  } else {
    header->reason = ReasonOf(fault);
  }
  return header->reason;
}

}  // namespace assay::jose
