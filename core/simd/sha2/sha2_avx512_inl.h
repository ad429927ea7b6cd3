// The compression function of SHA-2 (FIPS 180-4 6.2.2, 6.4.2) with AVX-512, for
// words of either width. Textual: included inside an anonymous namespace and
// inside a region compiled for the instruction set, after ASSAY_INLINE is
// defined; an arithmetic comes after it.
//
// Representation: a vector holds the same word of kNumLanes messages, one in
// each lane: eight vectors of state and sixteen of schedule, of 32 registers.
// Blocks are read lane by lane and transposed. All
// arithmetic is on words modulo 2^32 or 2^64; a rotation (VPRORD, VPRORQ) and
// any function of three bits (VPTERNLOG) are one instruction each.
//
// An arithmetic is a class of static functions and constants:
//
//   using Word = uint32_t or uint64_t;
//   static constexpr size_t kNumLanes, kNumRounds;
//   static constexpr Word kRoundConstants[kNumRounds];
//   static __m512i Add(a, b);  static __m512i Broadcast(Word);
//   template <int kTable> static __m512i Ternary(a, b, c);
//   static __m512i BigSigma0(x), BigSigma1, SmallSigma0, SmallSigma1;
//   static Word BigEndian(Word);
//   // The sixteen words of each lane's block, transposed.
//   static void LoadBlocks(const uint8_t* const* lanes, size_t offset,
//                          __m512i* w);

// Forgets what registers held of states and messages. (VZEROALL leaves the
// upper sixteen.)
ASSAY_INLINE void WipeRegisters() {
  __asm__ __volatile__(
      "vzeroall\n\t"
      "vpxord %%zmm16, %%zmm16, %%zmm16\n\t"
      "vpxord %%zmm17, %%zmm17, %%zmm17\n\t"
      "vpxord %%zmm18, %%zmm18, %%zmm18\n\t"
      "vpxord %%zmm19, %%zmm19, %%zmm19\n\t"
      "vpxord %%zmm20, %%zmm20, %%zmm20\n\t"
      "vpxord %%zmm21, %%zmm21, %%zmm21\n\t"
      "vpxord %%zmm22, %%zmm22, %%zmm22\n\t"
      "vpxord %%zmm23, %%zmm23, %%zmm23\n\t"
      "vpxord %%zmm24, %%zmm24, %%zmm24\n\t"
      "vpxord %%zmm25, %%zmm25, %%zmm25\n\t"
      "vpxord %%zmm26, %%zmm26, %%zmm26\n\t"
      "vpxord %%zmm27, %%zmm27, %%zmm27\n\t"
      "vpxord %%zmm28, %%zmm28, %%zmm28\n\t"
      "vpxord %%zmm29, %%zmm29, %%zmm29\n\t"
      "vpxord %%zmm30, %%zmm30, %%zmm30\n\t"
      "vpxord %%zmm31, %%zmm31, %%zmm31"
      :
      :
      : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16",
        "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24",
        "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31");
}

// The truth tables that VPTERNLOG takes.
constexpr int kXor3 = 0x96;
constexpr int kChoose = 0xca;  // The first one's bit chooses: second or third.
constexpr int kMajority = 0xe8;

// Round kRound modulo 16. The working variables do not move: a is s[0] in round
// 0, s[7] in round 1 and so on. What hangs on the newest e and a is added last:
// the chain from one e to the next is a rotation, the sum of three and one
// addition, and it is this chain that a processor waits for.
template <class Arithmetic, int kRound>
ASSAY_INLINE void Round(__m512i* s, const __m512i* w,
                        const typename Arithmetic::Word* k) {
  using A = Arithmetic;
  const __m512i a = s[(16 - kRound) % 8], b = s[(17 - kRound) % 8];
  const __m512i c = s[(18 - kRound) % 8], e = s[(20 - kRound) % 8];
  const __m512i f = s[(21 - kRound) % 8], g = s[(22 - kRound) % 8];
  __m512i& d = s[(19 - kRound) % 8];
  __m512i& h = s[(23 - kRound) % 8];
  const __m512i hwk = A::Add(h, A::Add(w[kRound], A::Broadcast(k[kRound])));
  const __m512i choice = A::template Ternary<kChoose>(e, f, g);
  const __m512i majority = A::template Ternary<kMajority>(a, b, c);
  const __m512i sigma1 = A::BigSigma1(e);
  const __m512i t1 = A::Add(A::Add(hwk, choice), sigma1);
  d = A::Add(A::Add(A::Add(d, hwk), choice), sigma1);
  h = A::Add(A::Add(t1, majority), A::BigSigma0(a));
}

// The word sixteen places on, in place of word kRound.
template <class Arithmetic, int kRound>
ASSAY_INLINE void ExtendWord(__m512i* w) {
  using A = Arithmetic;
  w[kRound] = A::Add(A::Add(w[kRound], w[(kRound + 9) % 16]),
                     A::Add(A::SmallSigma0(w[(kRound + 1) % 16]),
                            A::SmallSigma1(w[(kRound + 14) % 16])));
}

// Rounds kRound to 15; kExtend makes each word ready for sixteen rounds later.
template <class Arithmetic, bool kExtend, int kRound = 0>
ASSAY_INLINE void Rounds(__m512i* s, __m512i* w,
                         const typename Arithmetic::Word* k) {
  if constexpr (kRound < 16) {
    Round<Arithmetic, kRound>(s, w, k);
    if constexpr (kExtend) ExtendWord<Arithmetic, kRound>(w);
    Rounds<Arithmetic, kExtend, kRound + 1>(s, w, k);
  }
}

// words[i] is word i of every lane.
template <class Arithmetic>
struct States {
  alignas(64) typename Arithmetic::Word words[8][Arithmetic::kNumLanes];
};

template <class Arithmetic, int kWord = 0>
ASSAY_INLINE void LoadStates(const States<Arithmetic>& states, __m512i* s) {
  if constexpr (kWord < 8) {
    s[kWord] = _mm512_load_si512(states.words[kWord]);
    LoadStates<Arithmetic, kWord + 1>(states, s);
  }
}

template <class Arithmetic, int kWord = 0>
ASSAY_INLINE void AddToStates(const __m512i* s, States<Arithmetic>* states) {
  if constexpr (kWord < 8) {
    const __m512i before = _mm512_load_si512(states->words[kWord]);
    _mm512_store_si512(states->words[kWord], Arithmetic::Add(before, s[kWord]));
    AddToStates<Arithmetic, kWord + 1>(s, states);
  }
}

template <class Arithmetic>
__attribute__((noinline)) void CompressBlock(
    const uint8_t* const* lanes, size_t offset,
    States<Arithmetic>* states) noexcept {
  using A = Arithmetic;
  __m512i s[8], w[16];
  A::LoadBlocks(lanes, offset, w);
  LoadStates(*states, s);
  const typename A::Word* k = A::kRoundConstants;
  const typename A::Word* const last = k + A::kNumRounds - 16;
  for (; k != last; k += 16) Rounds<A, true>(s, w, k);
  Rounds<A, false>(s, w, k);
  AddToStates(s, states);
}

// A compressor as sha2_lanes.h wants it.
template <class Arithmetic>
class LanesCompressor {
 public:
  using Word = typename Arithmetic::Word;
  static constexpr size_t kNumLanes = Arithmetic::kNumLanes;

  void Load(size_t lane, const Word* state) {
    for (int i = 0; i < 8; ++i) states_.words[i][lane] = state[i];
  }
  void Store(size_t lane, Word* state) const {
    for (int i = 0; i < 8; ++i) state[i] = states_.words[i][lane];
  }
  void Finish(size_t lane, uint8_t* digest) const {
    for (int i = 0; i < 8; ++i) {
      const Word word = Arithmetic::BigEndian(states_.words[i][lane]);
      std::memcpy(digest + sizeof(Word) * i, &word, sizeof(word));
    }
  }
  void Move(size_t from, size_t to) {
    for (int i = 0; i < 8; ++i) {
      states_.words[i][to] = states_.words[i][from];
    }
  }
  void Compress(const uint8_t* const* blocks, size_t num_blocks,
                size_t /*num_active*/) {
    for (size_t i = 0; i < num_blocks; ++i) {
      CompressBlock(blocks, i * 16 * sizeof(Word), &states_);
    }
  }

 private:
  States<Arithmetic> states_;
};
