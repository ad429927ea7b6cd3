// What a good signature's encoded message looks like (RFC 8017 9): the checks
// that follow s^e mod n, apart from it, for kernels that compute many of those
// at once. Verdicts are those of BoringSSL's RSA_verify and, with the salt's
// length stated, RSA_verify_pss_mgf1.
//
// All of it is public; nothing here takes constant time.
#ifndef ASSAY_CORE_CRYPTO_RSA_ENCODING_H_
#define ASSAY_CORE_CRYPTO_RSA_ENCODING_H_

#include <cstddef>
#include <cstdint>

#include "core/crypto/signature_scheme.h"

namespace assay::crypto {

// EMSA-PKCS1-v1_5 (RFC 8017 9.2): whether `em` is the one encoding of `digest`,
// HashLen(hash) bytes, in `em_len` bytes, the modulus' length. The algorithm's
// parameter is an explicit NULL.
bool MatchesPkcs1Encoding(Hash hash, const uint8_t* digest, const uint8_t* em,
                          size_t em_len);

// EMSA-PSS (RFC 8017 9.1.2) with MGF1 of the same hash and a salt as long as
// the hash: whether `em` is an encoding of `digest`. `em` is as long as the
// modulus, which is a byte more than RFC 8017's EM when modulus_bits is one
// more than a multiple of 8.
bool MatchesPssEncoding(Hash hash, const uint8_t* digest, const uint8_t* em,
                        size_t em_len, int modulus_bits);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_RSA_ENCODING_H_
