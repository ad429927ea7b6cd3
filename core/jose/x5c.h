// The list of certificates that a JWK or a header may hold: x5c (RFC 7517 4.7,
// RFC 7515 4.1.6). Its form only; nothing here trusts a certificate.
// Thread safety: all functions may be called concurrently.
#ifndef ASSAY_CORE_JOSE_X5C_H_
#define ASSAY_CORE_JOSE_X5C_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/json/reader.h"

namespace assay::jose {

// `*ders` becomes the certificates of `x5c`, decoded: a list of 1 to `max`
// texts, each standard base64 (not base64url) in its one strict form, with its
// padding and without line ends. Whether they are certificates is not looked
// at. OUT_OF_RANGE for more than `max`, before any is decoded, else
// INVALID_ARGUMENT; the message goes on where the member's name ends.
absl::Status DecodeX5c(const json::Element& x5c, size_t max,
                       std::vector<std::string>* ders);

// One entry of x5c.
std::string EncodeX5c(absl::string_view der);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_X5C_H_
