#include "service/quickstart/damage.h"

#include <utility>

#include "absl/base/macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "core/simd/base64url/base64url.h"

namespace assay::quickstart {
namespace {

constexpr DamageInfo kDamages[] = {
    {Damage::kNone, "none", Signing::kUsual, Verdict::kValid},
    {Damage::kSignatureBit, "one bit of the signature flipped", Signing::kUsual,
     Verdict::kInvalidSignature},
    {Damage::kPayloadBit, "one bit of the payload flipped", Signing::kUsual,
     Verdict::kInvalidSignature},
    {Damage::kHeaderBit, "one bit of the header flipped, in kid",
     Signing::kUsual, Verdict::kUnknownKey},
    {Damage::kWrongKey, "signed with another key under the same kid",
     Signing::kWithWrongKey, Verdict::kInvalidSignature},
    {Damage::kSignatureCutShort, "signature some bytes short", Signing::kUsual,
     Verdict::kInvalidSignature},
    {Damage::kExpired, "expired", Signing::kUsual, Verdict::kExpired},
    {Damage::kNotYetValid, "not valid before tomorrow", Signing::kUsual,
     Verdict::kNotYetValid},
    {Damage::kWrongIssuer, "made by another issuer", Signing::kUsual,
     Verdict::kWrongIssuer},
    {Damage::kWrongAudience, "meant for another audience", Signing::kUsual,
     Verdict::kWrongAudience},
    {Damage::kWrongType, "of another type (typ)", Signing::kWithWrongType,
     Verdict::kWrongType},
    {Damage::kMissingClaim, "without the required claim sub", Signing::kUsual,
     Verdict::kMissingClaim},
    {Damage::kExpiryAsText, "exp as text, not a number", Signing::kUsual,
     Verdict::kInvalidClaim},
    {Damage::kDuplicateClaim, "the claim sub twice", Signing::kAsBytes,
     Verdict::kMalformed},
    {Damage::kTruncated, "cut off in the middle", Signing::kUsual,
     Verdict::kMalformed},
    {Damage::kPadded, "padding at its end", Signing::kUsual,
     Verdict::kMalformed},
    {Damage::kAlgorithmSwapped, "alg swapped for another", Signing::kUsual,
     Verdict::kAlgorithmNotAllowed},
    {Damage::kAlgorithmNone, "alg \"none\"", Signing::kUsual,
     Verdict::kUnsupported},
    {Damage::kUnknownCrit, "an unknown critical extension (crit)",
     Signing::kUsual, Verdict::kUnsupported},
};
static_assert(ABSL_ARRAYSIZE(kDamages) == kNumDamages, "one row per damage");

constexpr int64_t kDay = 24 * 60 * 60;

// A token's three segments, still encoded.
struct Segments {
  std::string header, payload, signature;

  std::string Join() const {
    return absl::StrCat(header, ".", payload, ".", signature);
  }
};

Segments Split(absl::string_view token) {
  const size_t first = token.find('.');
  const size_t last = token.rfind('.');
  return {std::string(token.substr(0, first)),
          std::string(token.substr(first + 1, last - first - 1)),
          std::string(token.substr(last + 1))};
}

std::string Decoded(absl::string_view segment) {
  std::string bytes;
  return Base64UrlDecode(segment, &bytes) ? bytes : std::string();
}

void FlipBit(std::string* segment) {
  std::string bytes = Decoded(*segment);
  bytes[bytes.size() / 2] ^= 1;
  *segment = Base64UrlEncode(bytes);
}

void ReplaceInHeader(absl::string_view from, absl::string_view to,
                     std::string* header) {
  *header =
      Base64UrlEncode(absl::StrReplaceAll(Decoded(*header), {{from, to}}));
}

std::string AlgMember(absl::string_view name) {
  return absl::StrCat(R"("alg":")", name, R"(")");
}

void ReplaceAlg(jose::Algorithm algorithm, absl::string_view to,
                std::string* header) {
  ReplaceInHeader(AlgMember(jose::AlgorithmName(algorithm)), AlgMember(to),
                  header);
}

// The last bit of kid's last character.
void FlipBitOfKid(std::string* header) {
  std::string json = Decoded(*header);
  const size_t kid = json.find(R"("kid":")") + 7;
  json[json.find('"', kid) - 1] ^= 1;
  *header = Base64UrlEncode(json);
}

// Leaves whole groups of four characters, so that it is the signature's length
// that is wrong and not its encoding.
void CutShort(std::string* segment) {
  segment->resize((segment->size() - 1) / 4 * 4);
}

}  // namespace

absl::Span<const DamageInfo> AllDamages() { return kDamages; }

const DamageInfo& InfoOf(Damage damage) {
  return kDamages[static_cast<size_t>(damage)];
}

std::string MakeClaims(Damage damage, size_t serial, int64_t now) {
  const int64_t exp = damage == Damage::kExpired ? now - 1 : now + kDay;
  const int64_t nbf = damage == Damage::kNotYetValid ? now + kDay : now - 60;
  const std::string sub =
      absl::StrCat(R"("sub":"user-)", 100'000'000 + serial, R"(",)");
  std::string claims = absl::StrCat(
      R"({"iss":")",
      damage == Damage::kWrongIssuer ? "https://other.example" : kIssuer,
      R"(",)", damage == Damage::kMissingClaim ? "" : sub);
  if (damage == Damage::kDuplicateClaim) absl::StrAppend(&claims, sub);
  absl::StrAppend(
      &claims, R"("aud":[")",
      damage == Damage::kWrongAudience ? "https://other.example" : kAudience,
      R"(","https://reports.example"],"exp":)",
      damage == Damage::kExpiryAsText ? absl::StrCat("\"", exp, "\"")
                                      : absl::StrCat(exp),
      R"(,"nbf":)", nbf, R"(,"iat":)", now - 60,
      R"(,"jti":"0d5f9a7c-3b1e-4c8a-9f00-)", 100'000'000'000 + serial,
      R"(","scope":"read:orders write:orders read:profile",)",
      R"("client_id":"s6BhdRkqt3"})");
  return claims;
}

std::string DamageToken(Damage damage, jose::Algorithm algorithm,
                        absl::string_view token) {
  Segments segments = Split(token);
  switch (damage) {
    case Damage::kSignatureBit:
      FlipBit(&segments.signature);
      break;
    case Damage::kPayloadBit:
      FlipBit(&segments.payload);
      break;
    case Damage::kHeaderBit:
      FlipBitOfKid(&segments.header);
      break;
    case Damage::kSignatureCutShort:
      CutShort(&segments.signature);
      break;
    case Damage::kTruncated:
      return segments.header + "." +
             segments.payload.substr(0, segments.payload.size() / 2);
    case Damage::kPadded:
      segments.signature += "=";
      break;
    case Damage::kAlgorithmSwapped:
      ReplaceAlg(algorithm,
                 algorithm == jose::Algorithm::kHs256 ? "RS256" : "HS256",
                 &segments.header);
      break;
    case Damage::kAlgorithmNone:
      ReplaceAlg(algorithm, "none", &segments.header);
      break;
    case Damage::kUnknownCrit:
      ReplaceInHeader("{", R"({"crit":["hold"],"hold":true,)",
                      &segments.header);
      break;
    default:
      break;
  }
  return segments.Join();
}

}  // namespace assay::quickstart
