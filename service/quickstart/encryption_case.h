// The pairs of algorithms with which the quickstart shows encryption.
#ifndef ASSAY_SERVICE_QUICKSTART_ENCRYPTION_CASE_H_
#define ASSAY_SERVICE_QUICKSTART_ENCRYPTION_CASE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/jose/encryption_algorithm.h"

namespace assay::quickstart {

// A pair of algorithms, and the curve of its key where there is a choice.
struct EncryptionCase {
  jose::KeyManagement alg;
  jose::ContentAlgorithm enc;
  absl::string_view crv;
};

// One of each family, the curves and the ciphers taking turns.
absl::Span<const EncryptionCase> AllEncryptionCases();
// "ECDH-ES P-256 A256GCM"; no two cases have the same.
std::string NameOf(const EncryptionCase& encryption);

}  // namespace assay::quickstart

#endif  // ASSAY_SERVICE_QUICKSTART_ENCRYPTION_CASE_H_
