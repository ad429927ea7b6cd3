// Random signatures, good and bad in many ways, through the batch kernels and
// through BoringSSL: both must say the same.
//
// Everything but the keys' and signatures' own randomness follows from a seed.
//
// Thread safety: none.
#ifndef ASSAY_TESTS_DIFFERENTIAL_KERNEL_SOAK_H_
#define ASSAY_TESTS_DIFFERENTIAL_KERNEL_SOAK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace assay::soak {

struct Tally {
  uint64_t good = 0;        // Accepted by both.
  uint64_t bad = 0;         // Rejected by both.
  uint64_t undecided = 0;   // That the kernel left to BoringSSL.
  uint64_t mismatches = 0;  // Must stay 0.
  uint64_t total() const { return good + bad + mismatches; }
};

// One algorithm's subject: "ES256", "RS256_3072", ...
class Subject {
 public:
  virtual ~Subject() = default;
  virtual absl::string_view name() const = 0;
  // Fresh keys; some with tables, of all sizes, some without. And a pool of
  // good signatures, from which the cases are made.
  virtual void NewKeys() = 0;
  // Makes about `num` signatures and lets both judge them, in batches of 1 to
  // 64. `first_mismatch`, if still empty, gets a description of one.
  virtual void Round(size_t num, Tally* tally, std::string* first_mismatch) = 0;
};

// All algorithms that have a kernel on this machine, ASSAY_SIMD heeded.
std::vector<std::unique_ptr<Subject>> AllSubjects(uint64_t seed);

}  // namespace assay::soak

#endif  // ASSAY_TESTS_DIFFERENTIAL_KERNEL_SOAK_H_
