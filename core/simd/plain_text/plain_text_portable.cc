// Plain text eight bytes at a time, in ordinary registers. Of each byte only
// the high bit tells something at the end; no carry leaves a byte before that.
#include <cstring>

#include "core/simd/plain_text/plain_text_kernel.h"

namespace assay::simd {
namespace {

constexpr size_t kWordBytes = 8;
constexpr size_t kBlockBytes = 64;

constexpr uint64_t Repeat(uint8_t byte) { return 0x0101010101010101u * byte; }
constexpr uint64_t kHighBits = Repeat(0x80);

// The first byte in the low bits.
uint64_t Load(const char* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

// High bits: which bytes of `word` equal `byte`.
uint64_t Equal(uint64_t word, uint8_t byte) {
  const uint64_t zero_if_equal = word ^ Repeat(byte);
  const uint64_t low_bits = (zero_if_equal & ~kHighBits) + ~kHighBits;
  return ~(low_bits | zero_if_equal) & kHighBits;
}

// High bits: which bytes of `word` are not plain.
uint64_t NotPlain(uint64_t word) {
  const uint64_t at_least_space = (word | kHighBits) - Repeat(0x20);
  return ((word | ~at_least_space) & kHighBits) | Equal(word, '\\');
}

// The eight high bits as one number, the first byte's in the lowest place.
uint64_t Gather(uint64_t high_bits) {
  return ((high_bits >> 7) * 0x0102040810204080u) >> 56;
}

// Marks a block's quotes; what is not plain leaves a trace in `errors`.
uint64_t MarkBlock(const char* block, uint64_t* errors) {
  uint64_t quotes = 0;
  for (size_t i = 0; i < kBlockBytes; i += kWordBytes) {
    const uint64_t word = Load(block + i);
    *errors |= NotPlain(word);
    quotes |= Gather(Equal(word, '"')) << i;
  }
  return quotes;
}

bool Mark(const char* text, size_t len, uint64_t* quotes) {
  uint64_t errors = 0;
  for (; len >= kBlockBytes; len -= kBlockBytes, text += kBlockBytes) {
    *quotes++ = MarkBlock(text, &errors);
  }
  if (len > 0) {
    char rest[kBlockBytes];
    std::memset(rest, ' ', sizeof(rest));
    std::memcpy(rest, text, len);
    *quotes = MarkBlock(rest, &errors);
  }
  return errors == 0;
}

constexpr PlainTextKernel kKernel = {"portable", Mark};

}  // namespace

const PlainTextKernel* PlainTextPortableKernel() { return &kKernel; }

}  // namespace assay::simd
