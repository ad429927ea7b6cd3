// The schedule that SHA-2 kernels share: which message each lane works on, and
// what its last blocks are. The compression function is the kernel's.
//
// A lane takes the next message as soon as its own is finished, so messages of
// different lengths keep all lanes busy until fewer messages than lanes are
// left. All lanes advance together by the fewest blocks that any of them can
// take from where it reads: the message itself, then a copy of the message's
// last bytes with their padding. Nothing but lengths decides what happens.
//
// A compressor is a class of a kernel's anonymous namespace, so that no code
// compiled for its instruction set is shared with other files:
//
//   using Word = uint32_t or uint64_t;
//   static constexpr size_t kNumLanes;
//   void Load(size_t lane, const Word* state);         // 8 words
//   void Finish(size_t lane, uint8_t* digest) const;   // 8 big-endian words
//   void Move(size_t from, size_t to);                 // one lane's state
//   // Absorbs the blocks from blocks[lane] on in each of the first num_active
//   // lanes. The other pointers may be read from too.
//   void Compress(const uint8_t* const* blocks, size_t num_blocks,
//                 size_t num_active);
#ifndef ASSAY_CORE_SIMD_SHA2_SHA2_LANES_H_
#define ASSAY_CORE_SIMD_SHA2_SHA2_LANES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/simd/sha2/sha2_kernel.h"

// All is compiled into the kernel's one function, for its instruction set.
#define ASSAY_SHA2_INLINE inline __attribute__((always_inline))

namespace assay::simd {

template <typename Compressor>
class Sha2Lanes {
 public:
  using Word = typename Compressor::Word;
  using Job = Sha2Job<Word>;

  Sha2Lanes() = default;
  Sha2Lanes(const Sha2Lanes&) = delete;
  Sha2Lanes& operator=(const Sha2Lanes&) = delete;

  ASSAY_SHA2_INLINE void Hash(const Job* jobs, size_t num) {
    next_job_ = jobs;
    end_ = jobs + num;
    num_active_ = num < kNumLanes ? num : kNumLanes;
    const size_t num_tails = num < kNumTails ? num : kNumTails;
    for (size_t i = 0; i < num_active_; ++i) Start(i, NextMessage(&tails_[i]));
    for (size_t i = num_active_; i < num_tails; ++i) {
      waiting_[i - num_active_] = NextMessage(&tails_[i]);
    }
    num_waiting_ = num_tails - num_active_;
    first_waiting_ = 0;
    while (num_waiting_ > 0) {
      Advance(kNumLanes);
#pragma GCC unroll 2
      for (size_t lane = 0; lane < kNumLanes; ++lane) Refill(lane);
    }
    for (RetireFinished(); num_active_ > 0; RetireFinished()) {
      Advance(num_active_);
    }
  }

 private:
  static constexpr size_t kNumLanes = Compressor::kNumLanes;
  static constexpr size_t kNumTails = 2 * kNumLanes;
  static constexpr size_t kBlockLen = 16 * sizeof(Word);
  static constexpr size_t kLengthLen = 2 * sizeof(Word);

  // The end of a message: room to copy a whole block into even if little of it
  // belongs here, and then the padded blocks.
  struct Tail {
    uint8_t bytes[3 * kBlockLen];

    ASSAY_SHA2_INLINE uint8_t* blocks() { return bytes + kBlockLen; }
  };

  struct Message {
    const Job* job;
    Tail* tail;
    size_t num_tail_blocks;
  };

  struct Lane {
    const uint8_t* next;     // The blocks to be absorbed next,
    size_t num_blocks;       // and how many of them lie there.
    size_t num_tail_blocks;  // If the tail is yet to come.
    uint8_t* digest;
    Tail* tail;
  };

  ASSAY_SHA2_INLINE Message NextMessage(Tail* tail) {
    const Job* const job = next_job_++;
    return {job, tail, WriteTail(*job, tail)};
  }

  // Writes the last bytes of the message and the padding (FIPS 180-4 5.1): one
  // or two blocks. A waiting message has its tail already: bytes written in
  // pieces are slow to read until they have left the store buffer.
  ASSAY_SHA2_INLINE static size_t WriteTail(const Job& job, Tail* tail) {
    uint8_t* const blocks = tail->blocks();
    const size_t left = job.message_len % kBlockLen;
    if (job.message_len >= kBlockLen) {
      // A copy of fixed length is much quicker; see Tail.
      std::memcpy(tail->bytes + left, job.message + job.message_len - kBlockLen,
                  kBlockLen);
    } else {
      CopyShort(job.message, left, blocks);
    }
    // A second block is begun late in the first: this reaches to the length.
    std::memset(blocks + left, 0, kBlockLen);
    blocks[left] = 0x80;
    const size_t num_blocks = left + 1 + kLengthLen <= kBlockLen ? 1 : 2;
    uint8_t* const end = blocks + num_blocks * kBlockLen;
    const uint64_t len = job.prefix_len + job.message_len;
    if (sizeof(Word) == 8) StoreBigEndian64(len >> 61, end - 16);
    StoreBigEndian64(len << 3, end - 8);
    return num_blocks;
  }

  // Less than a block. `from` may be null if there is nothing.
  ASSAY_SHA2_INLINE static void CopyShort(const uint8_t* from, size_t len,
                                          uint8_t* to) {
    if (CopyPieces<64>(from, len, to) || CopyPieces<32>(from, len, to) ||
        CopyPieces<16>(from, len, to) || CopyPieces<8>(from, len, to) ||
        CopyPieces<4>(from, len, to) || CopyPieces<2>(from, len, to)) {
      return;
    }
    if (len == 1) *to = *from;
  }
  // Copies between kLen and twice as many bytes, or returns false.
  template <size_t kLen>
  ASSAY_SHA2_INLINE static bool CopyPieces(const uint8_t* from, size_t len,
                                           uint8_t* to) {
    if (len < kLen) return false;
    std::memcpy(to, from, kLen);
    std::memcpy(to + len - kLen, from + len - kLen, kLen);
    return true;
  }

  ASSAY_SHA2_INLINE static void StoreBigEndian64(uint64_t value, uint8_t* out) {
    value = __builtin_bswap64(value);
    std::memcpy(out, &value, sizeof(value));
  }

  ASSAY_SHA2_INLINE void Start(size_t lane, const Message& message) {
    const Job& job = *message.job;
    compressor_.Load(lane, job.state);
    const size_t num_blocks = job.message_len / kBlockLen;
    lanes_[lane] = {job.message, num_blocks, message.num_tail_blocks,
                    job.digest, message.tail};
    if (num_blocks == 0) GoToTail(&lanes_[lane]);
  }

  ASSAY_SHA2_INLINE static void GoToTail(Lane* lane) {
    lane->next = lane->tail->blocks();
    lane->num_blocks = lane->num_tail_blocks;
    lane->num_tail_blocks = 0;
  }

  ASSAY_SHA2_INLINE void Advance(size_t num_active) {
    size_t num_blocks = lanes_[0].num_blocks;
    for (size_t lane = 1; lane < num_active; ++lane) {
      const size_t here = lanes_[lane].num_blocks;
      num_blocks = here < num_blocks ? here : num_blocks;
    }
    const uint8_t* blocks[kNumLanes];
    for (size_t lane = 0; lane < kNumLanes; ++lane) {
      blocks[lane] = lanes_[lane < num_active ? lane : 0].next;
    }
    compressor_.Compress(blocks, num_blocks, num_active);
    for (size_t lane = 0; lane < num_active; ++lane) {
      lanes_[lane].next += num_blocks * kBlockLen;
      lanes_[lane].num_blocks -= num_blocks;
    }
  }

  // While messages wait: a lane that has run out of blocks gets its next ones.
  ASSAY_SHA2_INLINE void Refill(size_t lane) {
    Lane* const here = &lanes_[lane];
    if (here->num_blocks != 0) return;
    if (here->num_tail_blocks != 0) {
      GoToTail(here);
    } else if (num_waiting_ > 0) {
      compressor_.Finish(lane, here->digest);
      StartWaiting(lane);
    }
  }

  // The message that is finished leaves its tail to one that will wait.
  ASSAY_SHA2_INLINE void StartWaiting(size_t lane) {
    Tail* const free_tail = lanes_[lane].tail;
    Message* const message = &waiting_[first_waiting_];
    Start(lane, *message);
    first_waiting_ = (first_waiting_ + 1) % kNumLanes;
    if (next_job_ != end_) {
      *message = NextMessage(free_tail);
    } else {
      --num_waiting_;
    }
  }

  // When none wait: the lanes that remain move up.
  ASSAY_SHA2_INLINE void RetireFinished() {
    for (size_t lane = 0; lane < num_active_;) {
      Lane* const here = &lanes_[lane];
      if (here->num_blocks == 0 && here->num_tail_blocks != 0) GoToTail(here);
      if (here->num_blocks != 0) {
        ++lane;
        continue;
      }
      compressor_.Finish(lane, here->digest);
      const size_t last = --num_active_;
      if (lane == last) break;
      compressor_.Move(last, lane);
      *here = lanes_[last];
    }
  }

  const Job* next_job_;  // Of those that do not even wait.
  const Job* end_;
  size_t num_active_;  // These lanes come first.
  Lane lanes_[kNumLanes];
  // A ring: the messages that come next, one for each lane if there are enough.
  Message waiting_[kNumLanes];
  size_t first_waiting_;
  size_t num_waiting_;
  Compressor compressor_;
  Tail tails_[kNumTails];
};

// Zeroes what a function that returned just before this one had on the stack,
// down to kLen bytes: its variables, and what it and those that it called put
// there because the registers did not suffice. (Internal to each file, so that
// none runs another's instructions.)
template <size_t kLen>
__attribute__((noinline)) static void WipeStackOfLastCall() {
  uint8_t area[kLen];
  std::memset(area, 0, kLen);
  // As far as the compiler knows, this reads what was stored.
  __asm__ __volatile__("" : : "r"(area) : "memory");
}

}  // namespace assay::simd

#undef ASSAY_SHA2_INLINE

#endif  // ASSAY_CORE_SIMD_SHA2_SHA2_LANES_H_
