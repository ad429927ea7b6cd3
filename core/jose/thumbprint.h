// JWK thumbprints: the name that a key has by itself (RFC 7638; RFC 8037 2 for
// OKP). The default kid.
#ifndef ASSAY_CORE_JOSE_THUMBPRINT_H_
#define ASSAY_CORE_JOSE_THUMBPRINT_H_

#include <string>

#include "core/crypto/key_material.h"

namespace assay::jose {

// SHA-256 over the required members of `key`, in base64url: 43 characters. A
// private key has its public half's thumbprint. A symmetric key's is a hash of
// its secret: as safe to show as a MAC made with it.
std::string Thumbprint(const crypto::KeyMaterial& key);

// The thumbprint as a URI (RFC 9278):
// "urn:ietf:params:oauth:jwk-thumbprint:sha-256:" and the 43 characters.
std::string ThumbprintUri(const crypto::KeyMaterial& key);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_THUMBPRINT_H_
