#include "service/cli/token_inspector.h"

#include <cmath>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/base/decrypt_reason.h"
#include "core/base/reason.h"
#include "core/jose/compact.h"
#include "core/jose/compact_dots.h"
#include "core/jose/jwe_compact.h"
#include "core/json/minified.h"
#include "core/simd/base64url/base64url.h"
#include "service/cli/verdict_output.h"

namespace assay::cli {
namespace {

absl::string_view Text(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

constexpr char kHeader[] = "unverified_header";
constexpr char kUnprotected[] = "unverified_unprotected_header";
constexpr char kShared[] = "unverified_shared_header";
constexpr char kPayload[] = "unverified_payload";

// Appends "NAME":{...}, or "NAME_base64url":"..." where the bytes are not one
// JSON object that could be shown as it is. Returns whether it could.
bool AppendObject(absl::string_view name, absl::string_view encoded,
                  json::Reader& reader, json::Object* object,
                  std::string* decoded, json::Writer& writer) {
  if (Base64UrlDecode(encoded, decoded) &&
      reader.ParseObject(*decoded, object) == json::Error::kNone) {
    std::string line;
    AppendOneLineJson(*decoded, &line);
    writer.Key(name);
    writer.Raw(line);
    return true;
  }
  writer.Member(absl::StrCat(name, "_base64url"), encoded);
  return false;
}

// exp, nbf and iat for people.
void AppendTimes(const json::Object& claims, json::Writer& writer) {
  writer.Key("unverified_times");
  writer.BeginObject();
  for (const char* name : {"iat", "nbf", "exp"}) {
    double seconds = 0;
    // Beyond the year 9999 there is no RFC 3339 (and NaN is not JSON).
    if (claims[name].get(seconds) == simdjson::SUCCESS &&
        std::fabs(seconds) <= 253402300799.0) {
      const absl::Time time =
          absl::UnixEpoch() + absl::Seconds(std::floor(seconds));
      writer.Member(name, absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time,
                                           absl::UTCTimeZone()));
    }
  }
  writer.EndObject();
}

bool Problem(absl::string_view text, json::Writer& writer) {
  writer.Member("problem", text);
  return false;
}

// A member of a JSON form that stands in it as JSON.
void AppendRawMember(const char* member, const json::Object& object,
                     absl::string_view name, json::Writer& writer) {
  const auto value = json::Minified(object, member);
  if (!value.has_value()) return;
  writer.Key(name);
  writer.Raw(*value);
}

bool HasMember(const json::Object& object, const char* name) {
  return object.at_key(name).error() == simdjson::SUCCESS;
}

}  // namespace

TokenInspector::TokenInspector(const Limits& limits)
    : limits_(limits),
      token_reader_(limits.max_json_depth),
      header_reader_(kMaxHeaderJsonDepth),
      payload_reader_(limits.max_json_depth) {}

bool TokenInspector::Inspect(absl::string_view token, json::Writer& writer) {
  const size_t start = token.find_first_not_of(" \t\r");
  if (start != absl::string_view::npos && token[start] == '{') {
    return InspectJson(token, writer);
  }
  return jose::FindDots(token).count == jose::kDotsOfJwe
             ? InspectJwe(token, writer)
             : InspectJws(token, writer);
}

bool TokenInspector::InspectJws(absl::string_view token, json::Writer& writer) {
  jose::UnverifiedCompact jws;
  const Reason reason = SplitCompact(token, limits_, &jws);
  if (reason != Reason::kValid) return Problem(ReasonText(reason), writer);
  writer.Member("form", "jws");
  bool good = AppendHeader(jws.header, writer);
  AppendPayload(jws.payload, writer);
  return AppendLength("signature", jws.signature, writer) && good;
}

bool TokenInspector::InspectJwe(absl::string_view token, json::Writer& writer) {
  jose::UnverifiedJwe jwe;
  const DecryptReason reason = SplitJwe(token, limits_, &jwe);
  if (reason != DecryptReason::kValid) {
    return Problem(ReasonText(reason), writer);
  }
  writer.Member("form", "jwe");
  bool good = AppendHeader(jwe.header, writer);
  good &= AppendLength("encrypted_key", jwe.encrypted_key, writer);
  good &= AppendLength("iv", jwe.iv, writer);
  good &= AppendLength("ciphertext", jwe.ciphertext, writer);
  good &= AppendLength("tag", jwe.tag, writer);
  return good;
}

bool TokenInspector::InspectJson(absl::string_view token,
                                 json::Writer& writer) {
  json::Object object;
  const json::Error error = token_reader_.ParseObject(token, &object);
  if (error != json::Error::kNone) {
    return Problem(json::ErrorText(error), writer);
  }
  const bool encrypted = HasMember(object, "ciphertext");
  if (!encrypted && !HasMember(object, "signature") &&
      !HasMember(object, "signatures")) {
    return Problem(
        "neither a JWS (\"signature\" or \"signatures\") nor a JWE "
        "(\"ciphertext\")",
        writer);
  }
  return encrypted ? InspectJweJson(object, writer)
                   : InspectJwsJson(object, writer);
}

bool TokenInspector::InspectJwsJson(const json::Object& jws,
                                    json::Writer& writer) {
  writer.Member("form", "jws-json");
  bool good = true;
  simdjson::dom::array signatures;
  if (jws["signatures"].get(signatures) == simdjson::SUCCESS) {
    writer.Key("signatures");
    writer.BeginArray();
    for (simdjson::dom::element element : signatures) {
      json::Object signature;
      writer.BeginObject();
      good &= element.get(signature) == simdjson::SUCCESS
                  ? AppendSignature(signature, writer)
                  : Problem("a signature is not an object", writer);
      writer.EndObject();
    }
    writer.EndArray();
  } else {
    good = AppendSignature(jws, writer);
  }
  std::string_view payload;
  if (jws["payload"].get(payload) == simdjson::SUCCESS) {
    AppendPayload(Text(payload), writer);
  }
  return good;
}

bool TokenInspector::InspectJweJson(const json::Object& jwe,
                                    json::Writer& writer) {
  writer.Member("form", "jwe-json");
  bool good = true;
  std::string_view header;
  if (jwe["protected"].get(header) == simdjson::SUCCESS) {
    good = AppendHeader(Text(header), writer);
  }
  AppendRawMember("unprotected", jwe, kShared, writer);
  simdjson::dom::array recipients;
  if (jwe["recipients"].get(recipients) == simdjson::SUCCESS) {
    writer.Key("recipients");
    writer.BeginArray();
    for (simdjson::dom::element element : recipients) {
      json::Object recipient;
      writer.BeginObject();
      good &= element.get(recipient) == simdjson::SUCCESS
                  ? AppendRecipient(recipient, writer)
                  : Problem("a recipient is not an object", writer);
      writer.EndObject();
    }
    writer.EndArray();
  } else {
    good &= AppendRecipient(jwe, writer);
  }
  for (const char* name : {"aad", "iv", "ciphertext", "tag"}) {
    good &= AppendMemberLength(name, jwe, writer);
  }
  return good;
}

bool TokenInspector::AppendSignature(const json::Object& signature,
                                     json::Writer& writer) {
  bool good = true;
  std::string_view header;
  if (signature["protected"].get(header) == simdjson::SUCCESS) {
    good = AppendHeader(Text(header), writer);
  }
  AppendRawMember("header", signature, kUnprotected, writer);
  return AppendMemberLength("signature", signature, writer) && good;
}

bool TokenInspector::AppendRecipient(const json::Object& recipient,
                                     json::Writer& writer) {
  AppendRawMember("header", recipient, kUnprotected, writer);
  return AppendMemberLength("encrypted_key", recipient, writer);
}

bool TokenInspector::AppendHeader(absl::string_view encoded,
                                  json::Writer& writer) {
  json::Object header;
  if (AppendObject(kHeader, encoded, header_reader_, &header, &decoded_,
                   writer)) {
    return true;
  }
  return Problem(ReasonText(Reason::kHeaderNotJson), writer);
}

void TokenInspector::AppendPayload(absl::string_view encoded,
                                   json::Writer& writer) {
  json::Object claims;
  if (AppendObject(kPayload, encoded, payload_reader_, &claims, &decoded_,
                   writer)) {
    AppendTimes(claims, writer);
  }
}

// "NAME_bytes": how many `encoded` stands for.
bool TokenInspector::AppendLength(absl::string_view name,
                                  absl::string_view encoded,
                                  json::Writer& writer) {
  if (!Base64UrlDecode(encoded, &decoded_)) {
    return Problem(absl::StrCat("\"", name, "\" is not base64url"), writer);
  }
  writer.Key(absl::StrCat(name, "_bytes"));
  writer.Uint(decoded_.size());
  return true;
}

// The same for a member that may be absent.
bool TokenInspector::AppendMemberLength(const char* name,
                                        const json::Object& object,
                                        json::Writer& writer) {
  std::string_view encoded;
  return object.at_key(name).get(encoded) != simdjson::SUCCESS ||
         AppendLength(name, Text(encoded), writer);
}

}  // namespace assay::cli
