// Texts that the server encrypts, some of which are damaged then, and decrypts
// again.
//
// Thread safety: none.
#ifndef ASSAY_SERVICE_QUICKSTART_SEALED_TRAY_H_
#define ASSAY_SERVICE_QUICKSTART_SEALED_TRAY_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"
#include "service/quickstart/encryption_case.h"

namespace assay::quickstart {

// All texts of one case, on their way to the server and back.
struct SealedTray {
  EncryptionCase encryption;
  std::vector<std::string> plaintexts;
  std::vector<std::string> tokens;
  // Of the tokens, from 0, those that were damaged.
  std::vector<bool> is_damaged;
  size_t num_damaged = 0;
  // Damaged ones that were decrypted all the same, and whole ones that were
  // not, or to something else: there should be none.
  size_t num_wrong = 0;
};

// `num_tokens` texts, without tokens.
SealedTray MakeSealedTray(const EncryptionCase& encryption, size_t num_tokens);
// Changes one character in one token in a hundred, at least one: of the
// ciphertext, the tag, the IV or the encrypted key by turns.
void DamageSome(SealedTray* tray);

// Both answer all of the tray by one call for every thousand.
absl::Status EncryptTray(const std::shared_ptr<grpc::Channel>& channel,
                         SealedTray* tray);
absl::Status DecryptTray(const std::shared_ptr<grpc::Channel>& channel,
                         SealedTray* tray);

}  // namespace assay::quickstart

#endif  // ASSAY_SERVICE_QUICKSTART_SEALED_TRAY_H_
