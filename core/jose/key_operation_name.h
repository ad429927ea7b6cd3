// The names of key operations: the values in "key_ops" (RFC 7517 4.3).
#ifndef ASSAY_CORE_JOSE_KEY_OPERATION_NAME_H_
#define ASSAY_CORE_JOSE_KEY_OPERATION_NAME_H_

#include "absl/strings/string_view.h"
#include "core/jose/jwk.h"

namespace assay::jose {

struct KeyOperationName {
  KeyOperation operation;
  absl::string_view name;
};

// All but kKeyOpOther.
inline constexpr KeyOperationName kKeyOperationNames[] = {
    {kKeyOpSign, "sign"},           {kKeyOpVerify, "verify"},
    {kKeyOpEncrypt, "encrypt"},     {kKeyOpDecrypt, "decrypt"},
    {kKeyOpWrapKey, "wrapKey"},     {kKeyOpUnwrapKey, "unwrapKey"},
    {kKeyOpDeriveKey, "deriveKey"}, {kKeyOpDeriveBits, "deriveBits"},
};

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_KEY_OPERATION_NAME_H_
