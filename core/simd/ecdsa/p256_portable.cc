// ECDSA verification on P-256 with per-key tables and without intrinsics.
//
// A signature (r, s) of digest z under Q is good when
//   X = (z/s) G + (r/s) Q,   X.x = r modulo n.
// Tables, digits and their meaning are those of p256_avx512.cc: entry (i, j) is
// the affine point (2j+1) 2^(wi) Q, a scalar is made odd and written in odd
// signed digits, and nothing is doubled. The points of all signatures of a
// block are added pairwise as affine points, round after round, each round with
// one inversion (Montgomery's trick): 6 multiplications an addition. Equal or
// opposite points (a zero denominator, which only keys of known logarithm or
// crafted scalars can reach) leave their signature undecided.
//
// Representation: field elements are four words below p, in Montgomery form,
// see p256_field_portable.h. Scalars are four words below n, or below 2^256
// where that is said; products modulo n are below n.
#include "core/simd/ecdsa/p256_portable.h"

#include <cstdlib>
#include <cstring>

#include "core/simd/ecdsa/p256_field_portable.h"
#include "core/simd/ecdsa/p256_inverse.h"

namespace assay::simd {
namespace {

using p256_portable::Add;
using p256_portable::Fe;
using p256_portable::FromMontgomery;
using p256_portable::IsZero;
using p256_portable::Mul;
using p256_portable::Negate;
using p256_portable::One;
using p256_portable::Sqr;
using p256_portable::Sub;
using p256_portable::ToMontgomery;
using p256_portable::uint128;

constexpr size_t kNumberLen = 32;
constexpr int kWindowSizes[] = {6, 8, 10, 0};
// 20 windows of 4096 entries: 5 MiB.
constexpr int kGeneratorWindow = 13;
constexpr int kGeneratorWindows = 20;
constexpr int kMaxKeyWindows = 43;
constexpr int kMaxPoints = kMaxKeyWindows + kGeneratorWindows;
// Signatures that share inversions.
constexpr int kBlockSize = 16;
constexpr int kMaxAdditions = kBlockSize * kMaxPoints / 2;

constexpr int NumWindows(int window_bits) {
  return (256 + window_bits - 1) / window_bits;
}
constexpr size_t EntriesPerWindow(int window_bits) {
  return size_t{1} << (window_bits - 1);
}
static_assert(NumWindows(kGeneratorWindow) == kGeneratorWindows, "");

constexpr uint8_t kGeneratorX[kNumberLen] = {
    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6,
    0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb,
    0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96};
constexpr uint8_t kGeneratorY[kNumberLen] = {
    0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb,
    0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31,
    0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5};

// ----------------------------------------------------------------- words

// Four 64-bit words, the least significant first.
struct Words {
  uint64_t w[4];
};

Words ReadBigEndian(const uint8_t* bytes) {
  Words a;
  for (int i = 0; i < 4; ++i) {
    uint64_t word = 0;
    for (int j = 0; j < 8; ++j) word = word << 8 | bytes[(3 - i) * 8 + j];
    a.w[i] = word;
  }
  return a;
}

bool IsZero(const Words& a) { return (a.w[0] | a.w[1] | a.w[2] | a.w[3]) == 0; }

// a - b; returns the borrow.
bool Subtract(const Words& a, const uint64_t b[4], Words* difference) {
  uint128 borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const uint128 d = static_cast<uint128>(a.w[i]) - b[i] - borrow;
    difference->w[i] = static_cast<uint64_t>(d);
    borrow = d >> 127;
  }
  return borrow != 0;
}

bool IsBelow(const Words& a, const uint64_t b[4]) {
  Words difference;
  return Subtract(a, b, &difference);
}

// ----------------------------------------------------------------- field

// 32 bytes, big-endian, below p.
Fe ReadElement(const uint8_t* bytes) {
  return ToMontgomery(ReadBigEndian(bytes).w);
}

bool IsEqual(const Fe& a, const Fe& b) { return IsZero(Sub(a, b)); }

Fe Invert(const Fe& a) {
  Words plain, inverse;
  FromMontgomery(a, plain.w);
  P256InvertModPrime(plain.w, inverse.w);
  return ToMontgomery(inverse.w);
}

// ---------------------------------------------------------------- scalars

// -1/n modulo 2^64, and 2^512 modulo n.
constexpr uint64_t kOrderK0 = 0xccd1c8aaee00bc4f;
constexpr Words kOrderR2 = {{0x83244c95be79eea2, 0x4699799c49bd6fa6,
                             0x2845b2392b6bec59, 0x66e12d94f3d95620}};

// t[0..5) += a * b.
void AddProduct(const uint64_t a[4], uint64_t b, uint64_t t[6]) {
  uint64_t carry = 0;
  for (int i = 0; i < 4; ++i) {
    const uint128 sum = static_cast<uint128>(a[i]) * b + t[i] + carry;
    t[i] = static_cast<uint64_t>(sum);
    carry = static_cast<uint64_t>(sum >> 64);
  }
  const uint128 sum = static_cast<uint128>(t[4]) + carry;
  t[4] = static_cast<uint64_t>(sum);
  t[5] += static_cast<uint64_t>(sum >> 64);
}

// ab / 2^256 modulo n. One operand is below n, so that (ab + mn) / 2^256 < 2n.
Words MulModOrder(const Words& a, const Words& b) {
  uint64_t t[6] = {};
  for (const uint64_t word : b.w) {
    AddProduct(a.w, word, t);
    AddProduct(kP256Order, t[0] * kOrderK0, t);
    std::memmove(t, t + 1, 5 * sizeof(t[0]));
    t[5] = 0;
  }
  const Words product = {{t[0], t[1], t[2], t[3]}};
  Words reduced;
  const bool below = Subtract(product, kP256Order, &reduced);
  return below && t[4] == 0 ? product : reduced;
}

Words InvertModOrder(const Words& a_montgomery) {
  const Words one = {{1, 0, 0, 0}};
  const Words plain = MulModOrder(a_montgomery, one);
  Words inverse;
  P256InvertModOrder(plain.w, inverse.w);
  return MulModOrder(inverse, kOrderR2);
}

// ----------------------------------------------------------------- points

struct Point {
  Fe x, y;
};
static_assert(sizeof(Point) == 64, "an entry of a table");

size_t TableBytes(int window_bits) {
  return NumWindows(window_bits) * EntriesPerWindow(window_bits) *
         sizeof(Point);
}

Point LoadPoint(const void* entry) {
  Point p;
  std::memcpy(&p, entry, sizeof(p));
  return p;
}

void StorePoint(const Point& p, void* entry) {
  std::memcpy(entry, &p, sizeof(p));
}

// One thread's memory for a round: the denominators' products up to each.
struct Scratch {
  Fe denominators[kMaxAdditions];
  Fe products[kMaxAdditions];
};

// The third point of the line through p1 and p2, mirrored.
Point AddWithInverse(const Point& p1, const Point& p2, const Fe& inverse) {
  const Fe slope = Mul(Sub(p2.y, p1.y), inverse);
  const Fe x = Sub(Sub(Sqr(slope), p1.x), p2.x);
  return {x, Sub(Mul(slope, Sub(p1.x, x)), p1.y)};
}

// Adds pairs of points with one inversion: `source` has Size(), First(i),
// Second(i), Store(i, sum) and SetExceptional(i). Denominators are taken from
// the last to the first, sums made from the first to the last.
template <class Source>
void AddAll(Source* source, Scratch* scratch) {
  const int size = source->Size();
  Fe product = One();
  for (int i = size - 1; i >= 0; --i) {
    Fe denominator = Sub(source->Second(i).x, source->First(i).x);
    if (IsZero(denominator)) {
      source->SetExceptional(i);
      denominator = One();
    }
    scratch->denominators[i] = denominator;
    scratch->products[i] = product;
    product = Mul(product, denominator);
  }
  Fe inverse = Invert(product);
  for (int i = 0; i < size; ++i) {
    source->Store(i, AddWithInverse(source->First(i), source->Second(i),
                                    Mul(inverse, scratch->products[i])));
    inverse = Mul(inverse, scratch->denominators[i]);
  }
}

// --------------------------------------------------------------- one block

// One signature on its way.
struct Signature {
  const EcdsaJob* job;
  LaneVerdict* verdict;
  Words r, s;  // s in Montgomery form, then 1/s
  bool bad;    // r or s is out of range
  bool undecided;
  int num_points;
  Point points[kMaxPoints];
};

struct Block {
  Signature signatures[kBlockSize];
  int size = 0;
  Scratch scratch;
};

// Where bit `bit` of a number begins, with at least 16 bits to follow.
uint64_t BitsFrom(const Words& a, int bit) {
  const int word = bit / 64, shift = bit % 64;
  const uint64_t low = a.w[word] >> shift;
  if (shift == 0 || word == 3) return low;
  return low | a.w[word + 1] << (64 - shift);
}

// Appends the table entries that sum up to k times the table's point.
void AppendPoints(const Words& scalar, int window_bits, const uint8_t* table,
                  Signature* signature) {
  Words k = scalar;
  const bool even = (k.w[0] & 1) == 0;
  if (even)
    Subtract({{kP256Order[0], kP256Order[1], kP256Order[2], kP256Order[3]}},
             scalar.w, &k);
  const int num_windows = NumWindows(window_bits);
  const uint64_t top_bit = uint64_t{1} << (window_bits - 1);
  for (int i = 0; i < num_windows; ++i) {
    // Window i of k >> 1. A bit beyond the last word is the highest bit, 1.
    const int bit = i * window_bits + 1;
    uint64_t digit = bit < 256 ? BitsFrom(k, bit) : 0;
    if (i == num_windows - 1) digit |= top_bit;
    const bool below = (digit & top_bit) == 0;
    const uint64_t index = (below ? ~digit : digit) & (top_bit - 1);
    Point p = LoadPoint(table + (i * EntriesPerWindow(window_bits) + index) *
                                    sizeof(Point));
    if (below != even) p.y = Negate(p.y);
    signature->points[signature->num_points++] = p;
  }
}

// Pairs of the points of all signatures, added in place; an odd last point
// moves down.
struct BlockPairs {
  Block* block;
  int size = 0;
  struct Pair {
    Signature* signature;
    int index;
  } pairs[kMaxAdditions];

  explicit BlockPairs(Block* b) : block(b) {}
  // Returns whether there are pairs.
  bool Collect() {
    size = 0;
    for (int i = 0; i < block->size; ++i) {
      Signature* const signature = &block->signatures[i];
      for (int j = 0; j + 1 < signature->num_points; j += 2) {
        pairs[size++] = {signature, j};
      }
    }
    return size != 0;
  }
  void HalveCounts() {
    for (int i = 0; i < block->size; ++i) {
      Signature* const signature = &block->signatures[i];
      const int count = signature->num_points;
      if (count % 2 != 0) {
        signature->points[count / 2] = signature->points[count - 1];
      }
      signature->num_points = count - count / 2;
    }
  }

  int Size() const { return size; }
  const Point& First(int i) const {
    return pairs[i].signature->points[pairs[i].index];
  }
  const Point& Second(int i) const {
    return pairs[i].signature->points[pairs[i].index + 1];
  }
  void Store(int i, const Point& sum) {
    pairs[i].signature->points[pairs[i].index / 2] = sum;
  }
  void SetExceptional(int i) { pairs[i].signature->undecided = true; }
};

// Reads r and s; a bad one becomes 1.
void LoadNumbers(Signature* signature) {
  signature->r = ReadBigEndian(signature->job->r);
  Words s = ReadBigEndian(signature->job->s);
  signature->bad = IsZero(signature->r) || IsZero(s) ||
                   !IsBelow(signature->r, kP256Order) ||
                   !IsBelow(s, kP256Order);
  if (signature->bad) signature->r = s = {{1, 0, 0, 0}};
  signature->s = MulModOrder(s, kOrderR2);
}

// Montgomery's trick: every s becomes 1/s.
void InvertAll(Block* block) {
  Words products[kBlockSize];
  Words product = block->signatures[0].s;
  for (int i = 1; i < block->size; ++i) {
    products[i] = product;
    product = MulModOrder(product, block->signatures[i].s);
  }
  Words inverse = InvertModOrder(product);
  for (int i = block->size - 1; i > 0; --i) {
    Words* const s = &block->signatures[i].s;
    const Words s_inverse = MulModOrder(inverse, products[i]);
    inverse = MulModOrder(inverse, *s);
    *s = s_inverse;
  }
  block->signatures[0].s = inverse;
}

// A signature whose u1 is 0 would have to skip the generator: BoringSSL does.
void CollectPoints(const uint8_t* generator_table, Signature* signature) {
  const EcdsaJob& job = *signature->job;
  const Words digest = ReadBigEndian(job.digest);
  const Words u1 = MulModOrder(digest, signature->s);
  const Words u2 = MulModOrder(signature->r, signature->s);
  signature->undecided = IsZero(u1);
  signature->num_points = 0;
  AppendPoints(u2, job.window_bits, static_cast<const uint8_t*>(job.table),
               signature);
  AppendPoints(u1, kGeneratorWindow, generator_table, signature);
}

// Whether x is r modulo n.
bool IsMatch(const Fe& x, const Words& r) {
  if (IsEqual(x, ToMontgomery(r.w))) return true;
  Words difference;
  Subtract({{kP256Prime[0], kP256Prime[1], kP256Prime[2], kP256Prime[3]}},
           kP256Order, &difference);
  if (!IsBelow(r, difference.w)) return false;
  Words second = r;  // r + n < p
  uint128 carry = 0;
  for (int i = 0; i < 4; ++i) {
    carry += static_cast<uint128>(r.w[i]) + kP256Order[i];
    second.w[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  return IsEqual(x, ToMontgomery(second.w));
}

LaneVerdict Judge(const Signature& signature) {
  if (signature.bad) return LaneVerdict::kRejected;
  if (signature.undecided) return LaneVerdict::kUndecided;
  return IsMatch(signature.points[0].x, signature.r) ? LaneVerdict::kAccepted
                                                     : LaneVerdict::kRejected;
}

void JudgeBlock(const uint8_t* generator_table, Block* block) {
  if (block->size == 0) return;
  for (int i = 0; i < block->size; ++i) LoadNumbers(&block->signatures[i]);
  InvertAll(block);
  for (int i = 0; i < block->size; ++i) {
    CollectPoints(generator_table, &block->signatures[i]);
  }
  BlockPairs pairs(block);
  while (pairs.Collect()) {
    AddAll(&pairs, &block->scratch);
    pairs.HalveCounts();
  }
  for (int i = 0; i < block->size; ++i) {
    *block->signatures[i].verdict = Judge(block->signatures[i]);
  }
  block->size = 0;
}

// ------------------------------------------------------------------ tables

// x = X/Z^2, y = Y/Z^3.
struct Jacobian {
  Fe x, y, z;
};

// a = -3: alpha = 3 (x - z^2)(x + z^2), beta = x y^2, x3 = alpha^2 - 8 beta,
// y3 = alpha (4 beta - x3) - 8 y^4, z3 = 2 y z.
Jacobian Double(const Jacobian& p) {
  const Fe delta = Sqr(p.z), gamma = Sqr(p.y);
  const Fe product = Mul(Sub(p.x, delta), Add(p.x, delta));
  const Fe alpha = Add(Add(product, product), product);
  const Fe beta = Mul(p.x, gamma);
  const Fe beta2 = Add(beta, beta);
  const Fe beta4 = Add(beta2, beta2);
  const Fe gamma2 = Add(gamma, gamma);
  const Fe square = Sqr(gamma2);
  const Fe yz = Mul(p.y, p.z);
  Jacobian r;
  r.x = Sub(Sqr(alpha), Add(beta4, beta4));
  r.y = Sub(Mul(alpha, Sub(beta4, r.x)), Add(square, square));
  r.z = Add(yz, yz);
  return r;
}

constexpr int kMaxDoublings = 260;

// Affine form; no z may be 0.
void ToAffine(const Jacobian* points, int count, Point* out) {
  Fe products[kMaxDoublings];
  Fe product = One();
  for (int i = 0; i < count; ++i) {
    products[i] = product;
    product = Mul(product, points[i].z);
  }
  Fe inverse = Invert(product);
  for (int i = count - 1; i >= 0; --i) {
    const Fe z_inverse = Mul(inverse, products[i]);
    const Fe square = Sqr(z_inverse);
    inverse = Mul(inverse, points[i].z);
    out[i].x = Mul(points[i].x, square);
    out[i].y = Mul(points[i].y, Mul(square, z_inverse));
  }
}

// Makes the table of one key. In round j, entries 0..2^(j-1) of every window
// plus 2^j times the window's base are the next 2^(j-1) entries.
struct TableBuilder {
  int window_bits;
  uint8_t* table;
  Scratch scratch;
  Point doublings[kMaxDoublings];  // 2^i times the key
  int round, first, size;
  bool exceptional;

  int NumDoublings() const { return NumWindows(window_bits) * window_bits; }
  int RoundEntries() const { return 1 << (round - 1); }
  int Window(int i) const { return (first + i) / RoundEntries(); }
  int Index(int i) const { return (first + i) % RoundEntries(); }
  uint8_t* Entry(int window, int index) const {
    return table +
           (window * EntriesPerWindow(window_bits) + index) * sizeof(Point);
  }

  int Size() const { return size; }
  Point First(int i) const { return LoadPoint(Entry(Window(i), Index(i))); }
  const Point& Second(int i) const {
    return doublings[Window(i) * window_bits + round];
  }
  void Store(int i, const Point& sum) const {
    StorePoint(sum, Entry(Window(i), Index(i) + RoundEntries()));
  }
  void SetExceptional(int) { exceptional = true; }

  void DoubleKey(const Point& key) {
    Jacobian multiples[kMaxDoublings];
    multiples[0] = {key.x, key.y, One()};
    for (int i = 1; i < NumDoublings(); ++i) {
      multiples[i] = Double(multiples[i - 1]);
    }
    ToAffine(multiples, NumDoublings(), doublings);
  }

  void AddRound() {
    const int total = NumWindows(window_bits) * RoundEntries();
    for (first = 0; first < total; first += size) {
      size = total - first < kMaxAdditions ? total - first : kMaxAdditions;
      AddAll(this, &scratch);
    }
  }

  bool Build(const Point& key) {
    DoubleKey(key);
    for (int window = 0; window < NumWindows(window_bits); ++window) {
      StorePoint(doublings[window * window_bits], Entry(window, 0));
    }
    exceptional = false;
    for (round = 1; round < window_bits; ++round) AddRound();
    return !exceptional;
  }
};

bool BuildTableOf(const Point& key, int window_bits, void* table) {
  auto* const builder =
      static_cast<TableBuilder*>(std::malloc(sizeof(TableBuilder)));
  if (builder == nullptr) return false;
  builder->window_bits = window_bits;
  builder->table = static_cast<uint8_t*>(table);
  const bool built = builder->Build(key);
  std::free(builder);
  return built;
}

// Never freed; null if there was no memory.
const uint8_t* MakeGeneratorTable() {
  const Point generator = {ReadElement(kGeneratorX), ReadElement(kGeneratorY)};
  void* const table = std::malloc(TableBytes(kGeneratorWindow));
  if (table == nullptr || !BuildTableOf(generator, kGeneratorWindow, table)) {
    return nullptr;
  }
  return static_cast<const uint8_t*>(table);
}

const uint8_t* GeneratorTable() {
  static const uint8_t* const table = MakeGeneratorTable();
  return table;
}

// ------------------------------------------------------------ the contract

bool IsWindowSize(int window_bits) {
  for (const int size : kWindowSizes) {
    if (size == window_bits) return window_bits != 0;
  }
  return false;
}

size_t TableBytesOf(int window_bits) {
  return IsWindowSize(window_bits) ? TableBytes(window_bits) : 0;
}

void PrepareKey(const uint8_t* x, const uint8_t* y, void* key) {
  StorePoint({ReadElement(x), ReadElement(y)}, key);
}

bool BuildTable(const void* key, int window_bits, void* table) {
  return IsWindowSize(window_bits) &&
         BuildTableOf(LoadPoint(key), window_bits, table);
}

// One thread's block, from its first use to the thread's end.
struct BlockOwner {
  Block* block = nullptr;
  ~BlockOwner() { std::free(block); }
};
thread_local BlockOwner block_owner;

Block* ThreadBlock() {
  if (block_owner.block == nullptr) {
    block_owner.block = static_cast<Block*>(std::malloc(sizeof(Block)));
    if (block_owner.block != nullptr) block_owner.block->size = 0;
  }
  return block_owner.block;
}

void Verify(const EcdsaJob* jobs, size_t num, LaneVerdict* verdicts) {
  const uint8_t* const generator_table = GeneratorTable();
  Block* const block = ThreadBlock();
  const bool ready = generator_table != nullptr && block != nullptr;
  for (size_t i = 0; i < num; ++i) {
    verdicts[i] = LaneVerdict::kUndecided;
    if (!ready || jobs[i].table == nullptr ||
        !IsWindowSize(jobs[i].window_bits)) {
      continue;
    }
    Signature* const signature = &block->signatures[block->size++];
    signature->job = &jobs[i];
    signature->verdict = &verdicts[i];
    if (block->size == kBlockSize) JudgeBlock(generator_table, block);
  }
  if (ready) JudgeBlock(generator_table, block);
}

constexpr EcdsaKernel kKernel = {
    "portable",    kNumberLen,   1,          1,          0,     kWindowSizes,
    sizeof(Point), TableBytesOf, PrepareKey, BuildTable, Verify};

}  // namespace

const EcdsaKernel* P256PortableKernel() { return &kKernel; }

}  // namespace assay::simd
