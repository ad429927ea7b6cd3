// Options of encryption and decryption as they come over the wire, made into
// the core's.
#ifndef ASSAY_SERVICE_JWE_OPTIONS_PROTO_H_
#define ASSAY_SERVICE_JWE_OPTIONS_PROTO_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "assay/v1/decrypter.pb.h"
#include "assay/v1/encrypter.pb.h"
#include "core/base/limits.h"
#include "core/engine/batch_decrypter.h"
#include "core/engine/batch_encrypter.h"
#include "core/jose/encryption_algorithm.h"
#include "core/jose/jwe_header.h"
#include "service/status.h"

namespace assay::service {

// All that a batch needs to know of how it is encrypted.
struct EncryptingOptions {
  std::string key_set;
  std::vector<std::string> kids;
  jose::KeyManagement alg = jose::KeyManagement::kUnspecified;
  jose::ContentAlgorithm enc = jose::ContentAlgorithm::kA256Gcm;
  engine::EncryptForm form = engine::EncryptForm::kCompact;
  absl::optional<std::string> typ;
  absl::optional<std::string> cty;
  std::string apu;
  std::string apv;
  uint32_t p2c = kDefaultPbes2Iterations;
  bool zip = false;
  std::string aad;
  std::string unprotected;

  // The engine's request without plaintexts. Views this.
  engine::EncryptRequest ToRequest() const;
};

// All that a batch needs to know of what is accepted.
struct DecryptingOptions {
  std::string key_set;
  std::vector<jose::KeyManagement> algorithms;
  std::vector<jose::ContentAlgorithm> encryptions;
  engine::DecryptForm form = engine::DecryptForm::kCompact;
  jose::Zip zip = jose::Zip::kRefuse;
  bool omit_plaintext = false;

  // The engine's request without tokens. Views this.
  engine::DecryptRequest ToRequest() const;
};

// Both add a violation for every wrong field, under "options."; then the result
// must not be used. What depends on the keys is judged by the engine.
EncryptingOptions ReadEncryptOptions(const v1::EncryptOptions& proto,
                                     Violations* violations);
DecryptingOptions ReadDecryptOptions(const v1::DecryptOptions& proto,
                                     Violations* violations);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_JWE_OPTIONS_PROTO_H_
