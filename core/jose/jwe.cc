#include "core/jose/jwe.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/content_cipher.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/random.h"
#include "core/jose/curve_name.h"
#include "core/json/reader.h"
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

absl::Status TokenTooLarge(const Limits& limits) {
  return absl::OutOfRangeError(
      absl::StrCat("the token would be larger than the limit of ",
                   limits.max_token_bytes, " bytes"));
}

size_t EncodedLen(size_t bytes) { return (bytes * 4 + 2) / 3; }

absl::Status CheckText(absl::string_view name,
                       const absl::optional<absl::string_view>& text) {
  if (!text.has_value() ||
      simdjson::validate_utf8(text->data(), text->size())) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(name, " is not UTF-8"));
}

absl::Status CheckIterations(uint32_t p2c, const Limits& limits) {
  if (p2c < kMinPbes2Iterations) {
    return absl::InvalidArgumentError(
        absl::StrCat("p2c is ", p2c, ", fewer than ", kMinPbes2Iterations,
                     " iterations (RFC 7518 4.8.1.2)"));
  }
  if (p2c > limits.max_pbes2_iterations) {
    return absl::InvalidArgumentError(
        absl::StrCat("p2c is ", p2c, ", more than the limit of ",
                     limits.max_pbes2_iterations, " iterations"));
  }
  return absl::OkStatus();
}

// What nobody with the same limits would take is not made. The ciphertext of
// `plaintext` and the other segments are never shorter than these.
absl::Status CheckLengths(size_t header, size_t plaintext,
                          const Limits& limits) {
  if (header > limits.max_header_bytes) {
    return absl::OutOfRangeError(absl::StrCat("the header would have ", header,
                                              " bytes, more than the limit of ",
                                              limits.max_header_bytes));
  }
  if (plaintext > limits.max_token_bytes ||
      header + EncodedLen(plaintext) > limits.max_token_bytes) {
    return TokenTooLarge(limits);
  }
  return absl::OkStatus();
}

std::string Join(absl::string_view header, absl::string_view encrypted_key,
                 const Segments& segments) {
  std::string token;
  token.reserve(header.size() + EncodedLen(encrypted_key.size()) +
                EncodedLen(segments.iv.size()) +
                EncodedLen(segments.ciphertext.size()) +
                EncodedLen(segments.tag.size()) + 4);
  token.append(header.data(), header.size());
  AppendSegment(encrypted_key, &token);
  AppendSegment(segments.iv, &token);
  AppendSegment(segments.ciphertext, &token);
  AppendSegment(segments.tag, &token);
  return token;
}

}  // namespace

absl::Status ValidateEncryptOptions(const EncryptOptions& options,
                                    KeyManagement alg, const Limits& limits) {
  if (options.enc == ContentAlgorithm::kUnspecified) {
    return absl::InvalidArgumentError("no content encryption (enc) is named");
  }
  absl::Status status = CheckText("kid", options.kid);
  if (status.ok()) status = CheckText("typ", options.typ);
  if (status.ok()) status = CheckText("cty", options.cty);
  if (status.ok() && InfoOf(alg).family == KeyManagementFamily::kPbes2) {
    status = CheckIterations(options.p2c, limits);
  }
  return status;
}

absl::StatusOr<std::string> EncryptCompact(const EncryptOptions& options,
                                           absl::string_view plaintext,
                                           const EncryptionKey& key,
                                           const Limits& limits,
                                           IterationBudget* budget) {
  absl::Status status = ValidateEncryptOptions(options, key.alg(), limits);
  if (!status.ok()) return status;
  ContentKey content_key;
  KeyParameters parameters;
  // Before the work, as far as it can be told.
  status = CheckLengths(0, plaintext.size(), limits);
  if (status.ok()) {
    status = key.MakeContentKey(options, budget, &content_key, &parameters);
  }
  if (!status.ok()) return status;
  const std::string header =
      Base64UrlEncode(HeaderJson(key.alg(), options, parameters));
  status = CheckLengths(header.size(), plaintext.size(), limits);
  if (!status.ok()) return status;
  Segments segments;
  if (!Seal(options.enc, *content_key.cipher(), header, plaintext, &segments)) {
    return absl::InternalError("the content cannot be encrypted");
  }
  std::string token = Join(header, parameters.encrypted_key, segments);
  if (token.size() > limits.max_token_bytes) {
    return TokenTooLarge(limits);
  }
  return token;
}

R DecryptCompact(const UnverifiedJwe& jwe, const JweHeader& header,
                 const DecryptionKey& key, IterationBudget* budget,
                 std::string* plaintext) {
  WipeString(plaintext);
  if (header.reason != R::kValid) return header.reason;
  if (key.alg() != header.alg) return R::kAlgorithmNotOfKey;
  const R form = CheckSegments(jwe, header.alg, header.enc);
  if (form != R::kValid) return form;
  Segments segments;
  if (!segments.Decode(jwe)) return R::kSegmentEncoding;
  ContentKey content_key;
  const R reason =
      key.FindContentKey(header, segments.encrypted_key, budget, &content_key);
  if (reason != R::kValid) return reason;
  return Open(*content_key.cipher(), jwe.header, segments, plaintext);
}

}  // namespace assay::jose
