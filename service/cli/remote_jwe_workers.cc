#include "service/cli/remote_jwe_workers.h"

#include <string>
#include <utility>

#include "assay/v1/decrypter.grpc.pb.h"
#include "assay/v1/encrypter.grpc.pb.h"
#include "core/base/decrypt_reason.h"
#include "core/base/secret_bytes.h"
#include "core/simd/base64url/base64url.h"
#include "service/cli/decrypt_output.h"
#include "service/cli/encrypt_output.h"
#include "service/cli/remote_stream.h"

namespace assay::cli {
namespace {

// The numbers are the same by contract (core/jose/encryption_algorithm.h).
v1::KeyManagementAlgorithm ToProto(jose::KeyManagement alg) {
  return static_cast<v1::KeyManagementAlgorithm>(alg);
}
v1::ContentEncryptionAlgorithm ToProto(jose::ContentAlgorithm enc) {
  return static_cast<v1::ContentEncryptionAlgorithm>(enc);
}

v1::JweForm ToProto(engine::EncryptForm form) {
  switch (form) {
    case engine::EncryptForm::kCompact:
      break;
    case engine::EncryptForm::kFlattenedJson:
      return v1::JWE_FORM_FLATTENED_JSON;
    case engine::EncryptForm::kGeneralJson:
      return v1::JWE_FORM_GENERAL_JSON;
  }
  return v1::JWE_FORM_COMPACT;
}

v1::EncryptOptions ToProto(const EncryptSettings& settings,
                           const std::string& key_set) {
  v1::EncryptOptions proto;
  proto.set_key_set(key_set);
  if (settings.kid.has_value()) proto.add_kids(*settings.kid);
  for (const std::string& kid : settings.kids) proto.add_kids(kid);
  proto.set_algorithm(ToProto(settings.alg));
  proto.set_encryption(ToProto(settings.enc));
  proto.set_form(ToProto(settings.form));
  if (settings.typ.has_value()) proto.set_typ(*settings.typ);
  if (settings.cty.has_value()) proto.set_cty(*settings.cty);
  proto.set_pbes2_iterations(settings.p2c);
  proto.set_zip(settings.zip);
  proto.set_aad(settings.aad);
  proto.set_unprotected_header_json(settings.unprotected);
  return proto;
}

v1::DecryptOptions ToProto(const DecryptSettings& settings,
                           const std::string& key_set) {
  v1::DecryptOptions proto;
  proto.set_key_set(key_set);
  for (const jose::KeyManagement alg : settings.algorithms) {
    proto.add_algorithms(ToProto(alg));
  }
  for (const jose::ContentAlgorithm enc : settings.encryptions) {
    proto.add_encryptions(ToProto(enc));
  }
  proto.set_form(settings.form == engine::DecryptForm::kJson
                     ? v1::JWE_FORM_GENERAL_JSON
                     : v1::JWE_FORM_COMPACT);
  proto.set_allow_zip(settings.zip == jose::Zip::kAllow);
  proto.set_omit_plaintext(settings.output == OutputForm::kVerdicts ||
                           settings.output == OutputForm::kSummary);
  return proto;
}

DecryptedToken FromProto(const v1::DecryptResult& result) {
  DecryptedToken token;
  // A verdict of a newer server is unknown here: VerdictName says so, and it
  // never is "valid".
  const int verdict = result.verdict();
  if (verdict > 0 && verdict < kNumDecryptVerdicts) {
    token.verdict = static_cast<DecryptVerdict>(verdict);
  }
  const int alg = result.algorithm();
  if (alg > 0 && static_cast<size_t>(alg) < jose::kNumKeyManagements) {
    token.alg = static_cast<jose::KeyManagement>(alg);
  }
  const int enc = result.encryption();
  if (enc > 0 && static_cast<size_t>(enc) < jose::kNumContentAlgorithms) {
    token.enc = static_cast<jose::ContentAlgorithm>(enc);
  }
  if (!result.kid().empty()) token.kid = result.kid();
  token.reason = result.reason();
  if (result.has_aad()) token.aad = result.aad();
  token.plaintext = result.plaintext();
  return token;
}

class RemoteEncrypter
    : public RemoteStream<v1::StreamEncryptRequest, v1::StreamEncryptResponse> {
 public:
  RemoteEncrypter(const ServerFlags& server,
                  std::shared_ptr<grpc::Channel> channel,
                  const EncryptSettings& settings)
      : RemoteStream(server, "encrypted"),
        stub_(v1::EncrypterService::NewStub(std::move(channel))),
        options_(ToProto(settings, server.key_set)),
        lines_are_base64url_(settings.lines_are_base64url) {}

 protected:
  std::unique_ptr<Stream> Open(grpc::ClientContext* context) override {
    return stub_->StreamEncrypt(context);
  }
  void AddOptions(v1::StreamEncryptRequest* request) const override {
    *request->mutable_options() = options_;
  }
  // A line that is not base64url becomes an empty plaintext, which keeps its
  // place.
  void AddLine(absl::string_view line,
               v1::StreamEncryptRequest* request) const override {
    if (!lines_are_base64url_) {
      request->add_plaintexts(line.data(), line.size());
      return;
    }
    std::string* plaintext = request->add_plaintexts();
    if (!Base64UrlDecode(line, plaintext)) plaintext->clear();
  }
  void Answer(const v1::StreamEncryptResponse& response,
              Batch* batch) const override {
    for (size_t i = 0; i < batch->lines.size(); ++i) {
      const v1::EncryptResult& result = response.results(static_cast<int>(i));
      if (batch->too_long[i]) {
        AppendUnencrypted(kLineTooLarge, i, batch);
      } else if (IsBad(batch->lines[i])) {
        AppendUnencrypted(kLineNotBase64Url, i, batch);
      } else if (result.outcome() != v1::ENCRYPT_OUTCOME_ENCRYPTED) {
        AppendUnencrypted(result.reason(), i, batch);
      } else {
        AppendToken(result.token(), batch);
      }
    }
  }

 private:
  bool IsBad(absl::string_view line) const {
    if (!lines_are_base64url_) return false;
    std::string decoded;
    const bool is_good = Base64UrlDecode(line, &decoded);
    WipeString(&decoded);
    return !is_good;
  }

  const std::unique_ptr<v1::EncrypterService::Stub> stub_;
  const v1::EncryptOptions options_;
  const bool lines_are_base64url_;
};

class RemoteDecrypter
    : public RemoteStream<v1::StreamDecryptRequest, v1::StreamDecryptResponse> {
 public:
  RemoteDecrypter(const ServerFlags& server,
                  std::shared_ptr<grpc::Channel> channel,
                  const DecryptSettings& settings)
      : RemoteStream(server, "decrypted"),
        stub_(v1::DecrypterService::NewStub(std::move(channel))),
        options_(ToProto(settings, server.key_set)),
        output_(settings.output),
        max_batch_lines_(settings.max_batch_lines()) {}

  size_t max_batch_lines() const override { return max_batch_lines_; }

 protected:
  std::unique_ptr<Stream> Open(grpc::ClientContext* context) override {
    return stub_->StreamDecrypt(context);
  }
  void AddOptions(v1::StreamDecryptRequest* request) const override {
    *request->mutable_options() = options_;
  }
  void AddLine(absl::string_view line,
               v1::StreamDecryptRequest* request) const override {
    request->add_tokens(line.data(), line.size());
  }
  void Answer(const v1::StreamDecryptResponse& response,
              Batch* batch) const override {
    for (size_t i = 0; i < batch->lines.size(); ++i) {
      AppendDecrypted(output_, i,
                      batch->too_long[i]
                          ? TooLargeJwe()
                          : FromProto(response.results(static_cast<int>(i))),
                      batch);
    }
  }

 private:
  const std::unique_ptr<v1::DecrypterService::Stub> stub_;
  const v1::DecryptOptions options_;
  const OutputForm output_;
  const size_t max_batch_lines_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteEncrypter(
    const ServerFlags& server, const EncryptSettings& settings) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeChannel(server);
  if (!channel.ok()) return channel.status();
  return std::make_unique<RemoteEncrypter>(server, *std::move(channel),
                                           settings);
}

absl::StatusOr<std::unique_ptr<BatchWorker>> MakeRemoteDecrypter(
    const ServerFlags& server, const DecryptSettings& settings) {
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = MakeChannel(server);
  if (!channel.ok()) return channel.status();
  return std::make_unique<RemoteDecrypter>(server, *std::move(channel),
                                           settings);
}

}  // namespace assay::cli
