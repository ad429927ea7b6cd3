#include "core/jose/jwe.h"

#include <cstddef>
#include <cstdint>

#include "core/base/secret_bytes.h"
#include "core/crypto/content_cipher.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/random.h"
#include "core/jose/curve_name.h"
#include "core/json/writer.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {
namespace {

using R = DecryptReason;

uint8_t* Data(std::string* bytes) {
  return reinterpret_cast<uint8_t*>(&(*bytes)[0]);
}

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

std::string HeaderJson(KeyManagement alg, const EncryptOptions& options,
                       const KeyParameters& parameters) {
  std::string text;
  json::Writer json(&text);
  json.BeginObject();
  json.Member("alg", AlgorithmName(alg));
  json.Member("enc", AlgorithmName(options.enc));
  WriteText("kid", options.kid, &json);
  WriteText("typ", options.typ, &json);
  WriteText("cty", options.cty, &json);
  if (parameters.epk.has_value()) {
    WriteEpk(*parameters.epk, &json);
    WriteBytes("apu", options.apu, &json);
    WriteBytes("apv", options.apv, &json);
  }
  WriteBytes("iv", parameters.iv, &json);
  WriteBytes("tag", parameters.tag, &json);
  if (!parameters.p2s.empty()) {
    WriteBytes("p2s", parameters.p2s, &json);
    json.Key("p2c");
    json.Uint(options.p2c);
  }
  json.EndObject();
  return text;
}

// The segments of a JWE behind its header, decoded.
struct Segments {
  std::string encrypted_key, iv, ciphertext, tag;

  bool Decode(const UnverifiedJwe& jwe) {
    return Base64UrlDecode(jwe.encrypted_key, &encrypted_key) &&
           Base64UrlDecode(jwe.iv, &iv) &&
           Base64UrlDecode(jwe.ciphertext, &ciphertext) &&
           Base64UrlDecode(jwe.tag, &tag);
  }
};

void AppendSegment(absl::string_view bytes, std::string* token) {
  token->push_back('.');
  Base64UrlAppend(bytes, token);
}

// RFC 7516 5.1 steps 9 to 15: encrypts under `cipher`. False if it cannot.
bool Seal(ContentAlgorithm enc, const crypto::ContentCipher& cipher,
          absl::string_view aad, absl::string_view plaintext,
          Segments* segments) {
  const crypto::ContentEncryption encryption = InfoOf(enc).encryption;
  segments->iv.resize(crypto::IvLen(encryption));
  crypto::RandomBytes(Data(&segments->iv), segments->iv.size());
  segments->ciphertext.resize(cipher.CiphertextLen(plaintext.size()));
  segments->tag.resize(crypto::TagLen(encryption));
  return cipher.Seal(segments->iv, aad, plaintext, Data(&segments->ciphertext),
                     Data(&segments->tag));
}

// RFC 7516 5.2 steps 14 to 16.
R Open(const crypto::ContentCipher& cipher, absl::string_view aad,
       const Segments& segments, std::string* plaintext) {
  plaintext->resize(segments.ciphertext.size());
  size_t len = 0;
  if (!cipher.Open(segments.iv, aad, segments.ciphertext, segments.tag,
                   Data(plaintext), &len)) {
    plaintext->clear();
    return R::kDecryptionFailed;
  }
  plaintext->resize(len);
  return R::kValid;
}

}  // namespace

absl::Status EncryptCompact(const EncryptOptions& options,
                            absl::string_view plaintext,
                            const EncryptionKey& key, std::string* token) {
  token->clear();
  if (options.enc == ContentAlgorithm::kUnspecified) {
    return absl::InvalidArgumentError("no content encryption (enc) is named");
  }
  ContentKey content_key;
  KeyParameters parameters;
  absl::Status status = key.MakeContentKey(options, &content_key, &parameters);
  if (!status.ok()) return status;
  const std::string header =
      Base64UrlEncode(HeaderJson(key.alg(), options, parameters));
  Segments segments;
  if (!Seal(options.enc, *content_key.cipher(), header, plaintext, &segments)) {
    return absl::InvalidArgumentError("the plaintext is too long for its enc");
  }
  *token = header;
  AppendSegment(parameters.encrypted_key, token);
  AppendSegment(segments.iv, token);
  AppendSegment(segments.ciphertext, token);
  AppendSegment(segments.tag, token);
  return absl::OkStatus();
}

R DecryptCompact(const UnverifiedJwe& jwe, const JweHeader& header,
                 const DecryptionKey& key, IterationBudget* budget,
                 std::string* plaintext) {
  WipeString(plaintext);
  const R form = CheckSegments(jwe, header.alg, header.enc);
  if (form != R::kValid) return form;
  Segments segments;
  if (!segments.Decode(jwe)) return R::kSegmentEncoding;
  if (key.alg() != header.alg) return R::kAlgorithmNotOfKey;
  ContentKey content_key;
  const R reason =
      key.FindContentKey(header, segments.encrypted_key, budget, &content_key);
  if (reason != R::kValid) return reason;
  return Open(*content_key.cipher(), jwe.header, segments, plaintext);
}

}  // namespace assay::jose
