#include "service/quickstart/specimen.h"

#include <algorithm>

namespace assay::quickstart {
namespace {

// Of 100,000 tokens this is 1,800: each damage falls to each algorithm once.
constexpr size_t kSlowPerMille = 18;

}  // namespace

bool IsSlow(jose::Algorithm algorithm) {
  switch (jose::InfoOf(algorithm).key_type) {
    case jose::KeyType::kRsa:
      return true;
    case jose::KeyType::kEc:
      return algorithm != jose::Algorithm::kEs256;
    default:
      return false;
  }
}

std::vector<size_t> ShareOut(size_t num_tokens) {
  size_t num_slow = 0;
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    num_slow += IsSlow(info.algorithm) ? 1 : 0;
  }
  const size_t per_slow =
      std::max<size_t>(1, num_tokens * kSlowPerMille / 1000);
  const size_t num_fast = jose::AllAlgorithms().size() - num_slow;
  size_t rest = std::max(num_tokens, num_slow * per_slow + num_fast) -
                num_slow * per_slow;
  size_t fast_left = num_fast;
  std::vector<size_t> shares;
  for (const jose::AlgorithmInfo& info : jose::AllAlgorithms()) {
    if (IsSlow(info.algorithm)) {
      shares.push_back(per_slow);
      continue;
    }
    // What does not divide goes to the last.
    shares.push_back(rest / fast_left);
    rest -= shares.back();
    --fast_left;
  }
  return shares;
}

std::vector<Tray> MakeTrays(size_t num_tokens, int64_t now) {
  const std::vector<size_t> shares = ShareOut(num_tokens);
  std::vector<Tray> trays;
  size_t serial = 0;
  for (size_t i = 0; i < shares.size(); ++i) {
    Tray tray;
    tray.algorithm = jose::AllAlgorithms()[i].algorithm;
    tray.specimens.resize(shares[i]);
    for (Specimen& specimen : tray.specimens) {
      ++serial;
      if (serial % kDamageEvery == 0) {
        // Skips kNone, which is number 0.
        const size_t turn = serial / kDamageEvery - 1;
        specimen.damage = static_cast<Damage>(1 + turn % (kNumDamages - 1));
      }
      specimen.text = MakeClaims(specimen.damage, serial, now);
    }
    trays.push_back(std::move(tray));
  }
  return trays;
}

}  // namespace assay::quickstart
