#include "core/jose/curve_name.h"

namespace assay::jose {

absl::string_view EcCurveName(crypto::Curve curve) {
  switch (curve) {
    case crypto::Curve::kP256:
      return "P-256";
    case crypto::Curve::kP384:
      return "P-384";
    case crypto::Curve::kP521:
      break;
  }
  return "P-521";
}

absl::optional<crypto::Curve> EcCurveFromName(absl::string_view name) {
  using crypto::Curve;
  for (Curve curve : {Curve::kP256, Curve::kP384, Curve::kP521}) {
    if (EcCurveName(curve) == name) return curve;
  }
  return absl::nullopt;
}

}  // namespace assay::jose
