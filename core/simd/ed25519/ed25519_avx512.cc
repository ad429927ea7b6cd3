// Ed25519 verification in eight lanes of AVX-512 IFMA: a lane is a signature,
// and each may be under another key.
//
// The representation of field elements, their ranges and their proof are in
// field_51x8.inc; points and their formulas in group_51x8.inc; how a sum of
// table points replaces doublings in table_layout.h. R is never decompressed:
// R' = S·B - h·A is encoded and its bytes compared, which is also what refuses
// every encoding of R that is not canonical.
#include "core/simd/ed25519/ed25519_avx512.h"

#if defined(__x86_64__)

// g++ 12 takes the "undefined" registers of its own header for a mistake of the
// caller's (GCC bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <immintrin.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "core/simd/cpu_features.h"
#include "core/simd/ed25519/point.h"
#include "core/simd/ed25519/scalar.h"
#include "core/simd/ed25519/table_layout.h"

// After all includes: nothing of others is compiled for these instructions.
#if defined(__clang__)
#pragma clang attribute push(                                              \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512ifma," \
                          "avx512vbmi,bmi2,adx"))),                        \
    apply_to = function)
#elif defined(__GNUC__)
#pragma GCC push_options
#pragma GCC target( \
    "avx512f,avx512dq,avx512bw,avx512vl,avx512ifma,avx512vbmi,bmi2,adx")
#endif

namespace assay::simd {
namespace {

using namespace ed25519;  // NOLINT: the names of this one concept.

#define ASSAY_ALWAYS_INLINE inline __attribute__((always_inline))
#include "core/simd/ed25519/words_avx512.inc"
// Each builds on those before it.
#include "core/simd/ed25519/field_51x8.inc"
#include "core/simd/ed25519/group_51x8.inc"
#include "core/simd/ed25519/rows_avx512.inc"

// Up to kMax elements that are inverted together, by one inversion and three
// multiplications each. (Montgomery's trick as a tree of products: unlike in a
// chain, neighbouring multiplications do not wait for each other.)
template <size_t kMax>
class InversionTree {
 public:
  explicit InversionTree(size_t num) : num_(num) {}

  Element& Leaf(size_t i) { return nodes_[num_ + i]; }

  // No leaf may be zero in any lane. num is at least 1.
  void InvertLeaves() {
    // Node i is the product of nodes 2i and 2i + 1; then it becomes its
    // inverse.
    for (size_t i = num_ - 1; i > 0; --i) {
      nodes_[i] = Product(nodes_[2 * i], nodes_[2 * i + 1]);
    }
    nodes_[1] = Invert(nodes_[1]);
    for (size_t i = 1; i < num_; ++i) {
      const Element left = nodes_[2 * i];
      nodes_[2 * i] = Product(nodes_[i], nodes_[2 * i + 1]);
      nodes_[2 * i + 1] = Product(nodes_[i], left);
    }
  }

 private:
  size_t num_;
  Element nodes_[2 * kMax];
};

// ---------------------------------------------------------------- tables

// Vectors of new table points whose Z are inverted together.
constexpr size_t kBuildBlock = 64;

// Eight table points to be made: dst = a + b.
struct BuildTask {
  const TableEntry* a[kLanes];
  const TableEntry* b[kLanes];
  char* dst[kLanes];
};

// Computes the sums of tasks[0..num); num <= kBuildBlock.
void RunBuildTasks(const BuildTask* tasks, size_t num) {
  Projective points[kBuildBlock];
  InversionTree<kBuildBlock> tree(num);
  for (size_t i = 0; i < num; ++i) {
    const Sum sum = AddAffine(LoadEntries(tasks[i].a), LoadEntries(tasks[i].b));
    points[i] = ProjectiveOf(sum);
    tree.Leaf(i) = points[i].z;
  }
  tree.InvertLeaves();
  for (size_t i = 0; i < num; ++i) {
    StoreEntries(AffineOf(points[i].x, points[i].y, tree.Leaf(i)),
                 tasks[i].dst);
  }
}

// Collects the sums of table points into tasks, and runs them when there are
// kBuildBlock.
class TableBuilder {
 public:
  void Add(const TableEntry* a, const TableEntry* b, TableEntry* dst) {
    BuildTask& task = tasks_[num_tasks_];
    task.a[lane_] = a;
    task.b[lane_] = b;
    task.dst[lane_] = reinterpret_cast<char*>(dst);
    if (++lane_ == kLanes) NextTask();
  }

  // Runs what is collected; the lanes that are left repeat the last sum.
  void Flush() {
    if (lane_ > 0) {
      BuildTask& task = tasks_[num_tasks_];
      for (int i = lane_; i < kLanes; ++i) {
        task.a[i] = task.a[lane_ - 1];
        task.b[i] = task.b[lane_ - 1];
        task.dst[i] = task.dst[lane_ - 1];
      }
      NextTask();
    }
    if (num_tasks_ > 0) RunBuildTasks(tasks_, num_tasks_);
    num_tasks_ = 0;
  }

 private:
  void NextTask() {
    lane_ = 0;
    if (++num_tasks_ < kBuildBlock) return;
    RunBuildTasks(tasks_, num_tasks_);
    num_tasks_ = 0;
  }

  BuildTask tasks_[kBuildBlock];
  size_t num_tasks_ = 0;
  int lane_ = 0;
};

// In every window, from the multiples 1..m those up to 2m, for m = 1, 2, 4...:
// all sums of one step are independent.
void FillTable(const TableEntry& point, const TableShape& shape,
               TableEntry* entries) {
  FillWindowBases(point, shape.window_bits, shape.num_windows,
                  shape.full_entries, entries);
  TableBuilder builder;
  const size_t most = shape.full_entries > shape.last_entries
                          ? shape.full_entries
                          : shape.last_entries;
  for (size_t m = 1; m < most; m *= 2) {
    for (int j = 0; j < shape.num_windows; ++j) {
      TableEntry* const window = entries + j * shape.full_entries;
      for (size_t k = m; k < 2 * m && k < shape.EntriesOf(j); ++k) {
        builder.Add(&window[k - m], &window[m - 1], &window[k]);
      }
    }
    builder.Flush();
  }
}

bool PrepareKey(const uint8_t* encoded, void* key) {
  return DecodeNegated(encoded, static_cast<PreparedKey*>(key));
}

size_t TableBytes(int window_bits) {
  return KeyTableShape(window_bits).NumEntries() * sizeof(TableEntry);
}

bool BuildTable(const void* key, int window_bits, void* table) {
  if (!IsWindowSize(window_bits)) return false;
  FillTable(*static_cast<const PreparedKey*>(key), KeyTableShape(window_bits),
            static_cast<TableEntry*>(table));
  return true;
}

// Memory that is never freed, in large pages where the system has them: random
// access to some MiB costs more for the pages' addresses than for the data.
TableEntry* AllocateForever(size_t num_entries) {
  constexpr size_t kLargePage = size_t{2} << 20;
  const size_t num_bytes =
      (num_entries * sizeof(TableEntry) + kLargePage - 1) & ~(kLargePage - 1);
  void* const memory = std::aligned_alloc(kLargePage, num_bytes);
  if (memory == nullptr) std::abort();
#if defined(__linux__)
  madvise(memory, num_bytes, MADV_HUGEPAGE);
#endif
  return static_cast<TableEntry*>(memory);
}

// The multiples of B, made at first use and kept for the life of the process.
const TableEntry* BaseTable() {
  static const TableEntry* const table = [] {
    TableEntry* const entries = AllocateForever(kBaseTableShape.NumEntries());
    FillTable(BasePoint(), kBaseTableShape, entries);
    return entries;
  }();
  return table;
}

// ---------------------------------------------------------------- sums

// A scalar and the table that it multiplies, for one lane.
struct Multiplier {
  const char* table;
  int window_bits;
  int num_windows;
  uint64_t field_mask;
  int64_t half;  // 2^(w-1)
  // A WindowedScalar's bytes, and room for a word that starts at the last.
  unsigned char digits[48];
};

Multiplier MultiplierOf(const WindowedScalar& scalar, const TableShape& shape,
                        const void* table) {
  Multiplier m;
  m.table = static_cast<const char*>(table);
  m.window_bits = shape.window_bits;
  m.num_windows = shape.num_windows;
  m.field_mask = (uint64_t{1} << shape.window_bits) - 1;
  m.half = int64_t{1} << (shape.window_bits - 1);
  std::memcpy(m.digits, scalar.words, sizeof scalar.words);
  std::memset(m.digits + sizeof scalar.words, 0,
              sizeof m.digits - sizeof scalar.words);
  return m;
}

// Where the entry of one lane's digit lies, as two halves; exchanged if the
// digit is negative (see TableEntry).
struct EntryHalves {
  const char* first[kLanes];
  const char* second[kLanes];
  uint8_t negative;  // A bit for each lane.
};

// Finds the entry of window j, and calls for its cache lines. (Addresses are
// numbers here: that of no entry, for a digit of zero, may lie before the
// table, and a branch would be mispredicted.)
ASSAY_ALWAYS_INLINE void FindEntry(const Multiplier& m, int j, int lane,
                                   EntryHalves* halves) {
  uintptr_t entry = reinterpret_cast<uintptr_t>(&kIdentity);
  uint64_t negative = 0;
  if (j < m.num_windows) {
    const unsigned bit = static_cast<unsigned>(j * m.window_bits);
    uint64_t field;
    std::memcpy(&field, m.digits + bit / 8, sizeof field);
    field >>= bit % 8;
    if (j + 1 != m.num_windows) field &= m.field_mask;
    const int64_t digit = static_cast<int64_t>(field) - m.half;
    negative = static_cast<uint64_t>(digit) >> 63;
    const int64_t magnitude = digit < 0 ? -digit : digit;
    const int64_t index = j * m.half + magnitude - 1;
    const uintptr_t found = reinterpret_cast<uintptr_t>(m.table) +
                            static_cast<uintptr_t>(index) * sizeof(TableEntry);
    entry = magnitude == 0 ? entry : found;
  }
  const uintptr_t exchange = negative * kHalfEntry;
  halves->first[lane] = reinterpret_cast<const char*>(entry + exchange);
  halves->second[lane] =
      reinterpret_cast<const char*>(entry + kHalfEntry - exchange);
  halves->negative |= static_cast<uint8_t>(negative << lane);
  _mm_prefetch(halves->first[lane], _MM_HINT_T0);
  _mm_prefetch(halves->second[lane], _MM_HINT_T0);
}

ASSAY_ALWAYS_INLINE void FindEntries(const Multiplier* lanes, int j,
                                     EntryHalves* halves) {
  halves->negative = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    FindEntry(lanes[lane], j, lane, halves);
  }
}

// The terms of one vector's sums: of windows [0, num_base) of `base`, then of
// windows [0, num_key) of `key`.
class Terms {
 public:
  Terms(const Multiplier* base, int num_base, const Multiplier* key,
        int num_key)
      : base_(base), key_(key), num_base_(num_base), num_(num_base + num_key) {
    for (int i = 0; i < kAhead; ++i) Find(i);
  }

  int num() const { return num_; }

  ASSAY_ALWAYS_INLINE Affine Next() {
    const EntryHalves& halves = ahead_[next_ % kAhead];
    const Affine entry =
        LoadHalves(halves.first, halves.second, halves.negative);
    Find(next_ + kAhead);
    ++next_;
    return entry;
  }

 private:
  // Terms that are looked up before they are needed.
  static constexpr int kAhead = 4;

  ASSAY_ALWAYS_INLINE void Find(int i) {
    if (i >= num_) return;
    const bool of_base = i < num_base_;
    FindEntries(of_base ? base_ : key_, of_base ? i : i - num_base_,
                &ahead_[i % kAhead]);
  }

  const Multiplier* base_;
  const Multiplier* key_;
  int num_base_, num_;
  int next_ = 0;
  EntryHalves ahead_[kAhead];
};

// ---------------------------------------------------------------- verification

// Vectors whose results share one field inversion.
constexpr size_t kBlockVectors = 16;
constexpr size_t kBlockJobs = kBlockVectors * kLanes;

// One vector's results R', and whom they belong to.
struct Results {
  Projective point;
  uint16_t job[kLanes];  // Indices in the block; a lane without one repeats.
};

// The sums of one vector of jobs with tables.
Sum HotSum(const Ed25519Job* jobs, const Scalar* s, const uint16_t* job_of) {
  Multiplier base[kLanes], key[kLanes];
  int num_windows = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    const Ed25519Job& job = jobs[job_of[lane]];
    base[lane] = MultiplierOf(SplitForBaseTable(s[job_of[lane]]),
                              kBaseTableShape, BaseTable());
    const TableShape shape = KeyTableShape(job.window_bits);
    key[lane] = MultiplierOf(
        SplitForKeyTable(ReduceChallenge(job.challenge), job.window_bits),
        shape, job.table);
    if (shape.num_windows > num_windows) num_windows = shape.num_windows;
  }
  Terms terms(base, kBaseTableShape.num_windows, key, num_windows);
  Sum sum = SumOf(terms.Next());
  for (int i = 1; i < terms.num(); ++i) sum = AddAffineTo(sum, terms.Next());
  return sum;
}

// Windows of a key without table: its few multiples are made on the way.
constexpr int kColdWindowBits = 5;
constexpr int kColdEntries = 1 << (kColdWindowBits - 1);
constexpr TableShape kColdShape = KeyTableShape(kColdWindowBits);

struct ColdTables {
  CachedPoint multiples[kLanes][kColdEntries];  // 1, 2, 3, ... times -A.
};

void FillColdTables(const TableEntry* const* keys, ColdTables* tables) {
  const Affine point = LoadEntries(keys);
  Sum multiple = SumOf(point);
  for (int k = 0; k < kColdEntries; ++k) {
    if (k > 0) multiple = AddAffineTo(multiple, point);
    CachedPoint* entries[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      entries[lane] = &tables->multiples[lane][k];
    }
    StoreCached(CachedOf(multiple), entries);
  }
}

// The multiples of -A that window j of each lane's h asks for.
ASSAY_ALWAYS_INLINE Cached LoadColdTerms(const ColdTables& tables,
                                         const WindowedScalar* h, int j) {
  const char *first[kLanes], *second[kLanes], *z[kLanes];
  uint8_t negative = 0;
  for (int lane = 0; lane < kLanes; ++lane) {
    const int digit = DigitOf(h[lane], kColdShape, j);
    const CachedPoint& point =
        digit == 0 ? kCachedIdentity
                   : tables.multiples[lane][(digit < 0 ? -digit : digit) - 1];
    const char* const entry = reinterpret_cast<const char*>(&point.entry);
    const int exchange = digit < 0 ? kHalfEntry : 0;
    first[lane] = entry + exchange;
    second[lane] = entry + kHalfEntry - exchange;
    z[lane] = reinterpret_cast<const char*>(point.z);
    negative |= static_cast<uint8_t>((digit < 0) << lane);
  }
  return LoadCached(first, second, z, negative);
}

// The sums of one vector of jobs without tables: h·(-A) by doubling, from the
// topmost window down, and then the terms of S·B.
Sum ColdSum(const Ed25519Job* jobs, const Scalar* s, const uint16_t* job_of) {
  const TableEntry* keys[kLanes];
  WindowedScalar h[kLanes];
  Multiplier base[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    const Ed25519Job& job = jobs[job_of[lane]];
    keys[lane] = static_cast<const PreparedKey*>(job.key);
    h[lane] = SplitForKeyTable(ReduceChallenge(job.challenge), kColdWindowBits);
    base[lane] = MultiplierOf(SplitForBaseTable(s[job_of[lane]]),
                              kBaseTableShape, BaseTable());
  }
  ColdTables tables;
  FillColdTables(keys, &tables);
  Sum sum = IdentitySum();
  for (int j = kColdShape.num_windows - 1; j > 0; --j) {
    const Cached term = LoadColdTerms(tables, h, j);
    Doubling doubling = DoublingFromFactors(FactorsOfCachedSum(sum, term));
    for (int i = 1; i < kColdWindowBits; ++i) {
      doubling = DoublingFromFactors(FactorsOfDouble(doubling));
    }
    sum = SumFromFactors(FactorsOfDouble(doubling));
  }
  sum = SumFromFactors(FactorsOfCachedSum(sum, LoadColdTerms(tables, h, 0)));
  Terms terms(base, kBaseTableShape.num_windows, nullptr, 0);
  for (int i = 0; i < terms.num(); ++i) sum = AddAffineTo(sum, terms.Next());
  return sum;
}

// The encodings of R', four words for each lane.
struct Encodings {
  uint64_t words[4][kLanes];
  // Lanes with x = y = 0, which is no point of the curve: a Z was zero, which
  // no points can lead to. Memory went bad, or a table is not a table.
  LaneMask nowhere;
};

LaneMask LanesOfZero(const Element& canonical) {
  Word bits = Zero();
  for (const Word& limb : canonical.limb) bits = _mm512_or_si512(bits, limb);
  return _mm512_testn_epi64_mask(bits, bits);
}

Encodings Encode(const Results& results, const Element& z_inverse) {
  const Element x = Canonical(Product(results.point.x, z_inverse));
  const Element y = Canonical(Product(results.point.y, z_inverse));
  Encodings encodings;
  for (int i = 0; i < 4; ++i) {
    // Word i: limb i from its bit 13·i on, and limb i + 1 above.
    Word word = _mm512_or_si512(
        _mm512_srli_epi64(y.limb[i], static_cast<unsigned>(13 * i)),
        _mm512_slli_epi64(y.limb[i + 1], static_cast<unsigned>(51 - 13 * i)));
    if (i == 3) word = _mm512_or_si512(word, _mm512_slli_epi64(x.limb[0], 63));
    _mm512_storeu_si512(encodings.words[i], word);
  }
  encodings.nowhere = LanesOfZero(x) & LanesOfZero(y);
  return encodings;
}

bool EncodingIs(const Encodings& encodings, int lane, const uint8_t* bytes) {
  uint64_t words[4];
  std::memcpy(words, bytes, sizeof words);
  uint64_t difference = 0;
  for (int i = 0; i < 4; ++i) {
    difference |= words[i] ^ encodings.words[i][lane];
  }
  return difference == 0;
}

// Compares one vector's R' with the signatures' R.
void JudgeResults(const Ed25519Job* jobs, const Results& results,
                  const Element& z_inverse, LaneVerdict* verdicts) {
  const Encodings encodings = Encode(results, z_inverse);
  for (int lane = 0; lane < kLanes; ++lane) {
    const uint16_t job = results.job[lane];
    if ((encodings.nowhere >> lane & 1) != 0) {
      verdicts[job] = LaneVerdict::kUndecided;
    } else {
      verdicts[job] = EncodingIs(encodings, lane, jobs[job].signature)
                          ? LaneVerdict::kAccepted
                          : LaneVerdict::kRejected;
    }
  }
}

// A block's jobs of one kind, filled up to whole vectors by repetition.
struct JobList {
  uint16_t jobs[kBlockJobs];
  size_t num = 0;

  void Add(size_t job) { jobs[num++] = static_cast<uint16_t>(job); }
  size_t PadToVectors() {
    while (num % kLanes != 0) {
      jobs[num] = jobs[num - 1];
      ++num;
    }
    return num / kLanes;
  }
};

// Judges the jobs of the list; `sum` makes their R', eight at a time.
void JudgeList(const Ed25519Job* jobs, const Scalar* s,
               Sum (*sum)(const Ed25519Job*, const Scalar*, const uint16_t*),
               JobList* list, LaneVerdict* verdicts) {
  const size_t num_vectors = list->PadToVectors();
  if (num_vectors == 0) return;
  Results results[kBlockVectors];
  InversionTree<kBlockVectors> tree(num_vectors);
  for (size_t i = 0; i < num_vectors; ++i) {
    Results& r = results[i];
    std::memcpy(r.job, list->jobs + i * kLanes, sizeof r.job);
    r.point = ProjectiveOf(sum(jobs, s, r.job));
    tree.Leaf(i) = r.point.z;
  }
  tree.InvertLeaves();
  for (size_t i = 0; i < num_vectors; ++i) {
    JudgeResults(jobs, results[i], tree.Leaf(i), verdicts);
  }
}

// Judges at most kBlockJobs jobs.
void VerifyBlock(const Ed25519Job* jobs, size_t num, LaneVerdict* verdicts) {
  Scalar s[kBlockJobs];
  JobList hot, cold;
  for (size_t i = 0; i < num; ++i) {
    if (!ReadCanonicalScalar(jobs[i].signature + 32, &s[i])) {
      verdicts[i] = LaneVerdict::kRejected;
    } else if (jobs[i].table == nullptr) {
      cold.Add(i);
    } else if (IsWindowSize(jobs[i].window_bits)) {
      hot.Add(i);
    } else {
      verdicts[i] = LaneVerdict::kUndecided;
    }
  }
  JudgeList(jobs, s, HotSum, &hot, verdicts);
  JudgeList(jobs, s, ColdSum, &cold, verdicts);
}

void Verify(const Ed25519Job* jobs, size_t num, LaneVerdict* verdicts) {
  for (size_t done = 0; done < num; done += kBlockJobs) {
    const size_t in_block = num - done < kBlockJobs ? num - done : kBlockJobs;
    VerifyBlock(jobs + done, in_block, verdicts + done);
  }
}

constexpr Ed25519Kernel kKernel = {
    "avx512ifma",
    /*num_lanes=*/kLanes,
    /*min_batch=*/1,
    /*min_cold_batch=*/2,
    kWindowSizes,
    sizeof(PreparedKey),
    TableBytes,
    PrepareKey,
    BuildTable,
    Verify,
};

}  // namespace
}  // namespace assay::simd

#if defined(__clang__)
#pragma clang attribute pop
#elif defined(__GNUC__)
#pragma GCC pop_options
#endif

namespace assay::simd {

const Ed25519Kernel* Ed25519Avx512Kernel() {
  return UsableCpuFeatures().avx512_ifma ? &kKernel : nullptr;
}

}  // namespace assay::simd

#else

namespace assay::simd {

const Ed25519Kernel* Ed25519Avx512Kernel() { return nullptr; }

}  // namespace assay::simd

#endif  // defined(__x86_64__)
