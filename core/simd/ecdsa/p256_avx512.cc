// ECDSA verification on P-256, one signature per lane of AVX-512 IFMA.
//
// A signature (r, s) of digest z under Q is good when
//   X = (z/s) G + (r/s) Q,   X.x = r modulo n.
//
// Scalars. All 1/s of a block come from one inversion (Montgomery's trick,
// 1987); a bad s becomes 1 and its lane is rejected. A scalar k is made odd
// (n - k, and the point's sign turned) and written in windows of w bits with
// odd signed digits, sum d_i 2^(wi), |d_i| < 2^w: no digit is zero, and all
// lanes do the same number of additions whatever the scalars. k is odd and
// below 2^L, L = w * windows, so with c = (k >> 1) + 2^(L-1) and c_i the i-th
// window of c, d_i = 2 c_i - (2^w - 1); the highest digit is positive.
//
// Tables. Entry (i, j) is the affine point (2j+1) 2^(wi) Q: x and y below p in
// Montgomery form, each as four 64-bit words, 64 bytes together, window after
// window. Then u2*Q needs no doubling. The generator has one such table with
// large windows, made at the first use.
//
// Additions. Where a block is large enough, the points of each signature are
// added pairwise as affine points, over several rounds, each with one inversion
// for the whole block (a "tree"; 6 multiplications an addition). What is left
// is summed with mixed Jacobian additions (Hankerson, Menezes, Vanstone 2004,
// 8M + 3S). An exceptional addition (equal or opposite points, which only
// keys of known logarithm or crafted scalars can reach) leaves its lane
// undecided: in a tree its zero denominator is found and replaced by 1, so
// that it harms no other signature, and in Jacobian coordinates it makes
// Z = 0, which stays 0.
//
// The result is compared without a division: X.x = r * Z^2, or (r + n) * Z^2
// where r + n < p.
//
// Ranges: see p256_field_ifma.h; the bounds are in the types.
#include "core/simd/ecdsa/p256_avx512.h"

#include "core/simd/cpu_features.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "core/simd/ecdsa/p256_field_ifma.h"
#include "core/simd/ecdsa/p256_inverse.h"

#if defined(__clang__)
#pragma clang attribute push(                                   \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl," \
                          "avx512ifma,avx512vbmi,bmi2,adx"))),  \
    apply_to = function)
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC target( \
    "avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi,bmi2,adx")
// g++ 12 takes its own _mm512_undefined_epi32() for a mistake of ours.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace assay::simd {
namespace {

constexpr int kLanes = 8;
constexpr size_t kNumberLen = 32;
constexpr size_t kEntryBytes = 64;
constexpr int kWindowSizes[] = {4, 8, 10, 0};
// The window of the tables that are made for keys without one.
constexpr int kColdWindow = 4;
constexpr int kColdEntries = 1 << (kColdWindow - 1);
constexpr int kColdWindows = 64;
// 20 windows of 4096 entries: 5 MiB.
constexpr int kGeneratorWindow = 13;
constexpr int kGeneratorWindows = 20;
constexpr int kMaxKeyWindows = 64;
constexpr int kMaxPoints = kMaxKeyWindows + kGeneratorWindows;
// Groups of 8 signatures that share inversions.
constexpr int kMaxGroups = 16;
// Additions that share an inversion; the scratch memory has room for them.
constexpr int kMaxAdditions = 416;
// Sharing an inversion costs as much as it saves at about this many additions
// of 8 lanes.
constexpr int kMinAdditions = 24;

constexpr int64_t kOneLimbs[kFeLimbs] = {0x0000000000010, 0xf000000000000,
                                         0xfffffffffffff, 0xffeffffffffff,
                                         0x00000000fffff};
// R^2 and R^3 modulo p.
constexpr int64_t kR2Limbs[kFeLimbs] = {0x0000000000300, 0xffffffff00000,
                                        0xffffefffffffb, 0xfdfffffffffff,
                                        0x0000004ffffff};
constexpr int64_t kR3Limbs[kFeLimbs] = {0xfd0000000a000, 0xffffff7ffffff,
                                        0xfffcffffffedf, 0x100000005ffff,
                                        0x0000180000000};
// R, R^2 and R^3 modulo n.
constexpr int64_t kOrderR2Limbs[kFeLimbs] = {0x5cc0dea6dc3ba, 0x192a067d8a084,
                                             0xbec59615571bb, 0x1fc245b2392b6,
                                             0x0e12d9559d956};
constexpr int64_t kOrderR3Limbs[kFeLimbs] = {0x9617f757e3b0d, 0x73e9fd26776fc,
                                             0xe93f26238f08c, 0x4d513b9246ba5,
                                             0x0a54e7b437be6};
constexpr int64_t kPrimeMinusOrderLimbs[kFeLimbs] = {
    0x6353d039cdaae, 0x5358e8617b0c4, 0x0000000431905, 0, 0};

constexpr uint8_t kGeneratorX[kNumberLen] = {
    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6,
    0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb,
    0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96};
constexpr uint8_t kGeneratorY[kNumberLen] = {
    0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb,
    0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31,
    0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5};

constexpr int NumWindows(int window_bits) {
  return (256 + window_bits - 1) / window_bits;
}
constexpr size_t EntriesPerWindow(int window_bits) {
  return size_t{1} << (window_bits - 1);
}
constexpr size_t TableBytes(int window_bits) {
  return NumWindows(window_bits) * EntriesPerWindow(window_bits) * kEntryBytes;
}
static_assert(NumWindows(kGeneratorWindow) == kGeneratorWindows, "");
static_assert(NumWindows(kColdWindow) == kColdWindows, "");

// ------------------------------------------------------------ inversion

ASSAY_INLINE Canonical One() { return Constant(kOneLimbs); }

// The number in lane 0, below 2^260, as five words.
ASSAY_INLINE void FirstLane(const __m512i limb[kFeLimbs], uint64_t w[5]) {
  uint64_t l[kFeLimbs];
  for (int i = 0; i < kFeLimbs; ++i) {
    l[i] = static_cast<uint64_t>(
        _mm_cvtsi128_si64(_mm512_castsi512_si128(limb[i])));
  }
  w[0] = l[0] | l[1] << 52;
  w[1] = l[1] >> 12 | l[2] << 40;
  w[2] = l[2] >> 24 | l[3] << 28;
  w[3] = l[3] >> 36 | l[4] << 16;
  w[4] = l[4] >> 48;
}

// Subtracts the modulus until w[0..4) is below it.
void ReduceWords(const uint64_t modulus[4], uint64_t w[5]) {
  for (;;) {
    uint64_t difference[4];
    unsigned char borrow = 0;
    for (int i = 0; i < 4; ++i) {
      unsigned long long d;
      borrow = _subborrow_u64(borrow, w[i], modulus[i], &d);
      difference[i] = d;
    }
    if (w[4] < borrow) return;
    w[4] -= borrow;
    std::memcpy(w, difference, sizeof(difference));
  }
}

ASSAY_INLINE void BroadcastWords(const uint64_t w[4], __m512i limb[kFeLimbs]) {
  __m512i words[4];
  for (int i = 0; i < 4; ++i) words[i] = Broadcast(static_cast<int64_t>(w[i]));
  WordsToLimbs(words, limb);
}

// Every lane gets the value of the lane `Distance` further.
template <int Distance, class Number>
ASSAY_INLINE Number Rotate(const Number& a) {
  return {{_mm512_alignr_epi64(a.limb[0], a.limb[0], Distance),
           _mm512_alignr_epi64(a.limb[1], a.limb[1], Distance),
           _mm512_alignr_epi64(a.limb[2], a.limb[2], Distance),
           _mm512_alignr_epi64(a.limb[3], a.limb[3], Distance),
           _mm512_alignr_epi64(a.limb[4], a.limb[4], Distance)}};
}

// a bound that products of such values keep: 24 * 81 / 256 + 16 <= 24.
using Factor = Fe<24>;

// 1/x in all lanes of a Montgomery residue that is the same in all lanes.
Factor InvertBroadcast(const Factor& x) {
  uint64_t w[5], inverse[4];
  FirstLane(x.limb, w);
  ReduceWords(kP256Prime, w);
  P256InvertModPrime(w, inverse);
  Canonical r;
  BroadcastWords(inverse, r.limb);
  return Mul(r, Constant(kR3Limbs));  // (xR)^-1 * R^3 / R
}

Scalar InvertBroadcast(const Scalar& x) {
  uint64_t w[5], inverse[4];
  FirstLane(x.limb, w);
  ReduceWords(kP256Order, w);
  P256InvertModOrder(w, inverse);
  Scalar r;
  BroadcastWords(inverse, r.limb);
  return Mul(r, ScalarConstant(kOrderR3Limbs));
}

// 1/x in each lane; no lane may be 0. One inversion for all 8.
template <class Number>
ASSAY_INLINE Number InvertLanes(const Number& x) {
  const Number pairs = Mul(x, Rotate<4>(x));
  const Number quads = Mul(pairs, Rotate<2>(pairs));
  const Number all = Mul(quads, Rotate<1>(quads));
  const Number all_inverse = InvertBroadcast(all);
  const Number quads_inverse = Mul(all_inverse, Rotate<1>(quads));
  const Number pairs_inverse = Mul(quads_inverse, Rotate<2>(pairs));
  return Mul(pairs_inverse, Rotate<4>(x));
}

// ------------------------------------------------------- table entries

struct Affine {
  Canonical x, y;
};

// The entries at 8 addresses, one for each lane.
ASSAY_INLINE Affine LoadEntries(const uint64_t address[kLanes]) {
  Words8 rows;
  for (int lane = 0; lane < kLanes; ++lane) {
    rows.word[lane] =
        _mm512_loadu_si512(reinterpret_cast<const void*>(address[lane]));
  }
  const Words8 words = Transpose(rows);
  Affine entry;
  WordsToLimbs(words.word, entry.x.limb);
  WordsToLimbs(words.word + 4, entry.y.limb);
  return entry;
}

// Their x alone.
ASSAY_INLINE Canonical LoadEntriesX(const uint64_t address[kLanes]) {
  Words8 rows;
  for (int lane = 0; lane < kLanes; ++lane) {
    rows.word[lane] = _mm512_castsi256_si512(
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(address[lane])));
  }
  const Words8 words = Transpose(rows);
  Canonical x;
  WordsToLimbs(words.word, x.limb);
  return x;
}

// Writes the lanes of `lanes`.
ASSAY_INLINE void StoreEntries(const Canonical& x, const Canonical& y,
                               const uint64_t address[kLanes], __mmask8 lanes) {
  Words8 words;
  LimbsToWords(x.limb, words.word);
  LimbsToWords(y.limb, words.word + 4);
  const Words8 rows = Transpose(words);
  for (int lane = 0; lane < kLanes; ++lane) {
    if ((lanes >> lane & 1) == 0) continue;
    _mm512_storeu_si512(reinterpret_cast<void*>(address[lane]),
                        rows.word[lane]);
  }
}

// ----------------------------------------- affine additions, batched

// What an addition or doubling needs beside its denominator: the slope is
// numerator / denominator, and
//   x3 = slope^2 - x1 - x2, y3 = slope * (x1 - x3) - y1.
struct Line {
  Fe<131> numerator;
  Folded x1, x2;
  Sum<33, 33, 1> y1;
};
using Denominator = Fe<81>;

struct FoldedPoint {
  Folded x, y;
};

// What every job of up to 8 needs until its verdict.
struct Group {
  // The table entries to add, those of the key before the generator's, and the
  // lanes that subtract theirs.
  uint64_t address[kMaxPoints][kLanes];
  __mmask8 negative[kMaxPoints];
  Scalar s, s_inverse;  // In Montgomery form.
  Scalar u1, u2;
  Scalar digest;
  Scalar r;
  __mmask8 bad;        // r or s is out of range.
  __mmask8 undecided;  // An exceptional addition.
};

// Memory of one thread, too large for its stack.
struct Scratch {
  Denominator denominators[kMaxAdditions];
  Factor products[kMaxAdditions];
  FoldedPoint points[kMaxAdditions];
  Group groups[kMaxGroups];
  alignas(64) uint8_t
      cold_tables[kMaxGroups][kLanes][kColdEntries][kEntryBytes];
};

ASSAY_INLINE void MultiplyIn(const Denominator& d, int i, Factor* product,
                             Scratch* scratch) {
  scratch->products[i] = *product;
  *product = Mul(*product, d);
}

// Replaces zero denominators by 1 and multiplies again. `Source` is told.
template <class Source>
__attribute__((noinline)) void RemoveZeros(Source* source, Scratch* scratch,
                                           Factor product[2]) {
  product[0] = product[1] = One();
  for (int i = source->Size() - 1; i >= 0; --i) {
    Denominator* const d = &scratch->denominators[i];
    const __mmask8 zero = IsZero(*d);
    if (zero != 0) {
      source->SetExceptional(i, zero);
      *d = Select<81>(zero, One(), *d);
    }
    MultiplyIn(*d, i, &product[i & 1], scratch);
  }
}

ASSAY_INLINE FoldedPoint ThirdPoint(const Line& line, const Factor& inverse) {
  const Fe<29> slope = Mul(line.numerator, inverse);
  const Folded x3 = Fold(Square(slope) - line.x1 - line.x2);
  const Folded y3 = Fold(Product(slope, Carry(AsSum(line.x1) - x3)) - line.y1);
  return {x3, y3};
}

// All additions (or doublings) of `source`, at most kMaxAdditions, with one
// inversion. The source gives denominators from the last to the first, then
// lines from the first to the last, and takes each sum after its line and the
// next one's. Two chains of products, of even and odd index, keep two
// multiplications in flight.
template <class Source>
ASSAY_INLINE void AddAll(Source* source, Scratch* scratch) {
  const int size = source->Size();
  Factor product[2] = {One(), One()};
  int i = size;
  if ((size & 1) != 0) {
    --i;
    scratch->denominators[i] = source->LoadDenominator(i);
    MultiplyIn(scratch->denominators[i], i, &product[0], scratch);
  }
  while (i > 0) {
    i -= 2;
    const Denominator d1 = source->LoadDenominator(i + 1);
    const Denominator d0 = source->LoadDenominator(i);
    scratch->denominators[i + 1] = d1;
    scratch->denominators[i] = d0;
    MultiplyIn(d1, i + 1, &product[1], scratch);
    MultiplyIn(d0, i, &product[0], scratch);
  }
  if (IsZero<24>(Mul(product[0], product[1])) != 0) {
    RemoveZeros(source, scratch, product);
  }
  const Factor both = InvertLanes<Factor>(Mul(product[0], product[1]));
  Factor inverse0 = Mul(both, product[1]);
  Factor inverse1 = Mul(both, product[0]);
  for (; i + 1 < size; i += 2) {
    const Factor i0 = Mul(inverse0, scratch->products[i]);
    const Factor i1 = Mul(inverse1, scratch->products[i + 1]);
    inverse0 = Mul(inverse0, scratch->denominators[i]);
    inverse1 = Mul(inverse1, scratch->denominators[i + 1]);
    const FoldedPoint p0 = ThirdPoint(source->LoadLine(i), i0);
    const FoldedPoint p1 = ThirdPoint(source->LoadLine(i + 1), i1);
    source->Store(i, p0);
    source->Store(i + 1, p1);
  }
  if (i < size) {
    const Factor i0 = Mul(inverse0, scratch->products[i]);
    source->Store(i, ThirdPoint(source->LoadLine(i), i0));
  }
}

// ------------------------------------------------- Jacobian coordinates

// x = X/Z^2, y = Y/Z^3, Y = T or -T as the caller knows.
struct Jacobian {
  Folded x;
  Fe<48> t;
  Fe<53> z;
};

// Adds the affine point (x2, y2), or (x2, -y2) in the lanes of `negative`. If
// t was y1, it becomes -y3 and `negative` must be the complement of what it
// should be; if t was -y1, it becomes y3. So signs cost nothing:
//   r = t + S2 = S2 - y1,  y3 = r (V - x3) - y1 HHH = r (V - x3) + t HHH.
ASSAY_INLINE void AddMixed(const Folded& x2, const Folded& y2,
                           __mmask8 negative, Jacobian* p) {
  const auto zz = Sqr(p->z);
  const auto h = Carry(Product(x2, zz) - p->x);
  const auto zzz = Mul(p->z, zz);
  const auto hh = Sqr(h);
  const auto r = Carry(NegateIf(Product(y2, zzz), negative) + p->t);
  p->z = Mul(p->z, h);
  const auto hhh = Mul(h, hh);
  const auto v = Mul(p->x, hh);
  p->x = Fold(Square(r) - hhh - Twice(v));
  p->t = Carry(Product2(r, Carry(AsSum(v) - p->x), p->t, hhh));
}

// a = -3: alpha = 3 (x - z^2)(x + z^2), beta = x y^2, x3 = alpha^2 - 8 beta,
// y3 = alpha (4 beta - x3) - 8 y^4, z3 = 2 y z. The sign of t stays.
ASSAY_INLINE void Double(Jacobian* p) {
  const auto delta = Sqr(p->z);
  const auto gamma = Sqr(p->t);
  const auto alpha = Carry(
      Thrice(Product(Carry(AsSum(p->x) - delta), Carry(AsSum(p->x) + delta))));
  const auto beta4 = Carry(FourTimes(Carry(Product(p->x, gamma))));
  const auto gamma2 = Carry(Twice(gamma));
  p->z = Carry(Twice(Product(p->t, p->z)));
  p->x = Fold(Square(alpha) - Twice(beta4));
  p->t =
      Fold(Product(alpha, Carry(AsSum(beta4) - p->x)) - Twice(Square(gamma2)));
}

// The sum of `count` points; the sign of t is lost. `Points` loads the i-th:
// x, y and the lanes that subtract it.
template <class Points>
ASSAY_INLINE Jacobian SumOf(const Points& points, int count) {
  Folded x, y;
  __mmask8 negative;
  points.Load(0, &x, &y, &negative);
  Jacobian sum;
  sum.x = x;
  // t = y of the point with its own sign.
  sum.t = Fold(NegateIf(AsSum(y), negative));
  sum.z = One();
  // Whether t is y, not -y.
  __mmask8 t_is_y = 0xff;
  for (int i = 1; i < count; ++i) {
    points.Load(i, &x, &y, &negative);
    AddMixed(x, y, negative ^ t_is_y, &sum);
    t_is_y = static_cast<__mmask8>(~t_is_y);
  }
  return sum;
}

// The points of a group, from the tables.
struct TablePoints {
  const Group* group;
  ASSAY_INLINE void Load(int i, Folded* x, Folded* y,
                         __mmask8* negative) const {
    const Affine entry = LoadEntries(group->address[i]);
    *x = entry.x;
    *y = entry.y;
    *negative = group->negative[i];
  }
};

// The points that the tree has left.
struct TreePoints {
  const FoldedPoint* points;
  ASSAY_INLINE void Load(int i, Folded* x, Folded* y,
                         __mmask8* negative) const {
    *x = points[i].x;
    *y = points[i].y;
    *negative = 0;
  }
};

// The first round of a tree: pairs of table entries.
struct TablePairs {
  Group* groups;
  int num_groups;
  int num_pairs;  // of each group
  FoldedPoint* sums;

  int Size() const { return num_groups * num_pairs; }
  ASSAY_INLINE Denominator LoadDenominator(int i) const {
    const Group& group = groups[i / num_pairs];
    const int first = i % num_pairs * 2;
    return Carry(AsSum(LoadEntriesX(group.address[first + 1])) -
                 LoadEntriesX(group.address[first]));
  }
  ASSAY_INLINE Line LoadLine(int i) const {
    const Group& group = groups[i / num_pairs];
    const int first = i % num_pairs * 2;
    const Affine p1 = LoadEntries(group.address[first]);
    const Affine p2 = LoadEntries(group.address[first + 1]);
    const auto y1 = NegateIf(AsSum(p1.y), group.negative[first]);
    const auto y2 = NegateIf(AsSum(p2.y), group.negative[first + 1]);
    return {Carry(y2 - y1), p1.x, p2.x, Widen(y1)};
  }
  ASSAY_INLINE void Store(int i, const FoldedPoint& sum) const {
    sums[i] = sum;
  }
  void SetExceptional(int i, __mmask8 lanes) const {
    groups[i / num_pairs].undecided |= lanes;
  }
};

// A further round: of each group's `count` points, pairs are added in place,
// and the groups move together. An odd last point is kept as it is. A sum is
// written below all points that are still to be read.
struct TreePairs {
  Group* groups;
  int num_groups;
  int count;
  FoldedPoint* points;

  int NumPairs() const { return count / 2; }
  int Size() const { return num_groups * NumPairs(); }
  int First(int i) const { return i / NumPairs() * count + i % NumPairs() * 2; }
  ASSAY_INLINE Denominator LoadDenominator(int i) const {
    const FoldedPoint* const p = points + First(i);
    return Carry(AsSum(p[1].x) - p[0].x);
  }
  ASSAY_INLINE Line LoadLine(int i) const {
    const FoldedPoint* const p = points + First(i);
    return {Carry(AsSum(p[1].y) - p[0].y), p[0].x, p[1].x,
            Widen(AsSum(p[0].y))};
  }
  ASSAY_INLINE void Store(int i, const FoldedPoint& sum) const {
    const int group = i / NumPairs(), pair = i % NumPairs();
    FoldedPoint* const to = points + group * (count - NumPairs()) + pair;
    const FoldedPoint* const last = points + (group + 1) * count - 1;
    to[0] = sum;
    if (count % 2 != 0 && pair == NumPairs() - 1) to[1] = *last;
  }
  void SetExceptional(int i, __mmask8 lanes) const {
    groups[i / NumPairs()].undecided |= lanes;
  }
};

// --------------------------------------------------------------- scalars

// 8 pairs of 32 bytes, big-endian, to words 0-3 and 4-7.
ASSAY_INLINE Words8 LoadBigEndian(const uint8_t* const low[kLanes],
                                  const uint8_t* const high[kLanes]) {
  const __m512i reversal = _mm512_set_epi64(
      0x2021222324252627, 0x28292a2b2c2d2e2f, 0x3031323334353637,
      0x38393a3b3c3d3e3f, 0x0001020304050607, 0x08090a0b0c0d0e0f,
      0x1011121314151617, 0x18191a1b1c1d1e1f);
  Words8 rows;
  for (int lane = 0; lane < kLanes; ++lane) {
    const __m512i bytes = _mm512_inserti64x4(
        _mm512_castsi256_si512(
            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(low[lane]))),
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(high[lane])), 1);
    rows.word[lane] = _mm512_permutexvar_epi8(reversal, bytes);
  }
  return Transpose(rows);
}

ASSAY_INLINE Scalar ToScalar(const __m512i words[4]) {
  Scalar a;
  WordsToLimbs(words, a.limb);
  return a;
}

ASSAY_INLINE Scalar PlainOne() {
  constexpr int64_t kLimbs[kFeLimbs] = {1, 0, 0, 0, 0};
  return ScalarConstant(kLimbs);
}

// Reads r, s and the digest of 8 jobs; a bad r or s becomes 1.
ASSAY_INLINE void LoadNumbers(const EcdsaJob* const jobs[kLanes],
                              Group* group) {
  const uint8_t *r[kLanes], *s[kLanes], *digest[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    r[lane] = jobs[lane]->r;
    s[lane] = jobs[lane]->s;
    digest[lane] = jobs[lane]->digest;
  }
  const Words8 rs = LoadBigEndian(r, s);
  const Words8 z = LoadBigEndian(digest, digest);
  const Scalar r_in = ToScalar(rs.word);
  const Scalar s_in = ToScalar(rs.word + 4);
  const __mmask8 good =
      static_cast<__mmask8>(IsBelowOrder(r_in) & IsBelowOrder(s_in) &
                            ~IsZeroScalar(r_in) & ~IsZeroScalar(s_in));
  group->bad = static_cast<__mmask8>(~good);
  group->undecided = 0;
  group->r = SelectScalar(good, r_in, PlainOne());
  group->s =
      Mul(SelectScalar(good, s_in, PlainOne()), ScalarConstant(kOrderR2Limbs));
  group->digest = ToScalar(z.word);
}

// Montgomery's trick over all lanes of all groups: s_inverse = 1/s.
void InvertAll(Group* groups, int num_groups) {
  Scalar product = groups[0].s;
  for (int i = 1; i < num_groups; ++i) {
    groups[i].s_inverse = product;
    product = Mul(product, groups[i].s);
  }
  Scalar inverse = InvertLanes(product);
  for (int i = num_groups - 1; i > 0; --i) {
    groups[i].s_inverse = Mul(inverse, groups[i].s_inverse);
    inverse = Mul(inverse, groups[i].s);
  }
  groups[0].s_inverse = inverse;
}

// A scalar in the form from which digits are cut: (k >> 1) in words, k odd.
struct OddScalar {
  __m512i word[5];    // The last one is 0.
  __mmask8 negative;  // The lanes where it stands for -k.
};

ASSAY_INLINE OddScalar MakeOdd(const Scalar& u) {
  OddScalar odd;
  odd.negative = _mm512_testn_epi64_mask(u.limb[0], Broadcast(1));
  const Scalar k = NegateScalarIf(odd.negative, u);
  __m512i w[4];
  LimbsToWords(k.limb, w);
  for (int i = 0; i < 3; ++i) {
    odd.word[i] = _mm512_or_si512(_mm512_srli_epi64(w[i], 1),
                                  _mm512_slli_epi64(w[i + 1], 63));
  }
  odd.word[3] = _mm512_srli_epi64(w[3], 1);
  odd.word[4] = _mm512_setzero_si512();
  return odd;
}

// Looks all digits up: `base` is each lane's table, whose windows lie
// `window_stride` bytes apart.
ASSAY_INLINE void PlanDigits(const OddScalar& k, int window_bits,
                             int num_windows, __m512i base,
                             int64_t window_stride, uint64_t (*address)[kLanes],
                             __mmask8* negative) {
  const __m512i top_bit = Broadcast(int64_t{1} << (window_bits - 1));
  const __m512i low_bits = Sub(top_bit, Broadcast(1));
  const __m512i stride = Broadcast(window_stride);
  for (int i = 0; i < num_windows; ++i) {
    const int word = i * window_bits / 64, shift = i * window_bits % 64;
    __m512i digit = _mm512_or_si512(
        _mm512_srlv_epi64(k.word[word], Broadcast(shift)),
        _mm512_sllv_epi64(k.word[word + 1], Broadcast(64 - shift)));
    if (i == num_windows - 1) digit = _mm512_or_si512(digit, top_bit);
    const __mmask8 below = _mm512_testn_epi64_mask(digit, top_bit);
    // c - 2^(w-1), or 2^(w-1) - 1 - c where that is negative.
    const __m512i index = _mm512_and_si512(
        low_bits, _mm512_mask_xor_epi64(digit, below, digit, low_bits));
    _mm512_storeu_si512(address[i], Add(base, _mm512_slli_epi64(index, 6)));
    negative[i] = below ^ k.negative;
    base = Add(base, stride);
    for (int lane = 0; lane < kLanes; ++lane) {
      _mm_prefetch(reinterpret_cast<const char*>(address[i][lane]),
                   _MM_HINT_T0);
    }
  }
}

ASSAY_INLINE __m512i LoadAddresses(const uint64_t address[kLanes]) {
  return _mm512_loadu_si512(address);
}

uint64_t AddressOf(const void* p) { return reinterpret_cast<uint64_t>(p); }

// u1 = z/s and u2 = r/s, and the entries that they add up. A lane whose u1 is
// 0 would have to skip the generator: BoringSSL does that.
ASSAY_INLINE void PlanGroup(const uint64_t key_table[kLanes], int window_bits,
                            int64_t window_stride,
                            const uint8_t* generator_table, Group* group) {
  const Scalar u1 = CanonicalizeScalar(Mul(group->digest, group->s_inverse));
  const Scalar u2 = CanonicalizeScalar(Mul(group->r, group->s_inverse));
  group->undecided |= IsZeroScalar(u1);
  const int num_windows = NumWindows(window_bits);
  PlanDigits(MakeOdd(u2), window_bits, num_windows, LoadAddresses(key_table),
             window_stride, group->address, group->negative);
  PlanDigits(
      MakeOdd(u1), kGeneratorWindow, kGeneratorWindows,
      Broadcast(static_cast<int64_t>(AddressOf(generator_table))),
      static_cast<int64_t>(EntriesPerWindow(kGeneratorWindow) * kEntryBytes),
      group->address + num_windows, group->negative + num_windows);
}

// -------------------------------------------------------------- verdicts

struct Verdicts {
  __mmask8 accepted, undecided;
};

// r + n, where that is below p; the other lanes are not in `*lanes`.
ASSAY_INLINE Canonical SecondCandidate(const Scalar& r, __mmask8* lanes) {
  Canonical sum;
  __m512i l[kFeLimbs];
  for (int i = 0; i < kFeLimbs; ++i) {
    l[i] = Sub(r.limb[i], Broadcast(kPrimeMinusOrderLimbs[i]));
    sum.limb[i] = Add(r.limb[i], Broadcast(kOrderLimbs[i]));
  }
  CarryChain(l);
  *lanes = _mm512_movepi64_mask(l[4]);  // r < p - n
  CarryChain(sum.limb);
  return sum;
}

// Whether `sum`'s x is r modulo n.
ASSAY_INLINE Verdicts Judge(const Jacobian& sum, const Group& group) {
  const Canonical r = {{group.r.limb[0], group.r.limb[1], group.r.limb[2],
                        group.r.limb[3], group.r.limb[4]}};
  // The factor R^2 turns a plain number into Montgomery form.
  const auto zz = Mul(Sqr(sum.z), Constant(kR2Limbs));
  __mmask8 equal = IsZero(Carry(Product(r, zz) - sum.x));
  __mmask8 has_second;
  const Canonical second = SecondCandidate(group.r, &has_second);
  if (has_second != 0) {
    equal |= has_second & IsZero(Carry(Product(second, zz) - sum.x));
  }
  Verdicts verdicts;
  verdicts.undecided = (group.undecided | IsZero(sum.z)) & ~group.bad;
  verdicts.accepted = equal & ~verdicts.undecided & ~group.bad;
  return verdicts;
}

// ---------------------------------------------------------------- tables

// Affine form of count Jacobian points whose t is y; no z may be 0.
struct Doublings {
  Jacobian point[kMaxAdditions / 8];
};
static_assert(sizeof(Doublings::point) / sizeof(Jacobian) >= 40, "");

void ToAffine(const Jacobian* points, int count, FoldedPoint* out) {
  // out[i].x is the product of the z before until its own is written.
  Factor products[sizeof(Doublings::point) / sizeof(Jacobian)];
  Fe<53> product = One();
  for (int i = 0; i < count; ++i) {
    products[i] = Mul(product, One());
    product = Mul(product, points[i].z);
  }
  Factor inverse = InvertLanes<Factor>(Mul(product, One()));
  for (int i = count - 1; i >= 0; --i) {
    const auto z_inverse = Mul(inverse, products[i]);
    const auto square = Sqr(z_inverse);
    out[i].x = Mul(points[i].x, square);
    out[i].y = Mul(points[i].t, Mul(square, z_inverse));
    inverse = Mul(inverse, points[i].z);
  }
}

// A lane-wise copy of one point.
ASSAY_INLINE void BlendPoint(__mmask8 lanes, const Jacobian& from,
                             Jacobian* to) {
  to->x = Select(lanes, from.x, to->x);
  to->t = Select(lanes, from.t, to->t);
  to->z = Select(lanes, from.z, to->z);
}

// Makes the table of one key. Lane l of vector v works on window 8v + l; lanes
// beyond the last window repeat the vector's first.
struct TableBuilder {
  int window_bits;
  uint8_t* table;
  Scratch* scratch;
  Doublings jacobian;
  // 2^j * base of every window: [v * window_bits + j].
  FoldedPoint multiples[sizeof(Doublings::point) / sizeof(Jacobian)];
  // The additions at hand: entries first..first+size of round `round`, counted
  // through all vectors.
  int round, first, size;
  bool exceptional;

  int NumVectors() const { return (NumWindows(window_bits) + 7) / 8; }
  int RoundEntries() const { return 1 << (round - 1); }

  void SetAddresses(int vector, int entry, uint64_t address[kLanes]) const {
    for (int lane = 0; lane < kLanes; ++lane) {
      int window = vector * kLanes + lane;
      if (window >= NumWindows(window_bits)) window = vector * kLanes;
      address[lane] =
          AddressOf(table + (window * EntriesPerWindow(window_bits) + entry) *
                                kEntryBytes);
    }
  }
  __mmask8 RealLanes(int vector) const {
    const int left = NumWindows(window_bits) - vector * kLanes;
    return left >= kLanes ? 0xff : static_cast<__mmask8>((1 << left) - 1);
  }
  int Vector(int i) const { return (first + i) / RoundEntries(); }
  int Entry(int i) const { return (first + i) % RoundEntries(); }
  ASSAY_INLINE void StoreEntry(int vector, int entry, const Folded& x,
                               const Folded& y) const {
    uint64_t address[kLanes];
    SetAddresses(vector, entry, address);
    StoreEntries(Canonicalize(x), Canonicalize(y), address, RealLanes(vector));
  }

  // For AddAll: entry e plus 2^round * base is entry e + 2^(round-1).
  int Size() const { return size; }
  ASSAY_INLINE Denominator LoadDenominator(int i) const {
    uint64_t address[kLanes];
    SetAddresses(Vector(i), Entry(i), address);
    return Carry(AsSum(multiples[Vector(i) * window_bits + round].x) -
                 LoadEntriesX(address));
  }
  ASSAY_INLINE Line LoadLine(int i) const {
    uint64_t address[kLanes];
    SetAddresses(Vector(i), Entry(i), address);
    const Affine p1 = LoadEntries(address);
    const FoldedPoint& p2 = multiples[Vector(i) * window_bits + round];
    return {Carry(AsSum(p2.y) - p1.y), p1.x, p2.x, Widen(AsSum(p1.y))};
  }
  ASSAY_INLINE void Store(int i, const FoldedPoint& sum) const {
    StoreEntry(Vector(i), Entry(i) + RoundEntries(), sum.x, sum.y);
  }
  void SetExceptional(int, __mmask8) { exceptional = true; }

  // The doublings of the key, each into the lane of its window.
  void DoubleKey(const uint64_t key[kLanes]) {
    const Affine q = LoadEntries(key);
    Jacobian p;
    p.x = q.x;
    p.t = q.y;
    p.z = One();
    for (int window = 0; window < NumWindows(window_bits); ++window) {
      for (int j = 0; j < window_bits; ++j) {
        const int lane = window % kLanes;
        BlendPoint(static_cast<__mmask8>(0xff << lane), p,
                   &jacobian.point[window / kLanes * window_bits + j]);
        Double(&p);
      }
    }
    ToAffine(jacobian.point, NumVectors() * window_bits, multiples);
  }

  void AddRound() {
    const int total = NumVectors() * RoundEntries();
    for (first = 0; first < total; first += size) {
      size = total - first < kMaxAdditions ? total - first : kMaxAdditions;
      AddAll(this, scratch);
    }
  }

  bool Build(const void* key) {
    uint64_t keys[kLanes];
    for (uint64_t& address : keys) address = AddressOf(key);
    DoubleKey(keys);
    for (int v = 0; v < NumVectors(); ++v) {
      const FoldedPoint& base = multiples[v * window_bits];
      StoreEntry(v, 0, base.x, base.y);
    }
    exceptional = false;
    for (round = 1; round < window_bits; ++round) AddRound();
    return !exceptional;
  }
};

// The tables that a block of keys without tables needs: (2j+1) Q, j < 8, one
// window for each lane.
struct ColdTables {
  // Which multiple of which others; a point and itself are a doubling.
  struct Step {
    int from1, from2, to;
  };
  // Point j < 8 is (2j+1) Q; points 8, 9, 10 are 2Q, 4Q, 8Q.
  static constexpr int kPoints = 11;
  static constexpr Step kSteps[] = {
      {0, 0, 8},                                       // first round
      {0, 8, 1},  {8, 8, 9},                           // second
      {0, 9, 2},  {1, 9, 3},  {9, 9, 10},              // third
      {0, 10, 4}, {1, 10, 5}, {2, 10, 6}, {3, 10, 7},  // fourth
  };
  static constexpr int kRoundStarts[] = {0, 1, 3, 6, 10};

  Group* groups;
  int num_groups;
  FoldedPoint* points;  // [group * kPoints + point]
  int first, num_steps;

  int Size() const { return num_groups * num_steps; }
  const Step& StepOf(int i) const { return kSteps[first + i % num_steps]; }
  FoldedPoint* PointsOf(int i) const {
    return points + i / num_steps * kPoints;
  }
  ASSAY_INLINE Denominator LoadDenominator(int i) const {
    const Step& step = StepOf(i);
    const FoldedPoint& p1 = PointsOf(i)[step.from1];
    const FoldedPoint& p2 = PointsOf(i)[step.from2];
    if (step.from1 == step.from2) return Carry(Twice(p1.y));
    return Carry(AsSum(p2.x) - p1.x);
  }
  ASSAY_INLINE Line LoadLine(int i) const {
    const Step& step = StepOf(i);
    const FoldedPoint& p1 = PointsOf(i)[step.from1];
    const FoldedPoint& p2 = PointsOf(i)[step.from2];
    Line line = {Carry(AsSum(p2.y) - p1.y), p1.x, p2.x, Widen(AsSum(p1.y))};
    if (step.from1 == step.from2) {  // 3 (x^2 - 1) / 2y
      line.numerator = Carry(Thrice(Square(p1.x) - One()));
    }
    return line;
  }
  ASSAY_INLINE void Store(int i, const FoldedPoint& sum) const {
    PointsOf(i)[StepOf(i).to] = sum;
  }
  void SetExceptional(int i, __mmask8 lanes) const {
    groups[i / num_steps].undecided |= lanes;
  }
};
constexpr ColdTables::Step ColdTables::kSteps[];
constexpr int ColdTables::kRoundStarts[];

static_assert(kMaxGroups * ColdTables::kPoints <= kMaxAdditions, "");

void BuildColdTables(const uint64_t (*keys)[kLanes], int num_groups,
                     Scratch* scratch) {
  ColdTables tables = {scratch->groups, num_groups, scratch->points, 0, 0};
  for (int g = 0; g < num_groups; ++g) {
    const Affine q = LoadEntries(keys[g]);
    tables.points[g * ColdTables::kPoints] = {q.x, q.y};
  }
  for (int round = 0; round < 4; ++round) {
    tables.first = ColdTables::kRoundStarts[round];
    tables.num_steps = ColdTables::kRoundStarts[round + 1] - tables.first;
    AddAll(&tables, scratch);
  }
  for (int g = 0; g < num_groups; ++g) {
    for (int j = 0; j < kColdEntries; ++j) {
      uint64_t address[kLanes];
      for (int lane = 0; lane < kLanes; ++lane) {
        address[lane] = AddressOf(scratch->cold_tables[g][lane][j]);
      }
      const FoldedPoint& p = tables.points[g * ColdTables::kPoints + j];
      StoreEntries(Canonicalize(p.x), Canonicalize(p.y), address, 0xff);
    }
  }
}

// Horner's rule over the key's windows, then the generator's points.
ASSAY_INLINE Jacobian SumCold(const Group& group) {
  const TablePoints points = {&group};
  Folded x, y;
  __mmask8 negative;
  points.Load(kColdWindows - 1, &x, &y, &negative);
  Jacobian sum;
  sum.x = x;
  sum.t = Fold(NegateIf(AsSum(y), negative));
  sum.z = One();
  __mmask8 t_is_y = 0xff;
  for (int i = kColdWindows - 2; i != kColdWindows - 1;) {
    if (i < kColdWindows) {
      for (int j = 0; j < kColdWindow; ++j) Double(&sum);
    }
    points.Load(i, &x, &y, &negative);
    AddMixed(x, y, negative ^ t_is_y, &sum);
    t_is_y = static_cast<__mmask8>(~t_is_y);
    // After window 0 come the generator's points, the last one first.
    if (i == 0) i = kColdWindows + kGeneratorWindows;
    --i;
  }
  return sum;
}

// ---------------------------------------------------------------- blocks

// Jobs that are judged together: all with tables of the same window, or all
// without.
struct Block {
  const EcdsaJob* job[kMaxGroups * kLanes];
  LaneVerdict* verdict[kMaxGroups * kLanes];
  int size;
  int window_bits;  // 0: no tables

  int NumGroups() const { return (size + kLanes - 1) / kLanes; }
  // Lanes beyond the last job repeat it.
  const EcdsaJob& JobOfLane(int group, int lane) const {
    const int i = group * kLanes + lane;
    return *job[i < size ? i : size - 1];
  }
};

// The most jobs of such a block; no more additions than the scratch holds.
int MaxBlockSize(int window_bits) {
  if (window_bits == 0) return kMaxGroups * kLanes;
  const int pairs = (NumWindows(window_bits) + kGeneratorWindows) / 2;
  const int groups = kMaxAdditions / pairs;
  return (groups < kMaxGroups ? groups : kMaxGroups) * kLanes;
}

void WriteVerdicts(const Block& block, int group, const Verdicts& verdicts) {
  for (int lane = 0; lane < kLanes; ++lane) {
    const int i = group * kLanes + lane;
    if (i >= block.size) return;
    *block.verdict[i] =
        (verdicts.undecided >> lane & 1) != 0  ? LaneVerdict::kUndecided
        : (verdicts.accepted >> lane & 1) != 0 ? LaneVerdict::kAccepted
                                               : LaneVerdict::kRejected;
  }
}

// Adds pairs while that is worth an inversion. Returns how many points are
// left of each group in scratch->points, or 0: all, in the tables.
int AddInTrees(int num_groups, int count, Scratch* scratch) {
  if (num_groups * (count / 2) < kMinAdditions) return 0;
  TablePairs table_pairs = {scratch->groups, num_groups, count / 2,
                            scratch->points};
  AddAll(&table_pairs, scratch);
  count /= 2;
  while (num_groups * (count / 2) >= kMinAdditions) {
    TreePairs pairs = {scratch->groups, num_groups, count, scratch->points};
    AddAll(&pairs, scratch);
    count -= count / 2;
  }
  return count;
}

void JudgeHot(const Block& block, Scratch* scratch) {
  const int all = NumWindows(block.window_bits) + kGeneratorWindows;
  const int left = AddInTrees(block.NumGroups(), all, scratch);
  for (int g = 0; g < block.NumGroups(); ++g) {
    const Group& group = scratch->groups[g];
    const Jacobian sum =
        left == 0 ? SumOf(TablePoints{&group}, all)
                  : SumOf(TreePoints{scratch->points + g * left}, left);
    WriteVerdicts(block, g, Judge(sum, group));
  }
}

void JudgeCold(const Block& block, Scratch* scratch) {
  uint64_t keys[kMaxGroups][kLanes];
  for (int g = 0; g < block.NumGroups(); ++g) {
    for (int lane = 0; lane < kLanes; ++lane) {
      keys[g][lane] = AddressOf(block.JobOfLane(g, lane).key);
    }
  }
  BuildColdTables(keys, block.NumGroups(), scratch);
  for (int g = 0; g < block.NumGroups(); ++g) {
    const Group& group = scratch->groups[g];
    WriteVerdicts(block, g, Judge(SumCold(group), group));
  }
}

void PlanBlock(const Block& block, const uint8_t* generator_table,
               Scratch* scratch) {
  const int num_groups = block.NumGroups();
  for (int g = 0; g < num_groups; ++g) {
    const EcdsaJob* jobs[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      jobs[lane] = &block.JobOfLane(g, lane);
    }
    LoadNumbers(jobs, &scratch->groups[g]);
  }
  InvertAll(scratch->groups, num_groups);
  const bool cold = block.window_bits == 0;
  const int window_bits = cold ? kColdWindow : block.window_bits;
  const int64_t stride =
      cold ? 0
           : static_cast<int64_t>(EntriesPerWindow(window_bits) * kEntryBytes);
  for (int g = 0; g < num_groups; ++g) {
    uint64_t tables[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      tables[lane] = AddressOf(cold ? &scratch->cold_tables[g][lane]
                                    : block.JobOfLane(g, lane).table);
    }
    PlanGroup(tables, window_bits, stride, generator_table,
              &scratch->groups[g]);
  }
}

void JudgeBlock(const Block& block, const uint8_t* generator_table,
                Scratch* scratch) {
  if (block.size == 0) return;
  PlanBlock(block, generator_table, scratch);
  if (block.window_bits == 0) return JudgeCold(block, scratch);
  JudgeHot(block, scratch);
}

// ---------------------------------------------------------------- memory

// One thread's scratch memory, from its first use to the thread's end.
struct ScratchOwner {
  void* memory = nullptr;
  ~ScratchOwner() { std::free(memory); }
};
thread_local ScratchOwner scratch_owner;

Scratch* ThreadScratch() {
  if (scratch_owner.memory == nullptr) {
    scratch_owner.memory =
        std::aligned_alloc(alignof(Scratch), sizeof(Scratch));
  }
  return static_cast<Scratch*>(scratch_owner.memory);
}

// ---------------------------------------------------------- the contract

// x and y to Montgomery form, packed as a table entry.
void PrepareKey(const uint8_t* x, const uint8_t* y, void* key) {
  const uint8_t *xs[kLanes], *ys[kLanes];
  uint64_t address[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    xs[lane] = x;
    ys[lane] = y;
    address[lane] = AddressOf(key);
  }
  const Words8 words = LoadBigEndian(xs, ys);
  Canonical plain_x, plain_y;
  WordsToLimbs(words.word, plain_x.limb);
  WordsToLimbs(words.word + 4, plain_y.limb);
  const Folded mont_x = Mul(plain_x, Constant(kR2Limbs));
  const Folded mont_y = Mul(plain_y, Constant(kR2Limbs));
  StoreEntries(Canonicalize(mont_x), Canonicalize(mont_y), address, 1);
}

bool BuildTableOf(const void* key, int window_bits, uint8_t* table) {
  Scratch* const scratch = ThreadScratch();
  if (scratch == nullptr) return false;
  TableBuilder* const builder = static_cast<TableBuilder*>(
      std::aligned_alloc(alignof(TableBuilder), sizeof(TableBuilder)));
  if (builder == nullptr) return false;
  builder->window_bits = window_bits;
  builder->table = table;
  builder->scratch = scratch;
  const bool built = builder->Build(key);
  std::free(builder);
  return built;
}

bool IsWindowSize(int window_bits) {
  for (const int size : kWindowSizes) {
    if (size == window_bits) return window_bits != 0;
  }
  return false;
}

bool BuildTable(const void* key, int window_bits, void* table) {
  return IsWindowSize(window_bits) &&
         BuildTableOf(key, window_bits, static_cast<uint8_t*>(table));
}

// The generator's table, never freed; null if there was no memory.
const uint8_t* MakeGeneratorTable() {
  constexpr size_t kHugePage = size_t{2} << 20;
  const size_t size =
      (TableBytes(kGeneratorWindow) + kHugePage - 1) / kHugePage * kHugePage;
  void* const table = std::aligned_alloc(kHugePage, size);
  if (table == nullptr) return nullptr;
#if defined(MADV_HUGEPAGE)
  madvise(table, size, MADV_HUGEPAGE);
#endif
  alignas(64) uint8_t generator[kEntryBytes];
  PrepareKey(kGeneratorX, kGeneratorY, generator);
  if (!BuildTableOf(generator, kGeneratorWindow,
                    static_cast<uint8_t*>(table))) {
    return nullptr;
  }
  return static_cast<const uint8_t*>(table);
}

const uint8_t* GeneratorTable() {
  static const uint8_t* const table = MakeGeneratorTable();
  return table;
}

// Sorts the jobs by their windows into blocks, which are judged when full.
void Verify(const EcdsaJob* jobs, size_t num, LaneVerdict* verdicts) {
  Scratch* const scratch = ThreadScratch();
  const uint8_t* const generator_table = GeneratorTable();
  constexpr int kKinds = 4;
  constexpr int kKindBits[kKinds] = {0, kWindowSizes[0], kWindowSizes[1],
                                     kWindowSizes[2]};
  Block blocks[kKinds];
  for (int kind = 0; kind < kKinds; ++kind) {
    blocks[kind].size = 0;
    blocks[kind].window_bits = kKindBits[kind];
  }
  for (size_t i = 0; i < num; ++i) {
    verdicts[i] = LaneVerdict::kUndecided;
    if (scratch == nullptr || generator_table == nullptr) continue;
    const int bits = jobs[i].table == nullptr ? 0 : jobs[i].window_bits;
    for (Block& block : blocks) {
      if (block.window_bits != bits ||
          (bits == 0 && jobs[i].table != nullptr)) {
        continue;
      }
      block.job[block.size] = &jobs[i];
      block.verdict[block.size] = &verdicts[i];
      if (++block.size == MaxBlockSize(bits)) {
        JudgeBlock(block, generator_table, scratch);
        block.size = 0;
      }
    }
  }
  for (const Block& block : blocks) {
    JudgeBlock(block, generator_table, scratch);
  }
}

size_t TableBytesOf(int window_bits) {
  return IsWindowSize(window_bits) ? TableBytes(window_bits) : 0;
}

constexpr EcdsaKernel kKernel = {
    "avx512ifma", kNumberLen,   kLanes,     1,          2,     kWindowSizes,
    kEntryBytes,  TableBytesOf, PrepareKey, BuildTable, Verify};

}  // namespace

}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC diagnostic pop
#pragma GCC pop_options
#endif

#endif  // defined(__x86_64__)

namespace assay::simd {

const EcdsaKernel* P256Avx512Kernel() {
#if defined(__x86_64__)
  if (UsableCpuFeatures().avx512_ifma) return &kKernel;
#endif
  return nullptr;
}

}  // namespace assay::simd
