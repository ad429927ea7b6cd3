// The Ed25519 kernels and BoringSSL on raw bytes: a key, a signature, a message
// and an octet of options. Where the kernels decide, they decide alike.
#include <openssl/base.h>
#ifndef OPENSSL_IS_BORINGSSL
#error "BoringSSL's headers were not found"
#endif
#include <openssl/curve25519.h>
#include <openssl/sha.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "core/simd/ed25519/ed25519_avx512.h"
#include "core/simd/ed25519/ed25519_kernel.h"
#include "core/simd/ed25519/ed25519_portable.h"

namespace assay::simd {
namespace {

// What the fuzzer's bytes are taken for: options (1), the key (32), the
// signature (64), and the message.
constexpr size_t kKeyOffset = 1;
constexpr size_t kSignatureOffset = kKeyOffset + 32;
constexpr size_t kMessageOffset = kSignatureOffset + 64;

struct Input {
  const uint8_t* key;
  const uint8_t* signature;
  const uint8_t* message;
  size_t message_len;
  int window_bits;  // 4 or, without a table, 0.
  size_t place;     // In a batch of signatures.
};

void* Allocate(size_t num_bytes) {
  return std::aligned_alloc(64, (num_bytes + 63) / 64 * 64);
}

// The verdict is to be `good`, at the input's place in a batch that otherwise
// holds signatures that are wrong.
void CheckVerdict(const Ed25519Kernel& kernel, const Input& input,
                  const uint8_t* challenge, bool good) {
  void* const key = Allocate(kernel.key_bytes);
  void* const table = Allocate(kernel.table_bytes(4));
  if (!kernel.prepare_key(input.key, key)) {
    if (good) std::abort();
  } else {
    if (!kernel.build_table(key, 4, table)) std::abort();
    const bool is_hot = input.window_bits != 0;
    uint8_t wrong[64];
    std::memcpy(wrong, input.signature, sizeof wrong);
    wrong[0] ^= 1;
    const Ed25519Job bad = {key, is_hot ? table : nullptr, input.window_bits,
                            wrong, challenge};
    Ed25519Job jobs[16];
    LaneVerdict verdicts[16];
    for (Ed25519Job& job : jobs) job = bad;
    jobs[input.place].signature = input.signature;
    kernel.verify(jobs, 16, verdicts);
    for (size_t i = 0; i < 16; ++i) {
      if (verdicts[i] == LaneVerdict::kUndecided && !is_hot) continue;
      const bool accepted = verdicts[i] == LaneVerdict::kAccepted;
      // The others have another R and the same challenge: only one R is right.
      if (i == input.place ? accepted != good : good && accepted) std::abort();
    }
  }
  std::free(key);
  std::free(table);
}

void Compare(const Input& input) {
  uint8_t challenge[64];
  SHA512_CTX context;
  SHA512_Init(&context);
  SHA512_Update(&context, input.signature, 32);
  SHA512_Update(&context, input.key, 32);
  SHA512_Update(&context, input.message, input.message_len);
  SHA512_Final(challenge, &context);
  const bool good = ED25519_verify(input.message, input.message_len,
                                   input.signature, input.key) == 1;
  CheckVerdict(*Ed25519PortableKernel(), input, challenge, good);
  if (const Ed25519Kernel* const kernel = Ed25519Avx512Kernel()) {
    CheckVerdict(*kernel, input, challenge, good);
  }
}

}  // namespace
}  // namespace assay::simd

// With the options' top bit set, the key is a seed, and the signature is made
// of it and the message, and then changed by what the input has in its place:
// so that the fuzzer comes across good ones.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace assay::simd;  // NOLINT
  if (size < kMessageOffset) return 0;
  const uint8_t options = data[0];
  Input input = {
      data + kKeyOffset,          data + kSignatureOffset,
      data + kMessageOffset,      size - kMessageOffset,
      (options & 1) != 0 ? 4 : 0, static_cast<size_t>(options >> 1 & 15)};
  uint8_t public_key[32], private_key[64], signature[64];
  if ((options & 0x80) != 0) {
    ED25519_keypair_from_seed(public_key, private_key, input.key);
    ED25519_sign(signature, input.message, input.message_len, private_key);
    for (int i = 0; i < 64; ++i) signature[i] ^= input.signature[i];
    input.key = public_key;
    input.signature = signature;
  }
  Compare(input);
  return 0;
}
