// A short soak, repeatable but for the keys: every kernel of this machine and
// this ASSAY_SIMD against BoringSSL.
#include "tests/differential/kernel_soak.h"

#include <string>

#include "gtest/gtest.h"

namespace assay::soak {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kPart = 10;
#else
constexpr size_t kPart = 1;
#endif

// BoringSSL takes half a millisecond and more for the large curves.
size_t NumSignatures(absl::string_view name) {
  if (name == "ES384" || name == "ES512") return 1500 / kPart;
  return 10000 / kPart;
}

TEST(KernelSoakTest, KernelsSayWhatBoringSslSays) {
  constexpr uint64_t kSeed = 20221125;
  for (const auto& subject : AllSubjects(kSeed)) {
    Tally tally;
    std::string first_mismatch;
    subject->Round(NumSignatures(subject->name()), &tally, &first_mismatch);
    EXPECT_EQ(tally.mismatches, 0)
        << "seed " << kSeed << ": " << first_mismatch;
    EXPECT_GT(tally.good, tally.total() / 4) << subject->name();
    EXPECT_GT(tally.bad, tally.total() / 4) << subject->name();
    EXPECT_LT(tally.undecided, tally.total() / 2) << subject->name();
  }
}

}  // namespace
}  // namespace assay::soak
