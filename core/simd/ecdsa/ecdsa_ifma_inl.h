// ECDSA verification in eight lanes, one signature in each, for a curve C with
// a = -3. Textual: included inside an anonymous namespace and inside a region
// compiled for the instruction set, after the other *_inl.h of this folder.
//
// With w = 1/s, u1 = z w and u2 = r w, the point u1 G + u2 Q is a sum of table
// entries alone. A table of window b holds, for every i, the odd multiples of
// 2^(b i) P: an odd scalar k has digits d[i], odd and in (-2^b, 2^b), with
// k = sum of d[i] 2^(b i), and none is zero; for an even k, n - k is taken and
// the point negated. There are no doublings. Without a table (cold), the digits
// of u2 are taken from the highest, with doublings, on a table of 16 multiples
// made on the spot.
//
// Exceptions. An addition of equal or opposite points makes Z = 0, which then
// stays; it is looked at once, at the end, and that lane is undecided. u1 = 0
// has no odd digits: undecided too. The result's X / Z^2 is compared with r,
// and with r + n where that is below p, without a division.
//
// Inversions (of s modulo n, of Z and of x - x' modulo p) are shared by all
// that is at hand (Montgomery's trick), lanes included; a zero would spoil them
// all, so an s out of range is replaced by 1 and its signature rejected.

// How many signatures share one inversion of s.
constexpr int kBlockVectors = 32;
constexpr int kLanes = 8;
constexpr int kColdWindow = 5;

template <class C>
using FieldOf = typename C::Field;
template <class C>
using ScalarOf = Scalar52<C, IfmaLanes>;
template <class C>
constexpr int kEntryWords = 2 * C::kWords;  // x and y

constexpr int NumDigits(int bits, int window) {
  return (bits + window - 1) / window;
}
constexpr int NumMultiples(int window) { return 1 << (window - 1); }

// A vector's worth of numbers, to be read lane by lane.
template <class C>
struct LaneWords {
  uint64_t word[C::kWords][kLanes];

  void Set(int lane, const uint64_t* words) {
    for (int i = 0; i < C::kWords; ++i) word[i][lane] = words[i];
  }
  void Get(int lane, uint64_t* words) const {
    for (int i = 0; i < C::kWords; ++i) words[i] = word[i][lane];
  }
  ASSAY_INLINE void Load(__m512i* words) const {
    ASSAY_UNROLL for (int i = 0; i < C::kWords; ++i) {
      words[i] = _mm512_loadu_si512(word[i]);
    }
  }
  ASSAY_INLINE void Store(const __m512i* words) {
    ASSAY_UNROLL for (int i = 0; i < C::kWords; ++i) {
      _mm512_storeu_si512(word[i], words[i]);
    }
  }
};

template <class C>
ASSAY_INLINE Element<FieldOf<C>> FieldFromWords(const __m512i* words) {
  Element<FieldOf<C>> a;
  LimbsFromWords<kRadix, C::kWords, FieldOf<C>::kLimbs>(words, a.limb);
  return a;
}

template <class C>
ASSAY_INLINE void WordsFromField(const Element<FieldOf<C>>& a, __m512i* words) {
  const Element<FieldOf<C>> canonical = Canonical<FieldOf<C>>(a);
  WordsFromLimbs<kRadix, C::kWords, FieldOf<C>::kLimbs>(canonical.limb, words);
}

template <class C>
ScalarOf<C> ScalarFromLanes(const LaneWords<C>& lanes) {
  __m512i words[C::kWords];
  lanes.Load(words);
  ScalarOf<C> a;
  LimbsFromWords<52, C::kWords, C::kScalarLimbs>(words, a.limb);
  return a;
}

template <class C>
LaneWords<C> LanesFromScalar(const ScalarOf<C>& a) {
  const ScalarOf<C> canonical = ScalarOf<C>::Canonical(a);
  __m512i words[C::kWords];
  WordsFromLimbs<52, C::kWords, C::kScalarLimbs>(canonical.limb, words);
  LaneWords<C> lanes;
  lanes.Store(words);
  return lanes;
}

template <class E>
ASSAY_INLINE __mmask8 ZeroLanes(const E& canonical) {
  __m512i bits = canonical.limb[0];
  for (const __m512i& limb : canonical.limb) bits = _mm512_or_si512(bits, limb);
  return _mm512_testn_epi64_mask(bits, bits);
}

// Where p's and n's inverses are made: what InvertEach needs of a ring.
template <class C>
struct FieldRing {
  using E = Element<FieldOf<C>>;
  static ASSAY_INLINE E Multiply(const E& a, const E& b) { return Mul(a, b); }

  // The inverse of a number that is the same in all lanes.
  static bool InvertOne(const E& a, E* inverse) {
    __m512i words[C::kWords];
    WordsFromField<C>(a, words);
    LaneWords<C> lanes;
    lanes.Store(words);
    uint64_t one[C::kWords];
    lanes.Get(0, one);
    if (!ModularInverter<C::kWords>(C::kPrime).Invert(one, one)) return false;
    for (int i = 0; i < C::kWords; ++i) words[i] = IfmaLanes::Const(one[i]);
    *inverse = FieldFromWords<C>(words);
    return true;
  }
};

// Numbers modulo n that stand for themselves: of products, each of which loses
// a factor R, InvertEach returns the inverses times R. So Multiply(x, 1/s) of
// a plain x and what it returns for s is x / s.
template <class C>
struct OrderRing {
  using E = ScalarOf<C>;
  static ASSAY_INLINE E Multiply(const E& a, const E& b) {
    return E::Mul(a, b);
  }

  static bool InvertOne(const E& a, E* inverse) {
    LaneWords<C> lanes = LanesFromScalar<C>(a);
    uint64_t one[C::kWords];
    lanes.Get(0, one);
    if (!ModularInverter<C::kWords>(C::kOrder).Invert(one, one)) return false;
    for (int lane = 0; lane < kLanes; ++lane) lanes.Set(lane, one);
    *inverse =
        E::Mul(ScalarFromLanes<C>(lanes), E::FromConstant(E::kOrder.r_squared));
    return true;
  }
};

template <int kBy, class E>
ASSAY_INLINE E RotateLanes(const E& a) {
  E rotated;
  constexpr int kLimbs = sizeof(a.limb) / sizeof(a.limb[0]);
  ASSAY_UNROLL for (int i = 0; i < kLimbs; ++i) {
    rotated.limb[i] = _mm512_alignr_epi64(a.limb[i], a.limb[i], kBy);
  }
  return rotated;
}

// Inverts eight numbers by one inversion. False if one of them is zero.
template <class Ring>
bool InvertLanes(typename Ring::E* a) {
  using E = typename Ring::E;
  // After each step a product of 2, 4 lanes from this one upwards; `others` is
  // that of the seven lanes after this one.
  const E next = RotateLanes<1>(*a);
  const E two = Ring::Multiply(*a, next);
  const E next_two = RotateLanes<2>(two);
  const E four = Ring::Multiply(two, next_two);
  E others = Ring::Multiply(next, next_two);
  others = Ring::Multiply(others, RotateLanes<4>(four));
  E inverse;
  if (!Ring::InvertOne(Ring::Multiply(*a, others), &inverse)) return false;
  *a = Ring::Multiply(inverse, others);
  return true;
}

// Replaces each of `num` vectors (one at least) by its inverse. False if a
// number was zero; then the values are unspecified. `prefix` is scratch.
template <class Ring>
bool InvertEach(int num, typename Ring::E* values, typename Ring::E* prefix) {
  using E = typename Ring::E;
  prefix[0] = values[0];
  for (int i = 1; i < num; ++i) {
    prefix[i] = Ring::Multiply(prefix[i - 1], values[i]);
  }
  E inverse = prefix[num - 1];
  if (!InvertLanes<Ring>(&inverse)) return false;
  for (int i = num - 1; i > 0; --i) {
    const E value = values[i];
    values[i] = Ring::Multiply(inverse, prefix[i - 1]);
    inverse = Ring::Multiply(inverse, value);
  }
  values[0] = inverse;
  return true;
}

// Entries.

template <class C>
ASSAY_INLINE Affine<FieldOf<C>> LoadEntries(const uint64_t* const* entry) {
  __m512i words[kEntryWords<C>];
  LoadRows<kEntryWords<C>>(entry, words);
  Affine<FieldOf<C>> point;
  point.x = FieldFromWords<C>(words);
  point.y = FieldFromWords<C>(words + C::kWords);
  return point;
}

template <class C>
void StoreEntries(const Affine<FieldOf<C>>& point, uint64_t* const* entry) {
  __m512i words[kEntryWords<C>];
  WordsFromField<C>(point.x, words);
  WordsFromField<C>(point.y, words + C::kWords);
  StoreRows<kEntryWords<C>>(words, entry);
}

template <class C>
ASSAY_INLINE void PrefetchEntry(const uint64_t* entry) {
  for (int i = 0; i < kEntryWords<C>; i += 8) {
    _mm_prefetch(reinterpret_cast<const char*>(entry + i), _MM_HINT_T0);
  }
  _mm_prefetch(reinterpret_cast<const char*>(entry + kEntryWords<C> - 1),
               _MM_HINT_T0);
}

template <class F>
ASSAY_INLINE Element<F> Select(__mmask8 lanes, const Element<F>& a,
                               const Element<F>& b) {
  Element<F> r;
  ASSAY_UNROLL for (int i = 0; i < F::kLimbs; ++i) {
    r.limb[i] = _mm512_mask_mov_epi64(b.limb[i], lanes, a.limb[i]);
  }
  return r;
}

// What is added in one step: an entry in each lane, some of them negated. Lanes
// that are not active have nothing to add in this step.
struct Step {
  const uint64_t* entry[kLanes];
  __mmask8 negative;
  __mmask8 active;
};

template <class C>
ASSAY_INLINE Affine<FieldOf<C>> LoadStep(const Step& step) {
  Affine<FieldOf<C>> point = LoadEntries<C>(step.entry);
  point.y = Select(step.negative, Negate<1>(point.y), point.y);
  return point;
}

template <class F>
ASSAY_INLINE Jacobian<F> FromAffine(const Affine<F>& point) {
  return {point.x, point.y, One<F>()};
}

template <class C>
void AddStep(const Step& step, Jacobian<FieldOf<C>>* sum) {
  const Jacobian<FieldOf<C>> next = AddMixed(*sum, LoadStep<C>(step));
  if (step.active == 0xff) {
    *sum = next;
    return;
  }
  sum->x = Select(step.active, next.x, sum->x);
  sum->y = Select(step.active, next.y, sum->y);
  sum->z = Select(step.active, next.z, sum->z);
}

// Writes the digits of k, in [1, n-1], to this lane of steps[0 ..). Window i of
// the table begins `stride` entries after window i - 1. With k odd and
// m = k >> 1, of which the topmost bit of the topmost window is set, the digits
// of m in base 2^window make those of k: d[i] = 2 m[i] + 1 - 2^window.
template <class C>
void WriteDigits(const uint64_t* scalar, const uint64_t* table, int window,
                 int stride, int lane, Step* steps) {
  uint64_t k[C::kWords];
  const bool even = scalar[0] % 2 == 0;
  for (int i = 0; i < C::kWords; ++i) k[i] = scalar[i];
  if (even) SubtractWords<C::kWords>(C::kOrder, scalar, k);
  const int num = NumDigits(C::kBits, window);
  const uint64_t half = NumMultiples(window);
  for (int i = 0; i < num; ++i) {
    uint64_t m = BitsAt<C::kWords>(k, window * i + 1, window);
    if (i == num - 1) m |= half;
    const bool negative = (m < half) != even;
    const uint64_t multiple = (m < half ? ~m : m) & (half - 1);
    const __mmask8 bit = static_cast<__mmask8>(1 << lane);
    steps[i].entry[lane] =
        table + (static_cast<uint64_t>(stride) * i + multiple) * kEntryWords<C>;
    if (negative) steps[i].negative |= bit;
    steps[i].active |= bit;
  }
}

// Tables.

// A heap block, aligned, freed at the end.
class Scratch {
 public:
  explicit Scratch(size_t bytes)
      : data_(std::aligned_alloc(64, (bytes + 63) / 64 * 64)) {}
  ~Scratch() { std::free(data_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  void* data() const { return data_; }

 private:
  void* const data_;
};

// Makes `num` vectors of points affine and stores them, each lane's to its
// `entry`. False if a point was at infinity.
template <class C>
bool StoreAffine(int num, const Jacobian<FieldOf<C>>* points,
                 Element<FieldOf<C>>* z, Element<FieldOf<C>>* prefix,
                 uint64_t* (*entry)[kLanes]) {
  if (!InvertEach<FieldRing<C>>(num, z, prefix)) return false;
  for (int i = 0; i < num; ++i) {
    const Element<FieldOf<C>> zz = Square(z[i]);
    const Element<FieldOf<C>> zzz = Mul(zz, z[i]);
    StoreEntries<C>({Mul(points[i].x, zz), Mul(points[i].y, zzz)}, entry[i]);
  }
  return true;
}

// Copies lane 0 of `from` to `lane` of `to`.
template <class F>
void CopyLane(const Element<F>& from, int lane, Element<F>* to) {
  const __mmask8 mask = static_cast<__mmask8>(1 << lane);
  for (int i = 0; i < F::kLimbs; ++i) {
    to->limb[i] = _mm512_mask_broadcastq_epi64(
        to->limb[i], mask, _mm512_castsi512_si128(from.limb[i]));
  }
}

// Writes Q, 2 Q, 4 Q, ... 2^(num - 1) Q. `num` is rounded up to a multiple of
// eight: so many entries must there be.
template <class C>
bool BuildPowers(const uint64_t* key, int num, uint64_t* powers) {
  using F = FieldOf<C>;
  constexpr int kVectors = 8;
  const uint64_t* same[kLanes];
  for (const uint64_t*& lane : same) lane = key;
  Jacobian<F> next = FromAffine(LoadEntries<C>(same));
  Jacobian<F> points[kVectors];
  Element<F> z[kVectors], prefix[kVectors];
  uint64_t* entry[kVectors][kLanes];
  for (int done = 0; done < num; done += kVectors * kLanes) {
    const int left = (num - done + kLanes - 1) / kLanes;
    const int vectors = left < kVectors ? left : kVectors;
    for (int i = 0; i < vectors * kLanes; ++i) {
      const int vector = i / kLanes, lane = i % kLanes;
      if (lane == 0) points[vector] = next;
      CopyLane(next.x, lane, &points[vector].x);
      CopyLane(next.y, lane, &points[vector].y);
      CopyLane(next.z, lane, &points[vector].z);
      entry[vector][lane] = powers + (done + i) * kEntryWords<C>;
      next = Double(next);
    }
    for (int i = 0; i < vectors; ++i) z[i] = points[i].z;
    if (!StoreAffine<C>(vectors, points, z, prefix, entry)) return false;
  }
  return true;
}

// The entries of table and powers that one vector of additions concerns.
struct AdditionVector {
  const uint64_t* left[kLanes];
  const uint64_t* right[kLanes];
  uint64_t* sum[kLanes];
};

// Affine additions that share an inversion. False if two points were equal or
// opposite.
template <class C>
bool AddAffine(int num, const AdditionVector* additions,
               Element<FieldOf<C>>* slope, Element<FieldOf<C>>* prefix) {
  using F = FieldOf<C>;
  for (int i = 0; i < num; ++i) {
    const Affine<F> a = LoadEntries<C>(additions[i].left);
    const Affine<F> b = LoadEntries<C>(additions[i].right);
    slope[i] = Sub<1>(b.x, a.x);
  }
  if (!InvertEach<FieldRing<C>>(num, slope, prefix)) return false;
  for (int i = 0; i < num; ++i) {
    const Affine<F> a = LoadEntries<C>(additions[i].left);
    const Affine<F> b = LoadEntries<C>(additions[i].right);
    const Element<F> lambda = Mul(slope[i], Sub<1>(b.y, a.y));
    Affine<F> sum;
    sum.x = SquareSub(lambda, Add(a.x, b.x));
    sum.y = MulSub(lambda, Sub<1>(a.x, sum.x), a.y);
    StoreEntries<C>(sum, additions[i].sum);
  }
  return true;
}

// Doubles, in all windows at once, the number of multiples: to those of
// 1, 3, ... 2^(level + 1) - 1 their sums with 2^(level + 1) are added.
template <class C>
bool ExtendMultiples(int window, int level, const uint64_t* powers,
                     uint64_t* table) {
  constexpr int kVectors = 32;
  const int num = NumDigits(C::kBits, window) << level;
  AdditionVector additions[kVectors];
  Element<FieldOf<C>> slope[kVectors], prefix[kVectors];
  for (int done = 0; done < num; done += kVectors * kLanes) {
    const int left = (num - done + kLanes - 1) / kLanes;
    const int vectors = left < kVectors ? left : kVectors;
    for (int i = 0; i < vectors * kLanes; ++i) {
      // The last vector's free lanes do its last addition again.
      const int at = done + i < num ? done + i : num - 1;
      const int digit = at >> level, multiple = at & ((1 << level) - 1);
      uint64_t* const entry =
          table + (digit * NumMultiples(window) + multiple) * kEntryWords<C>;
      AdditionVector* const addition = &additions[i / kLanes];
      addition->left[i % kLanes] = entry;
      addition->right[i % kLanes] =
          powers + (digit * window + level + 1) * kEntryWords<C>;
      addition->sum[i % kLanes] = entry + (kEntryWords<C> << level);
    }
    if (!AddAffine<C>(vectors, additions, slope, prefix)) return false;
  }
  return true;
}

template <class C>
size_t TableWords(int window) {
  return static_cast<size_t>(NumDigits(C::kBits, window)) *
         NumMultiples(window) * kEntryWords<C>;
}

template <class C>
size_t TableBytes(int window) {
  return (TableWords<C>(window) * sizeof(uint64_t) + 63) / 64 * 64;
}

template <class C>
bool BuildTable(const uint64_t* key, int window, uint64_t* table) {
  const int digits = NumDigits(C::kBits, window);
  const int num_powers = (digits * window + kLanes - 1) / kLanes * kLanes;
  const Scratch scratch(num_powers * kEntryWords<C> * sizeof(uint64_t));
  uint64_t* const powers = static_cast<uint64_t*>(scratch.data());
  if (powers == nullptr) return false;
  if (!BuildPowers<C>(key, num_powers, powers)) return false;
  for (int i = 0; i < digits; ++i) {
    std::memcpy(table + i * NumMultiples(window) * kEntryWords<C>,
                powers + i * window * kEntryWords<C>,
                kEntryWords<C> * sizeof(uint64_t));
  }
  for (int level = 0; level + 1 < window; ++level) {
    if (!ExtendMultiples<C>(window, level, powers, table)) return false;
  }
  const size_t used = TableWords<C>(window) * sizeof(uint64_t);
  std::memset(table + TableWords<C>(window), 0, TableBytes<C>(window) - used);
  return true;
}

// Null if there is no memory for it.
template <class C>
const uint64_t* BuildGeneratorTable() {
  constexpr size_t kHugePage = size_t{2} << 20;
  const size_t bytes = (TableBytes<C>(C::kGeneratorWindow) + kHugePage - 1) /
                       kHugePage * kHugePage;
  void* const memory = std::aligned_alloc(kHugePage, bytes);
  if (memory == nullptr) return nullptr;
#if defined(MADV_HUGEPAGE)
  madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  uint64_t* const table = static_cast<uint64_t*>(memory);
  uint64_t key[kEntryWords<C>];
  std::memcpy(key, C::kGenerator, sizeof(key));
  if (BuildTable<C>(key, C::kGeneratorWindow, table)) return table;
  std::free(memory);
  return nullptr;
}

// Built at first use, and never freed.
template <class C>
const uint64_t* GeneratorTable() {
  static const uint64_t* const table = BuildGeneratorTable<C>();
  return table;
}

// Verification.

// Up to eight jobs that share a vector; free lanes repeat the last one.
struct JobVector {
  const EcdsaJob* job[kLanes];
  LaneVerdict* verdict[kLanes];
  int num;
  bool has_tables;
  __mmask8 in_range;  // r and s are in [1, n-1]
};

template <class C>
bool HasTable(const EcdsaJob& job) {
  if (job.table == nullptr) return false;
  for (const int* window = C::kWindows; *window != 0; ++window) {
    if (job.window_bits == *window) return true;
  }
  return false;
}

// Reads a number, and says whether it is in [1, n-1].
template <class C>
bool ReadScalar(const uint8_t* bytes, uint64_t* words) {
  WordsFromBytes<C::kWords>(bytes, C::kBytes, words);
  return !IsZero<C::kWords>(words) && IsBelow<C::kWords>(words, C::kOrder);
}

// Reads s, or 1 where r or s is out of range.
template <class C>
ScalarOf<C> ReadS(JobVector* vector) {
  LaneWords<C> lanes;
  vector->in_range = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    uint64_t r[C::kWords], s[C::kWords];
    const bool valid_r = ReadScalar<C>(vector->job[lane]->r, r);
    const bool valid_s = ReadScalar<C>(vector->job[lane]->s, s);
    if (valid_r && valid_s) {
      vector->in_range |= static_cast<__mmask8>(1 << lane);
    } else {
      for (int i = 0; i < C::kWords; ++i) s[i] = i == 0;
    }
    lanes.Set(lane, s);
  }
  return ScalarFromLanes<C>(lanes);
}

// What the digits are made of, and what is compared at the end.
template <class C>
struct Inputs {
  LaneWords<C> u1, u2;
  LaneWords<C> r;
  LaneWords<C> r_plus_n;
  __mmask8 u1_is_zero;
  __mmask8 compares_r_plus_n;  // it is below p
};

template <class C>
void ReadInputs(const JobVector& vector, const ScalarOf<C>& s_inverse,
                Inputs<C>* in) {
  LaneWords<C> z;
  in->compares_r_plus_n = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    uint64_t words[C::kWords];
    WordsFromBytes<C::kWords>(vector.job[lane]->digest, C::kDigestBytes, words);
    z.Set(lane, words);
    if (!ReadScalar<C>(vector.job[lane]->r, words)) {
      for (int i = 0; i < C::kWords; ++i) words[i] = i == 0;
    }
    in->r.Set(lane, words);
    uint64_t p_minus_n[C::kWords];
    SubtractWords<C::kWords>(C::kPrime, C::kOrder, p_minus_n);
    if (IsBelow<C::kWords>(words, p_minus_n)) {
      in->compares_r_plus_n |= static_cast<__mmask8>(1 << lane);
      AddWords<C::kWords>(words, C::kOrder, words);
    }
    in->r_plus_n.Set(lane, words);
  }
  const ScalarOf<C> u1 = ScalarOf<C>::Mul(ScalarFromLanes<C>(z), s_inverse);
  const ScalarOf<C> u2 = ScalarOf<C>::Mul(ScalarFromLanes<C>(in->r), s_inverse);
  in->u1_is_zero = ZeroLanes(ScalarOf<C>::Canonical(u1));
  in->u1 = LanesFromScalar<C>(u1);
  in->u2 = LanesFromScalar<C>(u2);
}

template <class C>
constexpr int MaxKeyDigits() {
  return NumDigits(C::kBits, C::kWindows[0]);
}

// The digits of u1 in every lane. Where u1 is zero there is no such thing, and
// those of 1 are written.
template <class C>
void WriteGeneratorDigits(const Inputs<C>& in, const uint64_t* table,
                          Step* steps) {
  for (int lane = 0; lane < kLanes; ++lane) {
    uint64_t words[C::kWords];
    in.u1.Get(lane, words);
    words[0] |= in.u1_is_zero >> lane & 1;
    WriteDigits<C>(words, table, C::kGeneratorWindow,
                   NumMultiples(C::kGeneratorWindow), lane, steps);
  }
}

template <class C>
void AddSteps(const Step* steps, int num, Jacobian<FieldOf<C>>* sum) {
  constexpr int kAhead = 3;
  for (int i = 0; i < num; ++i) {
    if (i + kAhead < num) {
      for (const uint64_t* entry : steps[i + kAhead].entry) {
        PrefetchEntry<C>(entry);
      }
    }
    AddStep<C>(steps[i], sum);
  }
}

// u1 G + u2 Q where every lane has a table.
template <class C>
Jacobian<FieldOf<C>> SumWithTables(const JobVector& vector, const Inputs<C>& in,
                                   const uint64_t* generator_table) {
  constexpr int kGeneratorDigits = NumDigits(C::kBits, C::kGeneratorWindow);
  Step steps[kGeneratorDigits + MaxKeyDigits<C>()] = {};
  WriteGeneratorDigits<C>(in, generator_table, steps);
  Step* const key_steps = steps + kGeneratorDigits;
  int num = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    const EcdsaJob& job = *vector.job[lane];
    const auto* const table = static_cast<const uint64_t*>(job.table);
    uint64_t words[C::kWords];
    in.u2.Get(lane, words);
    WriteDigits<C>(words, table, job.window_bits, NumMultiples(job.window_bits),
                   lane, key_steps);
    const int digits = NumDigits(C::kBits, job.window_bits);
    for (int i = digits; i < MaxKeyDigits<C>(); ++i) {
      key_steps[i].entry[lane] = table;  // read, but not used
    }
    if (digits > num) num = digits;
  }
  Jacobian<FieldOf<C>> sum = FromAffine(LoadStep<C>(steps[0]));
  AddSteps<C>(steps + 1, kGeneratorDigits - 1 + num, &sum);
  return sum;
}

// Q, 3 Q, 5 Q, ... 31 Q of each lane's key.
template <class C>
struct ColdTable {
  uint64_t entry[kLanes][NumMultiples(kColdWindow) * kEntryWords<C>];
};

// On the curve where 2 Q is affine (x and y times powers of its Z) the odd
// multiples take mixed additions, whose formula does not know the curve. False
// if a point was at infinity, as for no key of the curve.
template <class C>
bool BuildColdTable(const JobVector& vector, ColdTable<C>* table) {
  using F = FieldOf<C>;
  constexpr int kNum = NumMultiples(kColdWindow);
  const uint64_t* key[kLanes];
  uint64_t* entry[kNum][kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    key[lane] = static_cast<const uint64_t*>(vector.job[lane]->key);
    for (int i = 0; i < kNum; ++i) {
      entry[i][lane] = table->entry[lane] + i * kEntryWords<C>;
    }
  }
  const Affine<F> q = LoadEntries<C>(key);
  const Jacobian<F> two_q = Double(FromAffine(q));
  const Affine<F> step = {two_q.x, two_q.y};
  const Element<F> zz = Square(two_q.z);
  Jacobian<F> points[kNum];
  points[0] = {Mul(q.x, zz), Mul(q.y, Mul(zz, two_q.z)), One<F>()};
  for (int i = 1; i < kNum; ++i) points[i] = AddMixed(points[i - 1], step);
  Element<F> z[kNum], prefix[kNum];
  for (int i = 0; i < kNum; ++i) z[i] = Mul(points[i].z, two_q.z);
  return StoreAffine<C>(kNum, points, z, prefix, entry);
}

// u1 G + u2 Q from the keys alone.
template <class C>
bool SumFromKeys(const JobVector& vector, const Inputs<C>& in,
                 const uint64_t* generator_table, Jacobian<FieldOf<C>>* sum) {
  constexpr int kGeneratorDigits = NumDigits(C::kBits, C::kGeneratorWindow);
  constexpr int kKeyDigits = NumDigits(C::kBits, kColdWindow);
  ColdTable<C> table;
  if (!BuildColdTable<C>(vector, &table)) return false;
  Step key_steps[kKeyDigits] = {};
  Step generator_steps[kGeneratorDigits] = {};
  WriteGeneratorDigits<C>(in, generator_table, generator_steps);
  for (int lane = 0; lane < kLanes; ++lane) {
    uint64_t words[C::kWords];
    in.u2.Get(lane, words);
    WriteDigits<C>(words, table.entry[lane], kColdWindow, 0, lane, key_steps);
  }
  *sum = FromAffine(LoadStep<C>(key_steps[kKeyDigits - 1]));
  for (int i = kKeyDigits - 2; i >= 0; --i) {
    for (int k = 0; k < kColdWindow; ++k) *sum = Double(*sum);
    AddStep<C>(key_steps[i], sum);
  }
  AddSteps<C>(generator_steps, kGeneratorDigits, sum);
  return true;
}

// Lanes in which x = number * zz.
template <class C>
__mmask8 LanesEqual(const Element<FieldOf<C>>& x, const LaneWords<C>& number,
                    const Element<FieldOf<C>>& zz) {
  __m512i words[C::kWords];
  number.Load(words);
  return ZeroLanes(
      Canonical<FieldOf<C>>(MulSub(FieldFromWords<C>(words), zz, x)));
}

template <class C>
void VerifyVector(const JobVector& vector, const ScalarOf<C>& s_inverse,
                  const uint64_t* generator_table) {
  using F = FieldOf<C>;
  Inputs<C> in;
  ReadInputs<C>(vector, s_inverse, &in);
  Jacobian<F> sum;
  __mmask8 undecided = in.u1_is_zero, accepted = 0;
  if (vector.has_tables) {
    sum = SumWithTables<C>(vector, in, generator_table);
  } else if (!SumFromKeys<C>(vector, in, generator_table, &sum)) {
    undecided = 0xff;
  }
  if (undecided != 0xff) {
    undecided |= ZeroLanes(Canonical<F>(sum.z));
    const Element<F> zz = Square(sum.z);
    accepted = LanesEqual<C>(sum.x, in.r, zz);
    if (in.compares_r_plus_n != 0) {
      accepted |= LanesEqual<C>(sum.x, in.r_plus_n, zz);
    }
  }
  for (int lane = 0; lane < vector.num; ++lane) {
    LaneVerdict verdict = LaneVerdict::kRejected;
    if ((vector.in_range >> lane & 1) != 0) {
      if ((accepted >> lane & 1) != 0) verdict = LaneVerdict::kAccepted;
      if ((undecided >> lane & 1) != 0) verdict = LaneVerdict::kUndecided;
    }
    *vector.verdict[lane] = verdict;
  }
}

// Appends to `vectors` the jobs that have tables, or those that have none.
template <class C>
int CollectVectors(const EcdsaJob* jobs, int num, bool with_tables,
                   LaneVerdict* verdicts, JobVector* vectors) {
  int taken = 0;
  for (int i = 0; i < num; ++i) {
    if (HasTable<C>(jobs[i]) != with_tables) continue;
    JobVector* const vector = &vectors[taken / kLanes];
    vector->has_tables = with_tables;
    vector->num = taken % kLanes + 1;
    for (int lane = taken % kLanes; lane < kLanes; ++lane) {
      vector->job[lane] = &jobs[i];
      vector->verdict[lane] = &verdicts[i];
    }
    ++taken;
  }
  return (taken + kLanes - 1) / kLanes;
}

// Judges at most kLanes * kBlockVectors jobs.
template <class C>
void VerifyBlock(const EcdsaJob* jobs, int num, const uint64_t* generator_table,
                 LaneVerdict* verdicts) {
  JobVector vectors[kBlockVectors + 1];
  ScalarOf<C> s[kBlockVectors + 1], prefix[kBlockVectors + 1];
  int num_vectors = CollectVectors<C>(jobs, num, true, verdicts, vectors);
  num_vectors +=
      CollectVectors<C>(jobs, num, false, verdicts, vectors + num_vectors);
  for (int i = 0; i < num_vectors; ++i) s[i] = ReadS<C>(&vectors[i]);
  if (!InvertEach<OrderRing<C>>(num_vectors, s, prefix)) {
    for (int i = 0; i < num; ++i) verdicts[i] = LaneVerdict::kUndecided;
    return;
  }
  for (int i = 0; i < num_vectors; ++i) {
    VerifyVector<C>(vectors[i], s[i], generator_table);
  }
}

template <class C>
void Verify(const EcdsaJob* jobs, size_t num, LaneVerdict* verdicts) {
  const uint64_t* const generator_table = GeneratorTable<C>();
  constexpr size_t kBlock = kLanes * kBlockVectors;
  for (size_t done = 0; done < num; done += kBlock) {
    const size_t count = num - done < kBlock ? num - done : kBlock;
    if (generator_table != nullptr) {
      VerifyBlock<C>(jobs + done, static_cast<int>(count), generator_table,
                     verdicts + done);
      continue;
    }
    for (size_t i = 0; i < count; ++i) {
      verdicts[done + i] = LaneVerdict::kUndecided;
    }
  }
}

// The kernel's functions.

template <class C>
constexpr size_t kKeyBytes = (kEntryWords<C> * 8 + 63) / 64 * 64;

template <class C>
void PrepareKeyBytes(const uint8_t* x, const uint8_t* y, void* key) {
  uint64_t words[kKeyBytes<C> / 8] = {};
  WordsFromBytes<C::kWords>(x, C::kBytes, words);
  WordsFromBytes<C::kWords>(y, C::kBytes, words + C::kWords);
  std::memcpy(key, words, sizeof(words));
}

template <class C>
bool BuildTableBytes(const void* key, int window_bits, void* table) {
  return BuildTable<C>(static_cast<const uint64_t*>(key), window_bits,
                       static_cast<uint64_t*>(table));
}

template <class C>
constexpr EcdsaKernel MakeKernel() {
  EcdsaKernel kernel = {};
  kernel.name = "avx512ifma";
  kernel.coordinate_len = C::kBytes;
  kernel.num_lanes = kLanes;
  kernel.min_batch = 1;
  kernel.min_cold_batch = 1;
  kernel.window_sizes = C::kWindows;
  kernel.key_bytes = kKeyBytes<C>;
  kernel.table_bytes = TableBytes<C>;
  kernel.prepare_key = PrepareKeyBytes<C>;
  kernel.build_table = BuildTableBytes<C>;
  kernel.verify = Verify<C>;
  return kernel;
}
