#include "core/jose/header.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "core/base/limits.h"
#include "core/jose/x5c.h"
#include "core/json/reader.h"

namespace assay::jose {
namespace {

// The one extension that is understood: RFC 7797.
constexpr absl::string_view kB64 = "b64";

Reason ReasonOf(HeaderFault fault) {
  switch (fault) {
    case HeaderFault::kNone:
      return Reason::kValid;
    case HeaderFault::kEncoding:
      return Reason::kHeaderEncoding;
    case HeaderFault::kNotJson:
      return Reason::kHeaderNotJson;
    case HeaderFault::kTooDeep:
      return Reason::kHeaderTooDeep;
    case HeaderFault::kDuplicateMember:
      return Reason::kHeaderDuplicateMember;
    case HeaderFault::kMemberType:
      return Reason::kHeaderMemberType;
    case HeaderFault::kCritInvalid:
      return Reason::kCritInvalid;
    case HeaderFault::kCritTooLong:
      break;
  }
  return Reason::kCritUnsupported;
}

Reason JudgeAlg(const absl::optional<absl::string_view>& name, Algorithm* alg) {
  if (!name.has_value()) return Reason::kHeaderAlgMissing;
  // CVE-2015-2964, CVE-2018-1000531: said apart, so that it stands out.
  if (absl::EqualsIgnoreCase(*name, "none")) return Reason::kAlgorithmNone;
  *alg = AlgorithmFromName(*name);
  return *alg == Algorithm::kUnspecified ? Reason::kAlgorithmUnsupported
                                         : Reason::kValid;
}

// Sets `*b64` if the header has it. False if it is not a boolean.
bool ReadB64(const json::Object& header, absl::optional<bool>* b64) {
  json::Element member;
  if (header.at_key("b64").get(member) != simdjson::SUCCESS) return true;
  bool value = false;
  if (member.get_bool().get(value) != simdjson::SUCCESS) return false;
  *b64 = value;
  return true;
}

// RFC 7797 3 and 6.
Reason JudgeB64(const absl::optional<bool>& b64, const CritNames& crit,
                PayloadEncoding encoding) {
  if (b64.has_value() && !crit.Contains(kB64)) return Reason::kCritInvalid;
  const bool is_encoded = b64.value_or(true);
  if (encoding == PayloadEncoding::kUnencoded) {
    return is_encoded ? Reason::kB64Missing : Reason::kValid;
  }
  return is_encoded ? Reason::kValid : Reason::kB64Unsupported;
}

// RFC 7515 4.1.11.
Reason JudgeExtensions(const json::Object& header,
                       const absl::optional<bool>& b64,
                       PayloadEncoding encoding) {
  CritNames names;
  const HeaderFault fault = ReadCrit(header, /*more=*/{}, &names);
  if (fault != HeaderFault::kNone) return ReasonOf(fault);
  for (size_t i = 0; i < names.num_names; ++i) {
    if (names.names[i] != kB64) return Reason::kCritUnsupported;
  }
  return JudgeB64(b64, names, encoding);
}

Reason ReadHeader(const json::Object& object, PayloadEncoding encoding,
                  ProtectedHeader* header) {
  absl::optional<absl::string_view> alg;
  absl::optional<bool> b64;
  // All are read before any is judged: what can be reported is filled in.
  bool types_ok = ReadString(object, "kid", &header->kid);
  types_ok &= ReadString(object, "typ", &header->typ);
  types_ok &= ReadString(object, "cty", &header->cty);
  types_ok &= ReadString(object, "alg", &alg);
  const bool b64_ok = ReadB64(object, &b64);
  if (b64_ok) header->b64 = b64.value_or(true);
  types_ok &= b64_ok;
  if (!types_ok) return Reason::kHeaderMemberType;
  const Reason reason = JudgeAlg(alg, &header->alg);
  return reason == Reason::kValid ? JudgeExtensions(object, b64, encoding)
                                  : reason;
}

// `type` without the "application/" that RFC 7515 4.1.9 lets a producer omit.
absl::string_view ShortMediaType(absl::string_view type) {
  constexpr absl::string_view kPrefix = "application/";
  if (!absl::StartsWithIgnoreCase(type, kPrefix)) return type;
  const absl::string_view subtype = type.substr(kPrefix.size());
  return absl::StrContains(subtype, '/') ? type : subtype;
}

}  // namespace

Reason HeaderParser::Parse(absl::string_view encoded, ProtectedHeader* header,
                           PayloadEncoding encoding) {
  *header = ProtectedHeader();
  object_.reset();
  json::Object object;
  const HeaderFault fault = document_.Parse(encoded, &object);
  if (fault != HeaderFault::kNone) return ReasonOf(fault);
  const Reason reason = ReadHeader(object, encoding, header);
  if (reason == Reason::kValid) object_ = object;
  return reason;
}

Reason HeaderParser::ReadX5c(std::vector<std::string>* ders) const {
  ders->clear();
  json::Element x5c;
  if (!object_.has_value() ||
      object_->at_key("x5c").get(x5c) != simdjson::SUCCESS) {
    return Reason::kValid;
  }
  const absl::Status status = DecodeX5c(x5c, kMaxX5cCertificates, ders);
  if (status.ok()) return Reason::kValid;
  return absl::IsOutOfRange(status) ? Reason::kX5cTooLong
                                    : Reason::kX5cMalformed;
}

bool SameMediaType(absl::string_view a, absl::string_view b) {
  return absl::EqualsIgnoreCase(ShortMediaType(a), ShortMediaType(b));
}

}  // namespace assay::jose
