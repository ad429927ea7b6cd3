// The names that JOSE gives to elliptic curves: the values of "crv" (RFC 7518
// 6.2.1.1, RFC 8037 2).
#ifndef ASSAY_CORE_JOSE_CURVE_NAME_H_
#define ASSAY_CORE_JOSE_CURVE_NAME_H_

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "core/crypto/signature_scheme.h"

namespace assay::jose {

inline constexpr absl::string_view kEd25519CurveName = "Ed25519";
inline constexpr absl::string_view kX25519CurveName = "X25519";

// "P-256" and so on.
absl::string_view EcCurveName(crypto::Curve curve);
// Exact and case-sensitive; nullopt for a name that is not one of ours.
absl::optional<crypto::Curve> EcCurveFromName(absl::string_view name);

}  // namespace assay::jose

#endif  // ASSAY_CORE_JOSE_CURVE_NAME_H_
