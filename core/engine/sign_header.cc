#include "core/engine/sign_header.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/json/reader.h"
#include "core/json/utf8.h"
#include "core/json/writer.h"
#include "core/simd/base64url/base64url.h"

namespace assay::engine {
namespace {

// The members of a JSON object's text: what stands between its braces.
absl::string_view MembersOf(absl::string_view object_text) {
  object_text = absl::StripAsciiWhitespace(object_text);
  return object_text.substr(1, object_text.size() - 2);
}

// Adds the members of `extra`, a JSON object's text, to `*header`, another's.
absl::Status AddExtra(absl::string_view extra, std::string* header) {
  json::Reader reader(kMaxHeaderJsonDepth);
  json::Object object;
  const json::Error error = reader.ParseObject(extra, &object);
  if (error != json::Error::kNone) {
    return absl::InvalidArgumentError(absl::StrCat(
        "extra_header is not a JSON object: ", json::ErrorText(error)));
  }
  for (absl::string_view name : {"alg", "kid", "typ", "crit", "b64"}) {
    json::Element ignored;
    if (!object.at_key(std::string_view(name.data(), name.size()))
             .get(ignored)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "extra_header must not hold \"", name, "\": it is the signer's"));
    }
  }
  if (object.size() > 0) {
    header->pop_back();
    absl::StrAppend(header, ",", MembersOf(extra), "}");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> EncodeSignHeader(const SignHeader& header,
                                             const Limits& limits) {
  // A writer of JSON would put U+FFFD, and sign what nobody asked for.
  if (header.typ.has_value() && !json::IsUtf8(*header.typ)) {
    return absl::InvalidArgumentError("typ is not UTF-8");
  }
  std::string text;
  json::Writer writer(&text);
  writer.BeginObject();
  writer.Member("alg", jose::AlgorithmName(header.alg));
  writer.Member("kid", header.kid);
  if (header.typ.has_value()) writer.Member("typ", *header.typ);
  if (header.unencoded_payload) {
    writer.Key("b64");
    writer.Bool(false);
    writer.Key("crit");
    writer.BeginArray();
    writer.String("b64");
    writer.EndArray();
  }
  writer.EndObject();
  if (!header.extra.empty()) {
    const absl::Status status = AddExtra(header.extra, &text);
    if (!status.ok()) return status;
  }
  std::string encoded = Base64UrlEncode(text);
  if (encoded.size() > limits.max_header_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the header would take ", encoded.size(),
                     " bytes; the limit is ", limits.max_header_bytes));
  }
  return encoded;
}

}  // namespace assay::engine
