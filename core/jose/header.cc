#include "core/jose/header.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "core/base/limits.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {
namespace {

// The header parameters that RFC 7515 4.1 and RFC 7516 4.1 define: a recipient
// must know them anyway, so crit must not name them (RFC 7515 4.1.11).
constexpr absl::string_view kRegisteredNames[] = {
    "alg", "cty", "crit", "enc", "jku",      "jwk", "kid",
    "typ", "x5c", "x5t",  "x5u", "x5t#S256", "zip",
};

// The one extension that is understood: RFC 7797.
constexpr absl::string_view kB64 = "b64";

bool IsRegistered(absl::string_view name) {
  return std::find(std::begin(kRegisteredNames), std::end(kRegisteredNames),
                   name) != std::end(kRegisteredNames);
}

bool Has(const json::Object& object, absl::string_view name) {
  return object.at_key({name.data(), name.size()}).error() == simdjson::SUCCESS;
}

Reason ReasonOf(json::Error error) {
  switch (error) {
    case json::Error::kNone:
      return Reason::kValid;
    case json::Error::kTooDeep:
      return Reason::kHeaderTooDeep;
    case json::Error::kDuplicateMember:
      return Reason::kHeaderDuplicateMember;
    case json::Error::kSyntax:
      break;
  }
  return Reason::kHeaderNotJson;
}

// Sets `*out` to the string member `name` if there is one. False if the member
// is not a string.
bool ReadString(const json::Object& object, const char* name,
                absl::optional<absl::string_view>* out) {
  json::Element member;
  if (object.at_key(name).get(member) != simdjson::SUCCESS) return true;
  std::string_view text;
  if (member.get_string().get(text) != simdjson::SUCCESS) return false;
  out->emplace(text.data(), text.size());
  return true;
}

Reason JudgeAlg(const absl::optional<absl::string_view>& name, Algorithm* alg) {
  if (!name.has_value()) return Reason::kHeaderAlgMissing;
  // CVE-2015-2964, CVE-2018-1000531: said apart, so that it stands out.
  if (absl::EqualsIgnoreCase(*name, "none")) return Reason::kAlgorithmNone;
  *alg = AlgorithmFromName(*name);
  return *alg == Algorithm::kUnspecified ? Reason::kAlgorithmUnsupported
                                         : Reason::kValid;
}

// The names in a header's crit, few enough to be compared with each other.
struct CritNames {
  absl::string_view names[kMaxCritNames];
  size_t num_names = 0;

  bool Contains(absl::string_view name) const {
    return std::find(names, names + num_names, name) != names + num_names;
  }
};

// Collects the names of `crit`, which is present, and judges its form.
Reason ReadCrit(const json::Object& header, const json::Element& crit,
                CritNames* names) {
  json::Array list;
  if (crit.get_array().get(list) != simdjson::SUCCESS) {
    return Reason::kHeaderMemberType;
  }
  // More names than could ever be understood.
  if (list.size() > kMaxCritNames) return Reason::kCritUnsupported;
  for (const json::Element element : list) {
    std::string_view text;
    if (element.get_string().get(text) != simdjson::SUCCESS) {
      return Reason::kHeaderMemberType;
    }
    const absl::string_view name(text.data(), text.size());
    if (names->Contains(name) || IsRegistered(name) || !Has(header, name)) {
      return Reason::kCritInvalid;
    }
    names->names[names->num_names++] = name;
  }
  return names->num_names == 0 ? Reason::kCritInvalid : Reason::kValid;
}

// RFC 7797 3 and 6.
Reason JudgeB64(const json::Object& header, const CritNames& crit) {
  json::Element member;
  if (header.at_key("b64").get(member) != simdjson::SUCCESS) {
    return Reason::kValid;
  }
  bool b64 = false;
  if (member.get_bool().get(b64) != simdjson::SUCCESS) {
    return Reason::kHeaderMemberType;
  }
  if (!crit.Contains(kB64)) return Reason::kCritInvalid;
  return b64 ? Reason::kValid : Reason::kB64Unsupported;
}

// RFC 7515 4.1.11.
Reason JudgeExtensions(const json::Object& header) {
  CritNames names;
  json::Element crit;
  if (header.at_key("crit").get(crit) == simdjson::SUCCESS) {
    const Reason reason = ReadCrit(header, crit, &names);
    if (reason != Reason::kValid) return reason;
  }
  for (size_t i = 0; i < names.num_names; ++i) {
    if (names.names[i] != kB64) return Reason::kCritUnsupported;
  }
  return JudgeB64(header, names);
}

Reason ReadHeader(const json::Object& object, ProtectedHeader* header) {
  absl::optional<absl::string_view> alg;
  // All are read before any is judged: what can be reported is filled in.
  bool types_ok = ReadString(object, "kid", &header->kid);
  types_ok &= ReadString(object, "typ", &header->typ);
  types_ok &= ReadString(object, "cty", &header->cty);
  types_ok &= ReadString(object, "alg", &alg);
  if (!types_ok) return Reason::kHeaderMemberType;
  const Reason reason = JudgeAlg(alg, &header->alg);
  return reason == Reason::kValid ? JudgeExtensions(object) : reason;
}

// `type` without the "application/" that RFC 7515 4.1.9 lets a producer omit.
absl::string_view ShortMediaType(absl::string_view type) {
  constexpr absl::string_view kPrefix = "application/";
  if (!absl::StartsWithIgnoreCase(type, kPrefix)) return type;
  const absl::string_view subtype = type.substr(kPrefix.size());
  return absl::StrContains(subtype, '/') ? type : subtype;
}

}  // namespace

HeaderParser::HeaderParser() : reader_(kMaxHeaderJsonDepth) {}

Reason HeaderParser::Parse(absl::string_view encoded, ProtectedHeader* header) {
  *header = ProtectedHeader();
  const size_t len = Base64UrlDecodedSize(encoded.size());
  if (decoded_.size() < len + json::kPadding) {
    decoded_.resize(len + json::kPadding);
  }
  if (!Base64UrlDecode(encoded, reinterpret_cast<uint8_t*>(&decoded_[0]))) {
    return Reason::kHeaderEncoding;
  }
  json::Object object;
  const json::Error error = reader_.ParseObjectPadded(
      absl::string_view(decoded_).substr(0, len), &object);
  if (error != json::Error::kNone) return ReasonOf(error);
  return ReadHeader(object, header);
}

bool SameMediaType(absl::string_view a, absl::string_view b) {
  return absl::EqualsIgnoreCase(ShortMediaType(a), ShortMediaType(b));
}

}  // namespace assay::jose
