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
//   // Blocks from blocks[lane] on into each of the first `num_active` lanes;
//   // all kNumLanes pointers may be read from.
//   void Compress(const uint8_t* const* blocks, size_t num_blocks,
//                 size_t num_active);
#ifndef ASSAY_CORE_SIMD_SHA2_SHA2_LANES_H_
#define ASSAY_CORE_SIMD_SHA2_SHA2_LANES_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/simd/sha2/sha2_kernel.h"

namespace assay::simd {

template <typename Compressor>
class Sha2Lanes {
 public:
  using Word = typename Compressor::Word;
  using Job = Sha2Job<Word>;

  Sha2Lanes() = default;
  Sha2Lanes(const Sha2Lanes&) = delete;
  Sha2Lanes& operator=(const Sha2Lanes&) = delete;
  ~Sha2Lanes() {
    Wipe(&compressor_, sizeof(compressor_));
    Wipe(tails_, num_used_ * sizeof(Tail));
  }

  void Hash(const Job* jobs, size_t num) {
    next_job_ = jobs;
    end_ = jobs + num;
    num_used_ = num_active_ = num < kNumLanes ? num : kNumLanes;
    for (size_t lane = 0; lane < num_active_; ++lane) Start(lane);
    while (num_active_ > 0) {
      Advance();
      for (size_t lane = 0; lane < num_active_;) {
        if (lanes_[lane].num_blocks != 0 || Continue(lane)) ++lane;
      }
    }
  }

 private:
  static constexpr size_t kNumLanes = Compressor::kNumLanes;
  static constexpr size_t kBlockLen = 16 * sizeof(Word);
  static constexpr size_t kLengthLen = 2 * sizeof(Word);

  struct Lane {
    uint8_t* digest;
    const uint8_t* next;     // The blocks to be absorbed next,
    size_t num_blocks;       // and how many of them lie there.
    const uint8_t* tail;     // The message's last blocks,
    size_t num_tail_blocks;  // if they are yet to come.
  };

  // The end of a message: room to copy a whole block into even if little of it
  // belongs here, and then the padded blocks.
  struct Tail {
    uint8_t before[kBlockLen];
    uint8_t blocks[2 * kBlockLen];
  };

  static void Wipe(void* data, size_t len) {
    std::memset(data, 0, len);
    // The compiler may not drop stores to memory that this could read.
    __asm__ __volatile__("" : : "r"(data) : "memory");
  }

  void Start(size_t lane) {
    const Job& job = *next_job_++;
    compressor_.Load(lane, job.state);
    const size_t num_tail_blocks = WriteTail(job, tails_[lane].blocks);
    const size_t num_blocks = job.message_len / kBlockLen;
    if (num_blocks > 0) {
      lanes_[lane] = {job.digest, job.message, num_blocks, tails_[lane].blocks,
                      num_tail_blocks};
    } else {
      lanes_[lane] = {job.digest, tails_[lane].blocks, num_tail_blocks, nullptr,
                      0};
    }
  }

  // Writes the last bytes of the message and the padding (FIPS 180-4 5.1):
  // one or two blocks. This is done as the message begins, not as its end
  // nears, so that the bytes have left the store buffer when they are read.
  static size_t WriteTail(const Job& job, uint8_t* blocks) {
    const size_t left = job.message_len % kBlockLen;
    if (job.message_len >= kBlockLen) {
      // A copy of fixed length is much quicker; see Tail.
      std::memcpy(blocks + left - kBlockLen,
                  job.message + job.message_len - kBlockLen, kBlockLen);
    } else if (left > 0) {
      std::memcpy(blocks, job.message, left);
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

  static void StoreBigEndian64(uint64_t value, uint8_t* out) {
    value = __builtin_bswap64(value);
    std::memcpy(out, &value, sizeof(value));
  }

  void Advance() {
    size_t num_blocks = lanes_[0].num_blocks;
    for (size_t lane = 1; lane < num_active_; ++lane) {
      const size_t here = lanes_[lane].num_blocks;
      num_blocks = here < num_blocks ? here : num_blocks;
    }
    const uint8_t* blocks[kNumLanes];
    for (size_t lane = 0; lane < kNumLanes; ++lane) {
      blocks[lane] = lanes_[lane < num_active_ ? lane : 0].next;
    }
    compressor_.Compress(blocks, num_blocks, num_active_);
    for (size_t lane = 0; lane < num_active_; ++lane) {
      lanes_[lane].next += num_blocks * kBlockLen;
      lanes_[lane].num_blocks -= num_blocks;
    }
  }

  // Gives a lane that has run out of blocks its next ones. Returns false if
  // there was nothing left, and the lane now holds what the last one held.
  bool Continue(size_t lane) {
    Lane& here = lanes_[lane];
    if (here.num_tail_blocks != 0) {
      here.next = here.tail;
      here.num_blocks = here.num_tail_blocks;
      here.num_tail_blocks = 0;
      return true;
    }
    compressor_.Finish(lane, here.digest);
    if (next_job_ != end_) {
      Start(lane);
      return true;
    }
    const size_t last = --num_active_;
    if (lane != last) {
      compressor_.Move(last, lane);
      // Its tail stays where it is: no message will need that place any more.
      lanes_[lane] = lanes_[last];
    }
    return false;
  }

  const Job* next_job_;
  const Job* end_;
  size_t num_active_;  // These lanes come first.
  size_t num_used_;
  Lane lanes_[kNumLanes];
  Compressor compressor_;
  Tail tails_[kNumLanes];
};

}  // namespace assay::simd

#endif  // ASSAY_CORE_SIMD_SHA2_SHA2_LANES_H_
