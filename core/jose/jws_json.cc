#include "core/jose/jws_json.h"

namespace assay::jose {
namespace {

// The object, signatures, its entry, and the unprotected header, whose members
// may be nested as those of any header.
constexpr size_t kMaxDepth = 3 + kMaxHeaderJsonDepth;

Reason ReasonOf(json::Error error) {
  switch (error) {
    case json::Error::kNone:
      return Reason::kValid;
    case json::Error::kTooDeep:
      return Reason::kJwsTooDeep;
    case json::Error::kDuplicateMember:
      return Reason::kJwsDuplicateMember;
    case json::Error::kSyntax:
      break;
  }
  return Reason::kJwsNotJson;
}

// Reads a member that must be a string where it is.
Reason ReadText(const json::Object& object, const char* name,
                absl::optional<absl::string_view>* out) {
  return ReadString(object, name, out) ? Reason::kValid
                                       : Reason::kJwsMemberType;
}

// RFC 7515 7.2.2: what belongs to one signature stands beside it. An object
// with both would mean different things to different readers.
bool HasSignatureMembers(const json::Object& object) {
  return HasMember(object, "signature") || HasMember(object, "protected") ||
         HasMember(object, "header");
}

}  // namespace

JwsJsonParser::JwsJsonParser() : reader_(kMaxDepth) {}

Reason JwsJsonParser::Parse(absl::string_view text, const Limits& limits,
                            UnverifiedJwsJson* jws) {
  *jws = UnverifiedJwsJson();
  if (text.empty()) return Reason::kEmptyToken;
  if (text.size() > limits.max_token_bytes) return Reason::kTokenTooLarge;
  json::Object object;
  Reason reason = ReasonOf(reader_.ParseObject(text, &object));
  if (reason != Reason::kValid) return reason;
  if (HasMember(object, "ciphertext")) return Reason::kJwsEncrypted;
  reason = ReadText(object, "payload", &jws->payload);
  if (reason != Reason::kValid) return reason;

  json::Element member;
  if (object.at_key("signatures").get(member) != simdjson::SUCCESS) {
    return ReadSignature(object, jws);
  }
  json::Array list;
  if (HasSignatureMembers(object)) return Reason::kJwsShape;
  if (member.get(list) != simdjson::SUCCESS) return Reason::kJwsMemberType;
  if (list.size() == 0) return Reason::kJwsShape;
  if (list.size() > kMaxJwsSignatures) return Reason::kJwsTooManySignatures;
  for (const json::Element entry : list) {
    json::Object signature;
    if (entry.get(signature) != simdjson::SUCCESS) {
      return Reason::kJwsMemberType;
    }
    reason = ReadSignature(signature, jws);
    if (reason != Reason::kValid) return reason;
  }
  return Reason::kValid;
}

// Adds what `object`, an entry of signatures or a whole flattened JWS, says.
Reason JwsJsonParser::ReadSignature(const json::Object& object,
                                    UnverifiedJwsJson* jws) {
  JwsParts& parts = jws->signatures[jws->num_signatures];
  absl::optional<absl::string_view> header;
  absl::optional<absl::string_view> signature;
  Reason reason = ReadText(object, "protected", &header);
  if (reason == Reason::kValid) {
    reason = ReadText(object, "signature", &signature);
  }
  if (reason != Reason::kValid) return reason;
  if (!signature.has_value()) return Reason::kJwsShape;
  parts.header = header.value_or("");
  parts.signature = *signature;
  reason = ReadUnprotected(object, &parts);
  if (reason != Reason::kValid) return reason;
  if (parts.header.empty()) parts.reason = Reason::kHeaderNotProtected;
  ++jws->num_signatures;
  return Reason::kValid;
}

Reason JwsJsonParser::ReadUnprotected(const json::Object& object,
                                      JwsParts* parts) {
  json::Element member;
  if (object.at_key("header").get(member) != simdjson::SUCCESS) {
    return Reason::kValid;
  }
  json::Object unprotected;
  if (member.get(unprotected) != simdjson::SUCCESS) {
    return Reason::kJwsMemberType;
  }
  // RFC 7515 4.1.11, RFC 7797 3.
  if (HasMember(unprotected, "crit") || HasMember(unprotected, "b64")) {
    return Reason::kHeaderOnlyProtected;
  }
  const Reason reason = ReadText(unprotected, "kid", &parts->unprotected_kid);
  if (reason != Reason::kValid) return reason;
  if (IsProtected(unprotected, parts->header)) return Reason::kHeaderInBoth;
  if (HasMember(unprotected, "alg")) {
    parts->reason = Reason::kHeaderNotProtected;
  }
  return Reason::kValid;
}

// Whether a name of `unprotected` is in the protected header too (RFC 7515 4).
// A protected header that cannot be read is the business of whoever judges it.
bool JwsJsonParser::IsProtected(const json::Object& unprotected,
                                absl::string_view encoded) {
  json::Object header;
  if (unprotected.size() == 0 ||
      protected_.Parse(encoded, &header) != HeaderFault::kNone) {
    return false;
  }
  // Each header's own names are unique, so one that is twice is in both.
  json::ObjectNames names(&names_);
  for (const json::Object& object : {header, unprotected}) {
    for (const auto member : object) {
      names.Add(absl::string_view(member.key.data(), member.key.size()));
    }
  }
  return names.HasDuplicate();
}

}  // namespace assay::jose
