#include "core/jose/jwe_json_encrypt.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/content_encryption.h"
#include "core/crypto/random.h"
#include "core/jose/jwe.h"
#include "core/jose/jwe_content.h"
#include "core/jose/jwe_header_writer.h"
#include "core/json/reader.h"
#include "core/json/writer.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {
namespace {

// What this writes into other headers, and what must be protected.
constexpr absl::string_view kNamesOfOtherHeaders[] = {
    "alg", "enc", "zip", "crit", "kid", "typ", "cty",
    "epk", "apu", "apv", "iv",   "tag", "p2s", "p2c",
};

// A recipient, done.
struct WrittenRecipient {
  std::string header;  // JSON; empty if the protected one says it all.
  std::string encrypted_key;
};

EncryptOptions For(const EncryptOptions& options,
                   const JweRecipient& recipient) {
  EncryptOptions own = options;
  own.kid = recipient.kid;
  return own;
}

// One token under way.
class JsonToken {
 public:
  JsonToken(const EncryptOptions& options, const JweJsonOptions& json,
            const Limits& limits, IterationBudget* budget)
      : options_(options), json_(json), limits_(limits), budget_(budget) {}

  absl::StatusOr<std::string> Encrypt(
      absl::string_view plaintext, absl::Span<const JweRecipient> recipients) {
    ContentToSeal content;
    absl::Status status = content.Prepare(options_, plaintext, limits_);
    // Before the work, as far as it can be told.
    if (status.ok()) status = CheckLengths(content.view().size());
    if (status.ok()) {
      status = recipients.size() == 1 ? WriteOne(recipients[0])
                                      : WriteSeveral(recipients);
    }
    if (status.ok()) {
      status =
          CheckTokenLengths(protected_.size(), content.view().size(), limits_);
    }
    if (status.ok()) {
      status = SealContent(options_.enc, *content_key_.cipher(),
                           Authenticated(), content.view(), &sealed_);
    }
    if (!status.ok()) return status;
    std::string token = Write();
    status = CheckTokenLength(token.size(), limits_);
    if (!status.ok()) return status;
    return token;
  }

 private:
  // Each alone as well, so that nothing overflows.
  absl::Status CheckLengths(size_t content) const {
    for (const size_t len :
         {json_.aad.size(), json_.unprotected.size(), content}) {
      const absl::Status status = CheckTokenLength(len, limits_);
      if (!status.ok()) return status;
    }
    return CheckTokenLength(Base64UrlEncodedSize(json_.aad.size()) +
                                json_.unprotected.size() +
                                Base64UrlEncodedSize(content),
                            limits_);
  }

  bool IsGeneral() const { return json_.shape == JweJsonShape::kGeneral; }

  absl::Status WriteOne(const JweRecipient& recipient) {
    const EncryptOptions own = For(options_, recipient);
    KeyParameters parameters;
    const absl::Status status =
        recipient.key->MakeContentKey(own, budget_, &content_key_, &parameters);
    if (!status.ok()) return status;
    if (IsGeneral()) {
      AddRecipient(*recipient.key, own, std::move(parameters));
      protected_ = Base64UrlEncode(WriteSharedHeader(options_));
    } else {
      protected_ = Base64UrlEncode(
          WriteJweHeader(recipient.key->alg(), own, parameters));
      written_.push_back({"", std::move(parameters.encrypted_key)});
    }
    return absl::OkStatus();
  }

  absl::Status WriteSeveral(absl::Span<const JweRecipient> recipients) {
    SecretBytes cek(crypto::CekLen(InfoOf(options_.enc).encryption));
    crypto::RandomBytes(cek.data(), cek.size());
    for (const JweRecipient& recipient : recipients) {
      const EncryptOptions own = For(options_, recipient);
      KeyParameters parameters;
      const absl::Status status =
          recipient.key->WrapSharedKey(own, budget_, cek.view(), &parameters);
      if (!status.ok()) return status;
      AddRecipient(*recipient.key, own, std::move(parameters));
    }
    content_key_ = ContentKey::Own(options_.enc, cek.view());
    protected_ = Base64UrlEncode(WriteSharedHeader(options_));
    return absl::OkStatus();
  }

  void AddRecipient(const EncryptionKey& key, const EncryptOptions& own,
                    KeyParameters parameters) {
    std::string header = WriteRecipientHeader(key.alg(), own, parameters);
    written_.push_back(
        {std::move(header), std::move(parameters.encrypted_key)});
  }

  // RFC 7516 5.1 step 14.
  std::string Authenticated() const {
    if (json_.aad.empty()) return protected_;
    return absl::StrCat(protected_, ".", Base64UrlEncode(json_.aad));
  }

  static void WriteBytes(absl::string_view name, absl::string_view bytes,
                         json::Writer* writer) {
    writer->Member(name, Base64UrlEncode(bytes));
  }

  static void WriteRecipient(const WrittenRecipient& recipient,
                             json::Writer* writer) {
    if (!recipient.header.empty()) {
      writer->Key("header");
      writer->Raw(recipient.header);
    }
    if (!recipient.encrypted_key.empty()) {
      WriteBytes("encrypted_key", recipient.encrypted_key, writer);
    }
  }

  void WriteRecipients(json::Writer* writer) const {
    if (!IsGeneral()) return WriteRecipient(written_[0], writer);
    writer->Key("recipients");
    writer->BeginArray();
    for (const WrittenRecipient& recipient : written_) {
      writer->BeginObject();
      WriteRecipient(recipient, writer);
      writer->EndObject();
    }
    writer->EndArray();
  }

  std::string Write() const {
    std::string token;
    json::Writer writer(&token);
    writer.BeginObject();
    writer.Member("protected", protected_);
    if (!json_.unprotected.empty()) {
      writer.Key("unprotected");
      writer.Raw(json_.unprotected);
    }
    WriteRecipients(&writer);
    if (!json_.aad.empty()) WriteBytes("aad", json_.aad, &writer);
    WriteBytes("iv", sealed_.iv, &writer);
    WriteBytes("ciphertext", sealed_.ciphertext, &writer);
    WriteBytes("tag", sealed_.tag, &writer);
    writer.EndObject();
    return token;
  }

  const EncryptOptions& options_;
  const JweJsonOptions& json_;
  const Limits& limits_;
  IterationBudget* const budget_;
  ContentKey content_key_;
  std::string protected_;  // Encoded.
  std::vector<WrittenRecipient> written_;
  SealedContent sealed_;
};

absl::Status CheckNumRecipients(const JweJsonOptions& json, size_t num,
                                const Limits& limits) {
  if (num == 0) {
    return absl::InvalidArgumentError("there is no recipient to encrypt for");
  }
  if (num > limits.max_recipients) {
    return absl::InvalidArgumentError(absl::StrCat("a token has at most ",
                                                   limits.max_recipients,
                                                   " recipients, not ", num));
  }
  if (num > 1 && json.shape == JweJsonShape::kFlattened) {
    return absl::InvalidArgumentError(
        absl::StrCat("a flattened token has one recipient, not ", num,
                     ": use the general form"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> CompactUnprotectedHeader(absl::string_view json) {
  json::Reader reader(kMaxHeaderJsonDepth);
  json::Object object;
  const json::Error error = reader.ParseObject(json, &object);
  if (error != json::Error::kNone) {
    return absl::InvalidArgumentError(
        absl::StrCat("the unprotected header: ", json::ErrorText(error)));
  }
  if (object.begin() == object.end()) {
    return absl::InvalidArgumentError(
        "the unprotected header has no members: leave it out");
  }
  for (const auto member : object) {
    const absl::string_view name(member.key.data(), member.key.size());
    if (absl::c_linear_search(kNamesOfOtherHeaders, name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the unprotected header has ", name,
                       ", which is for the token's other headers"));
    }
  }
  std::string compact(json.size() + json::kPadding, '\0');
  size_t len = 0;
  if (simdjson::minify(json.data(), json.size(), &compact[0], len) !=
      simdjson::SUCCESS) {
    return absl::InternalError("the unprotected header cannot be compacted");
  }
  compact.resize(len);
  return compact;
}

absl::Status ValidateJweRecipients(const EncryptOptions& options,
                                   const JweJsonOptions& json,
                                   absl::Span<const JweRecipient> recipients,
                                   const Limits& limits) {
  absl::Status status = CheckNumRecipients(json, recipients.size(), limits);
  for (const JweRecipient& recipient : recipients) {
    if (!status.ok()) return status;
    const KeyManagement alg = recipient.key->alg();
    status = ValidateEncryptOptions(options, alg, limits);
    if (status.ok() && recipients.size() > 1 && !HasEncryptedKey(alg)) {
      status = NoKeyToShare(alg);
    }
  }
  return status;
}

absl::StatusOr<std::string> EncryptJson(
    const EncryptOptions& options, const JweJsonOptions& json,
    absl::string_view plaintext, absl::Span<const JweRecipient> recipients,
    const Limits& limits, IterationBudget* budget) {
  const absl::Status status =
      ValidateJweRecipients(options, json, recipients, limits);
  if (!status.ok()) return status;
  return JsonToken(options, json, limits, budget)
      .Encrypt(plaintext, recipients);
}

}  // namespace assay::jose
