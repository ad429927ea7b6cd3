// Decodes a token of any form for people to look at, and verifies nothing: a
// compact JWS or JWE, or one of their JSON serializations (RFC 7515 7, RFC 7516
// 7). Only here the form is told by the token's looks (RFC 7516 9): where
// nothing is trusted, nothing can be confused.
//
// Thread safety: none.
#ifndef ASSAY_SERVICE_CLI_TOKEN_INSPECTOR_H_
#define ASSAY_SERVICE_CLI_TOKEN_INSPECTOR_H_

#include <string>

#include "absl/strings/string_view.h"
#include "core/base/limits.h"
#include "core/json/reader.h"
#include "core/json/writer.h"

namespace assay::cli {

class TokenInspector {
 public:
  // `limits` outlives the inspector.
  explicit TokenInspector(const Limits& limits);

  // Writes members into the object that `writer` is in: "form" (jws, jwe,
  // jws-json, jwe-json), what the parts hold, their lengths, and "problem" for
  // what could not be decoded. Returns whether all could be. A payload that is
  // not JSON is no problem.
  bool Inspect(absl::string_view token, json::Writer& writer);

 private:
  bool InspectJws(absl::string_view token, json::Writer& writer);
  bool InspectJwe(absl::string_view token, json::Writer& writer);
  bool InspectJson(absl::string_view token, json::Writer& writer);
  bool InspectJwsJson(const json::Object& jws, json::Writer& writer);
  bool InspectJweJson(const json::Object& jwe, json::Writer& writer);
  // The members of one signature or recipient, or of a flattened form.
  bool AppendSignature(const json::Object& signature, json::Writer& writer);
  bool AppendRecipient(const json::Object& recipient, json::Writer& writer);

  bool AppendHeader(absl::string_view encoded, json::Writer& writer);
  void AppendPayload(absl::string_view encoded, json::Writer& writer);
  bool AppendLength(absl::string_view name, absl::string_view encoded,
                    json::Writer& writer);
  bool AppendMemberLength(const char* name, const json::Object& object,
                          json::Writer& writer);

  const Limits& limits_;
  json::Reader token_reader_;
  json::Reader header_reader_;
  json::Reader payload_reader_;
  std::string decoded_;
};

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_TOKEN_INSPECTOR_H_
