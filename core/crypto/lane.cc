#include "core/crypto/lane.h"

namespace assay::crypto {

absl::string_view LaneName(Lane lane) {
  switch (lane) {
    case Lane::kHmacSha256:
      return "hmac-sha256";
    case Lane::kHmacSha384:
      return "hmac-sha384";
    case Lane::kHmacSha512:
      return "hmac-sha512";
    case Lane::kEd25519:
      return "ed25519";
    case Lane::kP256:
      return "p256";
    case Lane::kP384:
      return "p384";
    case Lane::kP521:
      return "p521";
    case Lane::kRsa2048:
      return "rsa2048";
    case Lane::kRsa3072:
      return "rsa3072";
    case Lane::kRsa4096:
      return "rsa4096";
    case Lane::kNone:
      break;
  }
  return "none";
}

}  // namespace assay::crypto
