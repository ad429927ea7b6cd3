#include "service/quickstart/demo_server.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/secret_bytes.h"
#include "core/jose/jwk.h"
#include "core/jose/jwk_generation.h"
#include "service/process/private_folder.h"

namespace assay::quickstart {
namespace {

absl::Status WriteKey(const jose::Jwk& key, absl::string_view file,
                      process::PrivateFolder* folder) {
  std::string json = jose::WritePrivateJwk(key);
  const absl::Status status = folder->Write(file, json);
  WipeString(&json);
  return status;
}

void AppendKeySet(absl::string_view name, absl::string_view path,
                  absl::string_view use, std::string* config) {
  absl::StrAppend(config, "key_sets {\n  name: \"", name, "\"\n  paths: \"",
                  path, "\"\n  use: ", use, "\n}\n");
}

// Writes a fresh key to a file, and adds a key set of it to the config.
absl::Status AddKeySet(jose::Algorithm algorithm, absl::string_view name,
                       process::PrivateFolder* folder, std::string* config) {
  const std::string kid =
      absl::StrCat(absl::AsciiStrToLower(jose::AlgorithmName(algorithm)), "-1");
  auto key = jose::GenerateJwk(algorithm, kid, 0);
  if (!key.ok()) return key.status();
  const std::string file = absl::StrCat(name, ".jwk");
  AppendKeySet(name, folder->PathOf(file), "KEY_SET_USE_SIGN", config);
  return WriteKey(*key, file, folder);
}

// The same for a key that decrypts: two sets, the first of its public half.
absl::Status AddKeySets(const EncryptionCase& encryption,
                        process::PrivateFolder* folder, std::string* config) {
  jose::EncryptionKeyShape shape;
  shape.enc = encryption.enc;
  if (!encryption.crv.empty()) shape.crv = encryption.crv;
  auto key = jose::GenerateEncryptionJwk(encryption.alg, shape, "reader-1");
  if (!key.ok()) return key.status();
  const std::string file = absl::StrCat(NameOf(encryption), ".jwk");
  const std::string path = folder->PathOf(file);
  AppendKeySet(EncryptKeySetName(encryption), path, "KEY_SET_USE_ENCRYPT",
               config);
  AppendKeySet(DecryptKeySetName(encryption), path, "KEY_SET_USE_DECRYPT",
               config);
  return WriteKey(*key, file, folder);
}

}  // namespace

std::string KeySetName(jose::Algorithm algorithm) {
  return std::string(jose::AlgorithmName(algorithm));
}

std::string WrongKeySetName(jose::Algorithm algorithm) {
  return absl::StrCat(jose::AlgorithmName(algorithm), "-wrong-key");
}

std::string EncryptKeySetName(const EncryptionCase& encryption) {
  return absl::StrCat("for ", NameOf(encryption));
}

std::string DecryptKeySetName(const EncryptionCase& encryption) {
  return absl::StrCat("of ", NameOf(encryption));
}

absl::StatusOr<std::unique_ptr<process::ServerProcess>> StartDemoServer(
    absl::string_view program,
    absl::FunctionRef<void(absl::string_view)> on_key) {
  auto folder = process::PrivateFolder::Create();
  if (!folder.ok()) return folder.status();
  std::string config = "listeners { address: \"127.0.0.1:0\" }\n";
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    on_key(absl::StrCat("making keys for ", info.name));
    for (const std::string& name :
         {KeySetName(info.algorithm), WrongKeySetName(info.algorithm)}) {
      const absl::Status status =
          AddKeySet(info.algorithm, name, folder->get(), &config);
      if (!status.ok()) return status;
    }
  }
  for (const EncryptionCase& encryption : AllEncryptionCases()) {
    on_key(absl::StrCat("making a key for ", NameOf(encryption)));
    const absl::Status status = AddKeySets(encryption, folder->get(), &config);
    if (!status.ok()) return status;
  }
  const absl::Status status = (*folder)->Write("assayd.textproto", config);
  if (!status.ok()) return status;
  on_key("starting the server");
  process::ServerProcess::Options options;
  options.program = std::string(program);
  options.args = {
      absl::StrCat("--config=", (*folder)->PathOf("assayd.textproto"))};
  return process::ServerProcess::Start(options);
}

}  // namespace assay::quickstart
