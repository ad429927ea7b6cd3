#include "service/quickstart/sealed_tray.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "assay/v1/decrypter.grpc.pb.h"
#include "assay/v1/encrypter.grpc.pb.h"
#include "core/base/limits.h"
#include "service/quickstart/demo_server.h"
#include "service/quickstart/specimen.h"

namespace assay::quickstart {
namespace {

constexpr size_t kPerCall = 1000;
// Segments of a compact JWE (RFC 7516 7.1).
constexpr size_t kEncryptedKey = 1, kIv = 2, kCiphertext = 3, kTag = 4;

absl::Status ToAbsl(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
}

// The first character's bits are all used, so the text stays base64url.
std::string Damaged(const std::string& token, size_t segment) {
  std::vector<std::string> segments = absl::StrSplit(token, '.');
  std::string& text = segments[segments[segment].empty() ? kTag : segment];
  text[0] = text[0] == 'A' ? 'B' : 'A';
  return absl::StrJoin(segments, ".");
}

v1::EncryptOptions OptionsOf(const EncryptionCase& encryption) {
  v1::EncryptOptions options;
  options.set_key_set(EncryptKeySetName(encryption));
  options.set_algorithm(
      static_cast<v1::KeyManagementAlgorithm>(encryption.alg));
  options.set_encryption(
      static_cast<v1::ContentEncryptionAlgorithm>(encryption.enc));
  // The password is of 256 random bits: more iterations make it no stronger.
  options.set_pbes2_iterations(kMinPbes2Iterations);
  return options;
}

// Whether a token came out as it had to.
bool IsRight(const SealedTray& tray, size_t index,
             const v1::DecryptResult& result) {
  if (tray.is_damaged[index]) {
    return result.verdict() == v1::DECRYPT_VERDICT_DECRYPTION_FAILED &&
           result.plaintext().empty();
  }
  return result.verdict() == v1::DECRYPT_VERDICT_VALID &&
         result.plaintext() == tray.plaintexts[index];
}

}  // namespace

SealedTray MakeSealedTray(const EncryptionCase& encryption, size_t num_tokens) {
  SealedTray tray;
  tray.encryption = encryption;
  for (size_t i = 0; i < num_tokens; ++i) {
    tray.plaintexts.push_back(absl::StrCat(
        "{\"account\":", 100'000 + i,
        ",\"note\":\"for the eyes of one reader, and of nobody else\"}"));
  }
  return tray;
}

void DamageSome(SealedTray* tray) {
  constexpr size_t kSegments[] = {kCiphertext, kTag, kIv, kEncryptedKey};
  tray->is_damaged.assign(tray->tokens.size(), false);
  for (size_t i = 0; i < tray->tokens.size(); i += kDamageEvery) {
    const size_t turn = tray->num_damaged % std::size(kSegments);
    tray->tokens[i] = Damaged(tray->tokens[i], kSegments[turn]);
    tray->is_damaged[i] = true;
    ++tray->num_damaged;
  }
}

absl::Status EncryptTray(const std::shared_ptr<grpc::Channel>& channel,
                         SealedTray* tray) {
  const auto stub = v1::EncrypterService::NewStub(channel);
  const size_t num_tokens = tray->plaintexts.size();
  for (size_t begin = 0; begin < num_tokens; begin += kPerCall) {
    v1::BatchEncryptRequest request;
    *request.mutable_options() = OptionsOf(tray->encryption);
    for (size_t i = begin; i < std::min(begin + kPerCall, num_tokens); ++i) {
      request.add_plaintexts(tray->plaintexts[i]);
    }
    grpc::ClientContext context;
    v1::BatchEncryptResponse response;
    const absl::Status status =
        ToAbsl(stub->BatchEncrypt(&context, request, &response));
    if (!status.ok()) return status;
    for (const v1::EncryptResult& result : response.results()) {
      if (result.outcome() != v1::ENCRYPT_OUTCOME_ENCRYPTED) {
        return absl::InternalError(
            absl::StrCat("the server did not encrypt: ", result.reason()));
      }
      tray->tokens.push_back(result.token());
    }
  }
  return absl::OkStatus();
}

absl::Status DecryptTray(const std::shared_ptr<grpc::Channel>& channel,
                         SealedTray* tray) {
  const auto stub = v1::DecrypterService::NewStub(channel);
  const size_t num_tokens = tray->tokens.size();
  for (size_t begin = 0; begin < num_tokens; begin += kPerCall) {
    v1::BatchDecryptRequest request;
    request.mutable_options()->set_key_set(DecryptKeySetName(tray->encryption));
    const size_t end = std::min(begin + kPerCall, num_tokens);
    for (size_t i = begin; i < end; ++i) request.add_tokens(tray->tokens[i]);
    grpc::ClientContext context;
    v1::BatchDecryptResponse response;
    const absl::Status status =
        ToAbsl(stub->BatchDecrypt(&context, request, &response));
    if (!status.ok()) return status;
    if (static_cast<size_t>(response.results_size()) != end - begin) {
      return absl::InternalError("the server did not answer every token");
    }
    for (size_t i = begin; i < end; ++i) {
      tray->num_wrong +=
          !IsRight(*tray, i, response.results(static_cast<int>(i - begin)));
    }
  }
  return absl::OkStatus();
}

}  // namespace assay::quickstart
