// SHA-256 (FIPS 180-4 6.2) by the SHA extensions, one or two messages at a
// time.
//
// The result of SHA256RNDS2, which does two rounds, is ready four cycles later;
// another can start after one or two (Zen 4, Ice Lake). So one message leaves
// the unit idle half of the time and more. Steps of two messages stand side by
// side here and fill each other's gaps. Four would fill them better, but their
// schedules do not fit the 16 registers, which costs more than it gains.
//
// Representation: the instruction wants the working variables a, b, e, f in one
// register and c, d, g, h in another, the first in the highest word. A lane's
// state is kept so from the message's first block to its last. All arithmetic
// is on words modulo 2^32.
#include "core/simd/sha2/sha256_shani.h"

#include <cstddef>
#include <cstdint>

#include "core/simd/cpu_features.h"
#include "core/simd/sha2/sha256_round_constants.h"
#include "core/simd/sha2/sha2_lanes.h"

#if defined(__x86_64__)

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("sha,avx2"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("sha,avx2")
#endif

namespace assay::simd {
namespace {

#define ASSAY_INLINE inline __attribute__((always_inline))

constexpr size_t kBlockLen = 64;

ASSAY_INLINE __m128i LoadVector(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}
ASSAY_INLINE void StoreVector(void* to, __m128i value) {
  _mm_storeu_si128(static_cast<__m128i*>(to), value);
}
// Between big-endian bytes and words.
ASSAY_INLINE __m128i SwapBytes(__m128i words) {
  return _mm_shuffle_epi8(
      words, _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
}

struct State {
  __m128i abef, cdgh;
};

// Keeps the compiler from moving what makes `value` to behind this, and what
// uses it to before this; and has it in a register here.
ASSAY_INLINE void Pin(__m128i& value) {
  __asm__ __volatile__("" : "+x"(value));
}

// What is live of one message amid a block. Step t does rounds 4t to 4t+3; the
// words of the schedule for them lie in w[t % 4].
struct Stream {
  __m128i abef, cdgh;
  __m128i w[4];
};

template <int kStep>
ASSAY_INLINE void ScheduleWords(Stream& s, const uint8_t* block) {
  __m128i& w = s.w[kStep % 4];
  if constexpr (kStep < 4) {
    w = SwapBytes(LoadVector(block + 16 * kStep));
  } else {
    const __m128i w4 = s.w[(kStep + 1) % 4];  // Four words after w's.
    const __m128i w8 = s.w[(kStep + 2) % 4];
    __m128i& w12 = s.w[(kStep + 3) % 4];
    // SHA256MSG2 with an operand in memory takes twice as long (Zen 4).
    Pin(w12);
    w = _mm_add_epi32(_mm_sha256msg1_epu32(w, w4), _mm_alignr_epi8(w12, w8, 4));
    w = _mm_sha256msg2_epu32(w, w12);
  }
  Pin(w);
}

template <int kStep>
ASSAY_INLINE void FourRounds(Stream& s) {
  const __m128i wk = _mm_add_epi32(
      s.w[kStep % 4], LoadVector(kSha256RoundConstants + 4 * kStep));
  // After two rounds the old a, b, e, f are the new c, d, g, h.
  s.cdgh = _mm_sha256rnds2_epu32(s.cdgh, s.abef, wk);
  s.abef = _mm_sha256rnds2_epu32(s.abef, s.cdgh, _mm_shuffle_epi32(wk, 0x0e));
  Pin(s.abef);
}

// The steps of kNumStreams messages, one of each in turn, from the kTurn-th on.
// A step's rounds come after the words of the next turn's step: that gives its
// own words the time to be ready. Compilers left to themselves load and extend
// many words ahead and spill them.
template <int kNumStreams, int kTurn>
ASSAY_INLINE void TurnsFrom(Stream* s, const uint8_t* const* blocks) {
  constexpr int kNumTurns = 16 * kNumStreams;
  if constexpr (kTurn < kNumTurns) {
    constexpr int i = kTurn % kNumStreams;
    ScheduleWords<kTurn / kNumStreams>(s[i], blocks[i]);
  }
  if constexpr (kTurn > 0) {
    FourRounds<(kTurn - 1) / kNumStreams>(s[(kTurn - 1) % kNumStreams]);
  }
  if constexpr (kTurn < kNumTurns) {
    TurnsFrom<kNumStreams, kTurn + 1>(s, blocks);
  }
}

ASSAY_INLINE void Begin(const State& state, Stream& s) {
  s.abef = LoadVector(&state.abef);
  s.cdgh = LoadVector(&state.cdgh);
}
// Adds the state that the block began with, and makes the sum the state.
ASSAY_INLINE void End(State& state, Stream& s) {
  s.abef = _mm_add_epi32(s.abef, LoadVector(&state.abef));
  s.cdgh = _mm_add_epi32(s.cdgh, LoadVector(&state.cdgh));
  StoreVector(&state.abef, s.abef);
  StoreVector(&state.cdgh, s.cdgh);
}

template <int kNumStreams>
__attribute__((noinline)) void CompressStreams(State* states,
                                               const uint8_t* blocks0,
                                               const uint8_t* blocks1,
                                               size_t num_blocks) noexcept {
  Stream s[2];
  const uint8_t* next[2] = {blocks0, blocks1};
  for (int i = 0; i < kNumStreams; ++i) Begin(states[i], s[i]);
  for (; num_blocks > 0; --num_blocks) {
    TurnsFrom<kNumStreams, 0>(s, next);
    for (int i = 0; i < kNumStreams; ++i) End(states[i], s[i]);
    for (int i = 0; i < kNumStreams; ++i) next[i] += kBlockLen;
    // Keeps the states of the next block's begin in memory, and the registers
    // for what is on the way from one block to the next.
    __asm__ __volatile__("" : : : "memory");
  }
}

void LoadState(const uint32_t* words, State* state) {
  const __m128i abcd = LoadVector(words);
  const __m128i efgh = LoadVector(words + 4);
  const __m128i badc = _mm_shuffle_epi32(abcd, 0xb1);
  const __m128i fehg = _mm_shuffle_epi32(efgh, 0xb1);
  StoreVector(&state->abef, _mm_unpacklo_epi64(fehg, badc));
  StoreVector(&state->cdgh, _mm_unpackhi_epi64(fehg, badc));
}

// The registers hold f, e, b, a and h, g, d, c from the lowest up.
void StoreWords(const State& state, uint32_t* words) {
  const __m128i abef = _mm_shuffle_epi32(LoadVector(&state.abef), 0x1b);
  const __m128i cdgh = _mm_shuffle_epi32(LoadVector(&state.cdgh), 0x1b);
  StoreVector(words, _mm_unpacklo_epi64(abef, cdgh));
  StoreVector(words + 4, _mm_unpackhi_epi64(abef, cdgh));
}

void StoreDigest(const State& state, uint8_t* digest) {
  uint32_t words[8];
  StoreWords(state, words);
  StoreVector(digest, SwapBytes(LoadVector(words)));
  StoreVector(digest + 16, SwapBytes(LoadVector(words + 4)));
}

class Compressor {
 public:
  using Word = uint32_t;
  static constexpr size_t kNumLanes = 2;

  void Load(size_t lane, const uint32_t* words) {
    LoadState(words, &states_[lane]);
  }
  void Finish(size_t lane, uint8_t* digest) const {
    StoreDigest(states_[lane], digest);
  }
  void Move(size_t from, size_t to) { states_[to] = states_[from]; }

  void Compress(const uint8_t* const* blocks, size_t num_blocks,
                size_t num_active) {
    if (num_active == 2) {
      CompressStreams<2>(states_, blocks[0], blocks[1], num_blocks);
    } else {
      CompressStreams<1>(states_, blocks[0], blocks[0], num_blocks);
    }
  }

 private:
  State states_[kNumLanes];
};

// Forgets what registers held of states and messages.
ASSAY_INLINE void WipeRegisters() {
  __asm__ __volatile__("vzeroall"
                       :
                       :
                       : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
                         "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
                         "xmm13", "xmm14", "xmm15");
}

using Lanes = Sha2Lanes<Compressor>;

__attribute__((noinline)) void HashInLanes(const Sha256Job* jobs, size_t num) {
  Lanes lanes;
  lanes.Hash(jobs, num);
}

void Hash(const Sha256Job* jobs, size_t num) {
  HashInLanes(jobs, num);
  WipeStackOfLastCall<sizeof(Lanes) + 512>();
  WipeRegisters();
}

constexpr Sha256Kernel kKernel = {"shani", Compressor::kNumLanes, Hash};

}  // namespace

void Sha256ShaNiCompress(uint32_t (*states)[8], const uint8_t* const* blocks,
                         size_t num_messages, size_t num_blocks) {
  State in_registers[2];
  for (size_t i = 0; i < num_messages; ++i) {
    LoadState(states[i], &in_registers[i]);
  }
  if (num_messages == 2) {
    CompressStreams<2>(in_registers, blocks[0], blocks[1], num_blocks);
  } else {
    CompressStreams<1>(in_registers, blocks[0], blocks[0], num_blocks);
  }
  for (size_t i = 0; i < num_messages; ++i) {
    StoreWords(in_registers[i], states[i]);
  }
}

}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace assay::simd {

const Sha256Kernel* Sha256ShaNiKernel() {
  const CpuFeatures& features = UsableCpuFeatures();
  return features.sha_ni && features.avx2 ? &kKernel : nullptr;
}

}  // namespace assay::simd

#else

namespace assay::simd {

const Sha256Kernel* Sha256ShaNiKernel() { return nullptr; }
void Sha256ShaNiCompress(uint32_t (*)[8], const uint8_t* const*, size_t,
                         size_t) {}

}  // namespace assay::simd

#endif
