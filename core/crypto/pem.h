// The textual armour of keys (RFC 7468), without a judgement of its contents.
#ifndef ASSAY_CORE_CRYPTO_PEM_H_
#define ASSAY_CORE_CRYPTO_PEM_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/base/secret_bytes.h"

namespace assay::crypto {

struct PemBlock {
  std::string label;  // "PRIVATE KEY", of the BEGIN line
  SecretBytes der;
  // Why there is no `der`; empty if there is. Never contains key bytes.
  std::string error;
};

// The blocks of `text` in order; what lies outside of them is ignored.
std::vector<PemBlock> ParsePem(absl::string_view text);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_PEM_H_
