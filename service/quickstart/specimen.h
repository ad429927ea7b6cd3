// The tokens of a run, and how many there are of each algorithm.
#ifndef ASSAY_SERVICE_QUICKSTART_SPECIMEN_H_
#define ASSAY_SERVICE_QUICKSTART_SPECIMEN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/reason.h"
#include "core/jose/algorithm.h"
#include "service/quickstart/damage.h"

namespace assay::quickstart {

// One token in one hundred is damaged.
inline constexpr size_t kDamageEvery = 100;

// One token on its way.
struct Specimen {
  Damage damage = Damage::kNone;
  std::string text;  // The claims; once signed, the token.
  Verdict verdict = Verdict::kUnspecified;  // The server's answer.
};

// All tokens of one algorithm.
struct Tray {
  jose::Algorithm algorithm = jose::Algorithm::kUnspecified;
  std::vector<Specimen> specimens;
};

// Whether a signature and its check take hundreds of microseconds or more.
bool IsSlow(jose::Algorithm algorithm);

// `num_tokens` shared out among all algorithms: the slow ones get 1.8 percent
// each, so that no algorithm takes much longer than another. At least one each.
std::vector<size_t> ShareOut(size_t num_tokens);

// All trays, with claims; the damages take turns. `now` is in seconds since
// the epoch.
std::vector<Tray> MakeTrays(size_t num_tokens, int64_t now);

}  // namespace assay::quickstart

#endif  // ASSAY_SERVICE_QUICKSTART_SPECIMEN_H_
