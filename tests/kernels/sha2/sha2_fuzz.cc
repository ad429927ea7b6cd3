// The SHA-2 kernels against BoringSSL: the first bytes say how the rest is cut
// into messages.
#include <openssl/sha.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "core/simd/sha2/sha256_avx512.h"
#include "core/simd/sha2/sha256_shani.h"
#include "core/simd/sha2/sha2_initial_state.h"
#include "core/simd/sha2/sha512_avx512.h"

namespace {

struct Message {
  const uint8_t* data;
  size_t len;
};

// A byte with the number of messages, one with the length of each but the last,
// which takes what is left.
std::vector<Message> Cut(const uint8_t* data, size_t size) {
  std::vector<Message> messages;
  if (size == 0) return messages;
  const size_t num = data[0] % 40;
  if (size < 1 + num) return messages;
  const uint8_t* next = data + 1 + num;
  const uint8_t* const end = data + size;
  for (size_t i = 0; i < num; ++i) {
    const size_t left = static_cast<size_t>(end - next);
    const size_t len = data[1 + i] < left ? data[1 + i] : left;
    messages.push_back({next, len});
    next += len;
  }
  messages.push_back({next, static_cast<size_t>(end - next)});
  return messages;
}

using Reference = uint8_t* (*)(const uint8_t*, size_t, uint8_t*);

template <typename Kernel, typename Word>
void Compare(const Kernel* kernel, const Word* initial, Reference reference,
             size_t digest_len, const std::vector<Message>& messages) {
  if (kernel == nullptr) return;
  constexpr size_t kFullLen = 8 * sizeof(Word);
  std::vector<uint8_t> digests(messages.size() * kFullLen);
  std::vector<assay::simd::Sha2Job<Word>> jobs;
  for (const Message& message : messages) {
    jobs.push_back({initial, 0, message.data, message.len,
                    digests.data() + jobs.size() * kFullLen});
  }
  kernel->hash(jobs.data(), jobs.size());
  for (const assay::simd::Sha2Job<Word>& job : jobs) {
    uint8_t wanted[kFullLen];
    reference(job.message, job.message_len, wanted);
    if (std::memcmp(job.digest, wanted, digest_len) != 0) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<Message> messages = Cut(data, size);
  Compare(assay::simd::Sha256ShaNiKernel(), assay::simd::kSha256InitialState,
          SHA256, 32, messages);
  Compare(assay::simd::Sha256Avx512Kernel(), assay::simd::kSha256InitialState,
          SHA256, 32, messages);
  Compare(assay::simd::Sha512Avx512Kernel(), assay::simd::kSha384InitialState,
          SHA384, 48, messages);
  Compare(assay::simd::Sha512Avx512Kernel(), assay::simd::kSha512InitialState,
          SHA512, 64, messages);
  return 0;
}
