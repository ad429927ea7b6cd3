#include "core/jose/header_json.h"

#include "absl/algorithm/container.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {
namespace {

// The header parameters that RFC 7515 4.1 and RFC 7516 4.1 define: a recipient
// must know them anyway, so crit must not name them (RFC 7515 4.1.11).
constexpr absl::string_view kRegisteredNames[] = {
    "alg", "cty", "crit", "enc", "jku",      "jwk", "kid",
    "typ", "x5c", "x5t",  "x5u", "x5t#S256", "zip",
};

HeaderFault FaultOf(json::Error error) {
  switch (error) {
    case json::Error::kNone:
      return HeaderFault::kNone;
    case json::Error::kTooDeep:
      return HeaderFault::kTooDeep;
    case json::Error::kDuplicateMember:
      return HeaderFault::kDuplicateMember;
    case json::Error::kSyntax:
      break;
  }
  return HeaderFault::kNotJson;
}

}  // namespace

HeaderDocument::HeaderDocument() : reader_(kMaxHeaderJsonDepth) {}

HeaderFault HeaderDocument::Parse(absl::string_view encoded,
                                  json::Object* object) {
  const size_t len = Base64UrlDecodedSize(encoded.size());
  if (decoded_.size() < len + json::kPadding) {
    decoded_.resize(len + json::kPadding);
  }
  if (!Base64UrlDecode(encoded, reinterpret_cast<uint8_t*>(&decoded_[0]))) {
    return HeaderFault::kEncoding;
  }
  return FaultOf(reader_.ParseObjectPadded(
      absl::string_view(decoded_).substr(0, len), object));
}

bool HasMember(const json::Object& object, absl::string_view name) {
  return object.at_key({name.data(), name.size()}).error() == simdjson::SUCCESS;
}

bool ReadString(const json::Object& object, const char* name,
                absl::optional<absl::string_view>* out) {
  json::Element member;
  if (object.at_key(name).get(member) != simdjson::SUCCESS) return true;
  std::string_view text;
  if (member.get_string().get(text) != simdjson::SUCCESS) return false;
  out->emplace(text.data(), text.size());
  return true;
}

bool CritNames::Contains(absl::string_view name) const {
  return absl::c_linear_search(absl::MakeConstSpan(names, num_names), name);
}

HeaderFault ReadCrit(const json::Object& header,
                     absl::Span<const absl::string_view> more,
                     CritNames* names) {
  json::Element crit;
  if (header.at_key("crit").get(crit) != simdjson::SUCCESS) {
    return HeaderFault::kNone;
  }
  json::Array list;
  if (crit.get_array().get(list) != simdjson::SUCCESS) {
    return HeaderFault::kMemberType;
  }
  if (list.size() > kMaxCritNames) return HeaderFault::kCritTooLong;
  for (const json::Element element : list) {
    std::string_view text;
    if (element.get_string().get(text) != simdjson::SUCCESS) {
      return HeaderFault::kMemberType;
    }
    const absl::string_view name(text.data(), text.size());
    if (names->Contains(name) ||
        absl::c_linear_search(kRegisteredNames, name) ||
        absl::c_linear_search(more, name) || !HasMember(header, name)) {
      return HeaderFault::kCritInvalid;
    }
    names->names[names->num_names++] = name;
  }
  return names->num_names == 0 ? HeaderFault::kCritInvalid : HeaderFault::kNone;
}

}  // namespace assay::jose
