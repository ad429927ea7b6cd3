// Encrypts and decrypts batches of lines with the engine in this process; and
// the settings for it, which a server is given, too.
#ifndef ASSAY_SERVICE_CLI_JWE_WORKERS_H_
#define ASSAY_SERVICE_CLI_JWE_WORKERS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "core/base/limits.h"
#include "core/engine/batch_decrypter.h"
#include "core/engine/batch_encrypter.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/jwe_header.h"
#include "core/keys/key_set.h"
#include "service/cli/batch_worker.h"
#include "service/cli/verdict_output.h"

namespace assay::cli {

// Which key encrypts, and how.
struct EncryptSettings {
  engine::EncryptForm form = engine::EncryptForm::kCompact;
  absl::optional<std::string> kid;
  std::vector<std::string> kids;  // Of kGeneralJson; then kid is not looked at.
  jose::KeyManagement alg = jose::KeyManagement::kUnspecified;
  jose::ContentAlgorithm enc = jose::ContentAlgorithm::kA256Gcm;
  absl::optional<std::string> typ;
  absl::optional<std::string> cty;
  // Of the JSON forms; empty: none.
  std::string aad;
  std::string unprotected;
  bool zip = false;
  uint32_t p2c = kDefaultPbes2Iterations;
  // Lines are base64url of what is encrypted, not the plaintext itself.
  bool lines_are_base64url = false;
};

// Encrypts each line of a kEncrypt set's user; a line that cannot be is told in
// the batch's errors (encrypt_output.h). An error says why nothing can be
// encrypted like this at all.
absl::StatusOr<std::unique_ptr<BatchWorker>> MakeEngineEncrypter(
    std::unique_ptr<keys::KeySet> key_set, EncryptSettings settings,
    int num_threads, const Limits& limits);

// What `assay decrypt` accepts.
struct DecryptSettings {
  engine::DecryptForm form = engine::DecryptForm::kCompact;
  jose::Zip zip = jose::Zip::kRefuse;
  // Empty: whatever the keys serve.
  std::vector<jose::KeyManagement> algorithms;
  std::vector<jose::ContentAlgorithm> encryptions;
  OutputForm output = OutputForm::kNdjson;
  // PBES2 iterations of all tokens together.
  uint64_t pbes2_budget = 0;

  // Compressed tokens come in batches whose plaintexts fit the memory, and the
  // engine's budget for a batch, or a server's by default, wherever the lines
  // are cut into batches.
  size_t max_batch_lines() const;
};

// Decrypts each line with the keys of a kDecrypt set; Batch::tally counts
// DecryptVerdicts.
std::unique_ptr<BatchWorker> MakeEngineDecrypter(
    std::unique_ptr<keys::KeySet> key_set, DecryptSettings settings,
    int num_threads, const Limits& limits);

}  // namespace assay::cli

#endif  // ASSAY_SERVICE_CLI_JWE_WORKERS_H_
