// The P-256 kernels against BoringSSL on raw bytes.
//
// Input: a byte that chooses the key, 96 bytes r || s || digest, and more such
// groups of 97 bytes for more lanes. A key byte below 128 is that small
// multiple of the generator (or its negative), others are multiples from a
// hash.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <vector>

#include "core/simd/ecdsa/ecdsa_kernel.h"
#include "tests/kernels/p256/reference.h"

namespace assay::simd::p256_test {
namespace {

constexpr size_t kGroupLen = 97;
constexpr size_t kMaxGroups = 20;

std::shared_ptr<const Key> KeyOf(uint8_t choice) {
  static auto& keys = *new std::map<uint8_t, std::shared_ptr<const Key>>;
  std::shared_ptr<const Key>& key = keys[choice];
  if (key == nullptr) {
    Number d(choice / 2 + 1);
    if (choice % 2 != 0) d = Number::NegMod(d);
    if (choice >= 128) {
      for (int i = 0; i < 8; ++i) d = Number::MulMod(d, d + Number(choice));
    }
    key = Key::Make(Point::Multiple(d));
  }
  return key;
}

Case ReadCase(const uint8_t* data) {
  Case c = {"fuzz", KeyOf(data[0]), {}, {}, {}, false, true};
  std::copy_n(data + 1, 32, c.r.begin());
  std::copy_n(data + 33, 32, c.s.begin());
  std::copy_n(data + 65, 32, c.digest.begin());
  return Judged(c);
}

void Compare(const EcdsaKernel& kernel, int window,
             const std::vector<Case>& cases) {
  std::vector<EcdsaJob> jobs;
  for (const Case& c : cases) jobs.push_back(MakeJob(kernel, window, c));
  std::vector<LaneVerdict> verdicts(cases.size());
  kernel.verify(jobs.data(), jobs.size(), verdicts.data());
  for (size_t i = 0; i < cases.size(); ++i) {
    if (verdicts[i] == LaneVerdict::kUndecided) continue;
    if ((verdicts[i] == LaneVerdict::kAccepted) != cases[i].valid) std::abort();
  }
}

}  // namespace
}  // namespace assay::simd::p256_test

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace assay::simd;
  using namespace assay::simd::p256_test;
  std::vector<Case> cases;
  for (; size >= kGroupLen && cases.size() < kMaxGroups; size -= kGroupLen) {
    cases.push_back(ReadCase(data));
    data += kGroupLen;
  }
  for (const EcdsaKernel* kernel : Kernels()) {
    const std::vector<int> windows = WindowsOf(*kernel);
    // The smallest window, and no table; others cost a table for every key.
    Compare(*kernel, kernel->window_sizes[0], cases);
    if (windows[0] == 0) Compare(*kernel, 0, cases);
  }
  return 0;
}
