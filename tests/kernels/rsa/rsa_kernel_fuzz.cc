// A kernel against BoringSSL on raw moduli and signatures.
//
// Input: a byte that chooses size, hash and padding; one that chooses how many
// jobs; modulus, signature and digest, continued with zeros. Further jobs turn
// the signature's bytes round, and every other has another modulus.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "core/simd/rsa/rsa_avx512.h"
#include "tests/kernels/rsa/rsa_reference.h"

namespace assay::simd {
namespace {

class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), rest_(size) {}

  ByteVector Take(size_t len) {
    ByteVector bytes(len, 0);
    const size_t num = std::min(len, rest_);
    std::copy(data_, data_ + num, bytes.begin());
    data_ += num;
    rest_ -= num;
    return bytes;
  }
  uint8_t TakeByte() { return Take(1)[0]; }

 private:
  const uint8_t* data_;
  size_t rest_;
};

void Check(bool holds) {
  if (!holds) std::abort();
}

void RunInput(Input input) {
  const uint8_t choice = input.TakeByte();
  const size_t num = 1 + input.TakeByte() % 17;
  const RsaKernel* const kernel = RsaAvx512Kernel(256 + choice % 3 * 128);
  if (kernel == nullptr) return;
  const size_t len = kernel->modulus_len;
  const auto hash = static_cast<crypto::Hash>(choice / 3 % 3);
  const auto padding = choice / 9 % 2 == 0 ? Padding::kPkcs1 : Padding::kPss;

  ByteVector modulus = input.Take(len);
  std::unique_ptr<TestKey> keys[2];
  for (auto& key : keys) {
    modulus.front() |= 0x80;
    modulus.back() |= 1;
    key = TestKey::OfModulus(*kernel, modulus);
    std::reverse(modulus.begin(), modulus.end());
  }
  std::vector<ByteVector> signatures = {input.Take(len)};
  const ByteVector digest = input.Take(crypto::HashLen(hash));
  std::vector<ByteVector> results(num, ByteVector(len));
  for (size_t i = 1; i < num; ++i) {
    signatures.push_back(signatures.back());
    std::rotate(signatures[i].begin(), signatures[i].begin() + 1,
                signatures[i].end());
  }
  std::vector<RsaJob> jobs;
  for (size_t i = 0; i < num; ++i) {
    jobs.push_back(
        {keys[i % 2]->prepared(), signatures[i].data(), results[i].data()});
  }
  std::unique_ptr<bool[]> in_range(new bool[num]);
  kernel->power_65537(jobs.data(), num, in_range.get());
  for (size_t i = 0; i < num; ++i) {
    RSA* const rsa = keys[i % 2]->rsa();
    ByteVector expected;
    Check(ReferencePower(rsa, signatures[i], &expected) == in_range[i]);
    Check(!in_range[i] || results[i] == expected);
    const bool valid =
        in_range[i] && EncodingVerdict(padding, hash, digest, results[i]);
    Check(valid == ReferenceVerdict(padding, hash, digest, rsa, signatures[i]));
  }
}

}  // namespace
}  // namespace assay::simd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  assay::simd::RunInput({data, size});
  return 0;
}
