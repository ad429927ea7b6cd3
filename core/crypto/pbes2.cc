#include "core/crypto/pbes2.h"

#include <string>
#include <utility>

#include "core/crypto/boringssl.h"
#include "core/crypto/native_hash.h"

namespace assay::crypto {

bool DerivePbes2Key(absl::string_view password, const Pbes2Params& params,
                    SecretBytes* key) {
  if (params.iterations == 0) return false;
  std::string salt(params.algorithm_name);
  salt.push_back('\0');
  salt.append(params.salt_input.data(), params.salt_input.size());
  SecretBytes derived(Pbes2KeyLen(params.hash));
  if (!ClearErrorsUnless(
          PKCS5_PBKDF2_HMAC(password.data(), password.size(), Bytes(salt),
                            salt.size(), params.iterations,
                            NativeHash(params.hash), derived.size(),
                            derived.data()) == 1)) {
    return false;
  }
  *key = std::move(derived);
  return true;
}

}  // namespace assay::crypto
