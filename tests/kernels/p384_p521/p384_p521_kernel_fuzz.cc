// The kernels of ES384 and ES512 and BoringSSL on the same raw bytes: one byte
// for the curve and the path, one for the key, then r, s and the digest. With
// the byte's top bit set, the signature is made a good one, and the bytes are
// flipped in it.
#include <openssl/nid.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "core/simd/ecdsa/p384_avx512.h"
#include "core/simd/ecdsa/p521_avx512.h"
#include "tests/kernels/p384_p521/reference.h"

namespace {

using assay::simd::EcdsaJob;
using assay::simd::EcdsaKernel;
using assay::simd::KernelKey;
using assay::simd::LaneVerdict;
using assay::simd::Number;
using assay::simd::NumWindows;
using assay::simd::PublicKey;
using assay::simd::Reference;
using assay::simd::Signature;

class Target {
 public:
  Target(int nid, const EcdsaKernel* kernel)
      : reference_(nid), kernel_(kernel) {
    if (kernel_ == nullptr) return;
    for (const uint64_t secret : {1, 2, 3, 5, 1000003}) {
      Add(Number(secret));
      Add(reference_.Negative(Number(secret)));
    }
  }

  void Run(uint8_t path, uint8_t key, std::string bytes) const {
    if (kernel_ == nullptr) return;
    const size_t len = reference_.coordinate_len();
    bytes.resize(2 * len + reference_.digest_len());
    Signature signature = {bytes.substr(0, len), bytes.substr(len, len),
                           bytes.substr(2 * len)};
    const size_t index = key % keys_.size();
    if ((key & 0x80) != 0) Flip(good_[index], &signature);
    Compare(index, path % (NumWindows(*kernel_) + 1), signature);
  }

 private:
  void Add(const Number& secret) {
    keys_.push_back(std::make_unique<PublicKey>(reference_.Multiple(secret)));
    kernel_keys_.push_back(
        std::make_unique<KernelKey>(*kernel_, *keys_.back()));
    good_.push_back(reference_.Sign(secret, Number(0x123456789abcdef),
                                    std::string(reference_.digest_len(), 'd')));
  }

  static void Flip(const Signature& good, Signature* bits) {
    const auto flip = [](const std::string& from, std::string* to) {
      std::transform(from.begin(), from.end(), to->begin(), to->begin(),
                     [](char a, char b) { return static_cast<char>(a ^ b); });
    };
    flip(good.r, &bits->r);
    flip(good.s, &bits->s);
    flip(good.digest, &bits->digest);
  }

  // The signature in question stands beside a good one, which must stay good.
  void Compare(size_t index, size_t path, const Signature& signature) const {
    const EcdsaJob jobs[] = {kernel_keys_[index]->Job(path, signature),
                             kernel_keys_[0]->Job(path, good_[0])};
    LaneVerdict verdicts[2];
    kernel_->verify(jobs, 2, verdicts);
    if (verdicts[1] != LaneVerdict::kAccepted) std::abort();
    if (verdicts[0] == LaneVerdict::kUndecided) return;
    const bool accepted = verdicts[0] == LaneVerdict::kAccepted;
    if (accepted != keys_[index]->Verify(signature)) std::abort();
  }

  Reference reference_;
  const EcdsaKernel* kernel_;
  std::vector<std::unique_ptr<PublicKey>> keys_;
  std::vector<std::unique_ptr<KernelKey>> kernel_keys_;
  std::vector<Signature> good_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Target p384(NID_secp384r1, assay::simd::P384Avx512Kernel());
  static const Target p521(NID_secp521r1, assay::simd::P521Avx512Kernel());
  if (size < 2) return 0;
  const std::string bytes(data + 2, data + size);
  const Target& target = data[0] % 2 == 0 ? p384 : p521;
  target.Run(data[0] / 2, data[1], bytes);
  return 0;
}
