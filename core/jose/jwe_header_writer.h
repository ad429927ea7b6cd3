// Writes the headers of a JWE (RFC 7516 4, RFC 7518 4): jwe_header.h's
// counterpart.
#ifndef ASSAY_CORE_JOSE_JWE_HEADER_WRITER_H_
#define ASSAY_CORE_JOSE_JWE_HEADER_WRITER_H_

#include <cstdint>
#include <string>

#include "core/jose/encryption_algorithm.h"
#include "core/jose/encryption_key.h"

namespace assay::jose {

// A header as JSON, or half of one: what the recipients of a token share (enc,
// zip, typ, cty), or what each has of its own (alg, kid, and the parameters of
// its alg).
std::string WriteJweHeader(KeyManagement alg, const EncryptOptions& options,
                           const KeyParameters& parameters);
std::string WriteSharedHeader(const EncryptOptions& options);
std::string WriteRecipientHeader(KeyManagement alg,
                                 const EncryptOptions& options,
                                 const KeyParameters& parameters);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_JWE_HEADER_WRITER_H_
