#include "core/jose/jwe_json.h"

#include "absl/strings/str_cat.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/header_json.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {
namespace {

using R = DecryptReason;
using OptionalText = absl::optional<absl::string_view>;

// The token, its list of recipients, a recipient, and its header within.
constexpr size_t kMaxTokenJsonDepth = 3 + kMaxHeaderJsonDepth;

// Members of a JWS alone (RFC 7515 7.2).
constexpr absl::string_view kMembersOfJws[] = {"payload", "signature",
                                               "signatures"};

R ReasonOf(json::Error error) {
  switch (error) {
    case json::Error::kNone:
      return R::kValid;
    case json::Error::kSyntax:
      return R::kTokenNotJson;
    case json::Error::kTooDeep:
      return R::kTokenTooDeep;
    case json::Error::kDuplicateMember:
      break;
  }
  return R::kTokenDuplicateMember;
}

bool IsSigned(const json::Object& token) {
  for (const absl::string_view name : kMembersOfJws) {
    if (HasMember(token, name)) return true;
  }
  return false;
}

// A member that is absent where it would be empty (RFC 7516 7.2.1).
R ReadFilled(const json::Object& object, const char* name, OptionalText* text) {
  if (!ReadString(object, name, text)) return R::kTokenMemberType;
  return text->has_value() && (*text)->empty() ? R::kTokenMemberMissing
                                               : R::kValid;
}

R ReadObject(const json::Object& object, const char* name,
             absl::optional<json::Object>* out) {
  json::Element member;
  if (object.at_key(name).get(member) != simdjson::SUCCESS) return R::kValid;
  json::Object value;
  if (member.get_object().get(value) != simdjson::SUCCESS) {
    return R::kTokenMemberType;
  }
  *out = value;
  return R::kValid;
}

const json::Object* PointerTo(const absl::optional<json::Object>& object) {
  return object.has_value() ? &*object : nullptr;
}

// Whether a content's key that comes of `alg` can be other recipients', too.
bool SharesKey(KeyManagement alg) {
  return alg == KeyManagement::kUnspecified || HasEncryptedKey(alg);
}

// What is wrong with a recipient is the token's fault, not a matter of what we
// support.
bool VoidsToken(R header_reason) {
  return header_reason == R::kHeaderNamesOverlap ||
         header_reason == R::kUnprotectedParameter ||
         header_reason == R::kHeaderMemberType;
}

}  // namespace

JweJsonParser::JweJsonParser(const Limits& limits, Zip zip)
    : limits_(limits),
      reader_(kMaxTokenJsonDepth),
      header_parser_(limits, zip) {}

R JweJsonParser::ReadContent(const json::Object& token) {
  OptionalText header, iv, ciphertext, tag, aad;
  R reason = ReadFilled(token, "protected", &header);
  if (reason == R::kValid) reason = ReadFilled(token, "iv", &iv);
  if (reason == R::kValid) reason = ReadFilled(token, "tag", &tag);
  if (reason == R::kValid) reason = ReadFilled(token, "aad", &aad);
  if (reason == R::kValid) {
    reason = ReadObject(token, "unprotected", &unprotected_);
  }
  if (reason != R::kValid) return reason;
  // The one that may be empty.
  if (!ReadString(token, "ciphertext", &ciphertext)) return R::kTokenMemberType;
  if (!iv.has_value() || !ciphertext.has_value() || !tag.has_value()) {
    return R::kTokenMemberMissing;
  }
  protected_ = header.value_or("");
  if (protected_.size() > limits_.max_header_bytes) return R::kHeaderTooLarge;
  authenticated_.assign(protected_.data(), protected_.size());
  if (aad.has_value()) {
    if (!Base64UrlDecode(*aad, &aad_.emplace())) return R::kSegmentEncoding;
    absl::StrAppend(&authenticated_, ".", *aad);
  }
  shared_.header = authenticated_;
  shared_.iv = *iv;
  shared_.ciphertext = *ciphertext;
  shared_.tag = *tag;
  return R::kValid;
}

R JweJsonParser::AddRecipient(const json::Object& object) {
  OptionalText encrypted_key;
  Recipient recipient;
  R reason = ReadFilled(object, "encrypted_key", &encrypted_key);
  if (reason == R::kValid) {
    reason = ReadObject(object, "header", &recipient.header);
  }
  recipient.encrypted_key = encrypted_key.value_or("");
  recipients_.push_back(recipient);
  return reason;
}

R JweJsonParser::ReadRecipients(const json::Object& token) {
  json::Element member;
  if (token.at_key("recipients").get(member) != simdjson::SUCCESS) {
    return AddRecipient(token);
  }
  json::Array list;
  if (member.get_array().get(list) != simdjson::SUCCESS) {
    return R::kTokenMemberType;
  }
  if (list.begin() == list.end() || HasMember(token, "header") ||
      HasMember(token, "encrypted_key")) {
    return R::kTokenShape;
  }
  if (list.size() > limits_.max_recipients) return R::kTooManyRecipients;
  for (const json::Element entry : list) {
    json::Object object;
    if (entry.get_object().get(object) != simdjson::SUCCESS) {
      return R::kTokenMemberType;
    }
    const R reason = AddRecipient(object);
    if (reason != R::kValid) return reason;
  }
  return R::kValid;
}

R JweJsonParser::JudgeRecipients() {
  absl::optional<ContentAlgorithm> enc;
  for (const Recipient& recipient : recipients_) {
    JweHeader header;
    const R reason =
        header_parser_.ParseRecipient(PointerTo(recipient.header), &header);
    if (VoidsToken(reason)) return reason;
    if (recipients_.size() > 1 && !SharesKey(header.alg)) {
      return R::kRecipientsDisagree;
    }
    if (enc.has_value() && *enc != header.enc) return R::kRecipientsDisagree;
    enc = header.enc;
  }
  return R::kValid;
}

R JweJsonParser::Parse(absl::string_view token) {
  unprotected_.reset();
  recipients_.clear();
  aad_.reset();
  if (token.empty()) return R::kEmptyToken;
  if (token.size() > limits_.max_token_bytes) return R::kTokenTooLarge;
  json::Object object;
  R reason = ReasonOf(reader_.ParseObject(token, &object));
  if (reason != R::kValid) return reason;
  if (IsSigned(object)) return R::kSignedJson;
  reason = ReadContent(object);
  if (reason == R::kValid) reason = ReadRecipients(object);
  if (reason == R::kValid) {
    reason = header_parser_.ParseShared(protected_, PointerTo(unprotected_));
  }
  return reason == R::kValid ? JudgeRecipients() : reason;
}

R JweJsonParser::ReadRecipient(size_t i, UnverifiedJwe* jwe,
                               JweHeader* header) {
  const Recipient& recipient = recipients_[i];
  *jwe = shared_;
  jwe->encrypted_key = recipient.encrypted_key;
  return header_parser_.ParseRecipient(PointerTo(recipient.header), header);
}

}  // namespace assay::jose
