#include "core/jose/jwe_header_writer.h"

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/crypto/key_material.h"
#include "core/jose/curve_name.h"
#include "core/json/writer.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {
namespace {

void WriteBytes(absl::string_view name, absl::string_view bytes,
                json::Writer* json) {
  if (!bytes.empty()) json->Member(name, Base64UrlEncode(bytes));
}

void WriteText(absl::string_view name,
               const absl::optional<absl::string_view>& text,
               json::Writer* json) {
  if (text.has_value()) json->Member(name, *text);
}

// RFC 7518 4.6.1.1, RFC 8037 3.2.
void WriteEpk(const crypto::KeyMaterial& epk, json::Writer* json) {
  json->Key("epk");
  json->BeginObject();
  if (const auto* ec = absl::get_if<crypto::EcKey>(&epk)) {
    json->Member("kty", "EC");
    json->Member("crv", EcCurveName(ec->curve));
    WriteBytes("x", ec->x, json);
    WriteBytes("y", ec->y, json);
  } else {
    json->Member("kty", "OKP");
    json->Member("crv", kX25519CurveName);
    WriteBytes("x", absl::get<crypto::X25519Key>(epk).x, json);
  }
  json->EndObject();
}

void WriteEnc(const EncryptOptions& options, json::Writer* json) {
  json->Member("enc", AlgorithmName(options.enc));
  if (options.zip) json->Member("zip", "DEF");
}

void WriteTypes(const EncryptOptions& options, json::Writer* json) {
  WriteText("typ", options.typ, json);
  WriteText("cty", options.cty, json);
}

// Of the alg.
void WriteParameters(const EncryptOptions& options,
                     const KeyParameters& parameters, json::Writer* json) {
  if (parameters.epk.has_value()) {
    WriteEpk(*parameters.epk, json);
    WriteBytes("apu", options.apu, json);
    WriteBytes("apv", options.apv, json);
  }
  WriteBytes("iv", parameters.iv, json);
  WriteBytes("tag", parameters.tag, json);
  if (!parameters.p2s.empty()) {
    WriteBytes("p2s", parameters.p2s, json);
    json->Key("p2c");
    json->Uint(options.p2c);
  }
}

}  // namespace

std::string WriteJweHeader(KeyManagement alg, const EncryptOptions& options,
                           const KeyParameters& parameters) {
  std::string text;
  json::Writer json(&text);
  json.BeginObject();
  json.Member("alg", AlgorithmName(alg));
  WriteEnc(options, &json);
  WriteText("kid", options.kid, &json);
  WriteTypes(options, &json);
  WriteParameters(options, parameters, &json);
  json.EndObject();
  return text;
}

std::string WriteSharedHeader(const EncryptOptions& options) {
  std::string text;
  json::Writer json(&text);
  json.BeginObject();
  WriteEnc(options, &json);
  WriteTypes(options, &json);
  json.EndObject();
  return text;
}

std::string WriteRecipientHeader(KeyManagement alg,
                                 const EncryptOptions& options,
                                 const KeyParameters& parameters) {
  std::string text;
  json::Writer json(&text);
  json.BeginObject();
  json.Member("alg", AlgorithmName(alg));
  WriteText("kid", options.kid, &json);
  WriteParameters(options, parameters, &json);
  json.EndObject();
  return text;
}

}  // namespace assay::jose
