// Ed25519 verification with tables and without intrinsics, one signature after
// another: S·B + h·(-A) is a sum of table points (table_layout.h), and the
// encodings of up to kBlock results share one field inversion.
#include "core/simd/ed25519/ed25519_portable.h"

#include <cstddef>
#include <cstring>

#include "core/simd/ed25519/point.h"
#include "core/simd/ed25519/scalar.h"
#include "core/simd/ed25519/table_layout.h"

namespace assay::simd {
namespace {

using namespace ed25519;  // NOLINT: the names of this one concept.

// Signatures, or points of a table, whose Z are inverted together.
constexpr size_t kBlock = 32;

bool PrepareKey(const uint8_t* encoded, void* key) {
  return DecodeNegated(encoded, static_cast<PreparedKey*>(key));
}

size_t TableBytes(int window_bits) {
  return KeyTableShape(window_bits).NumEntries() * sizeof(TableEntry);
}

// Replaces points[0..num) by inverses of their Z; num <= kBlock.
void InvertAll(const Point* points, size_t num, FieldElement* z_inverses) {
  if (num == 0) return;
  FieldElement products[kBlock];
  products[0] = points[0].z;
  for (size_t i = 1; i < num; ++i) {
    products[i] = Multiply(products[i - 1], points[i].z);
  }
  FieldElement inverse = Invert(products[num - 1]);
  for (size_t i = num - 1; i > 0; --i) {
    z_inverses[i] = Multiply(inverse, products[i - 1]);
    inverse = Multiply(inverse, points[i].z);
  }
  z_inverses[0] = inverse;
}

// Fills entries[1..num) with the multiples of entries[0].
void FillWindow(size_t num, TableEntry* entries) {
  Point multiples[kBlock];
  FieldElement z_inverses[kBlock];
  Point multiple = PointOf(entries[0]);
  for (size_t done = 1; done < num;) {
    size_t in_block = 0;
    for (; in_block < kBlock && done + in_block < num; ++in_block) {
      multiple = AddEntry(multiple, entries[0], /*negate=*/false);
      multiples[in_block] = multiple;
    }
    InvertAll(multiples, in_block, z_inverses);
    for (size_t i = 0; i < in_block; ++i) {
      entries[done + i] =
          EntryOf(multiples[i].x, multiples[i].y, z_inverses[i]);
    }
    done += in_block;
  }
}

void FillTable(const TableEntry& point, const TableShape& shape,
               TableEntry* entries) {
  FillWindowBases(point, shape.window_bits, shape.num_windows,
                  shape.full_entries, entries);
  for (int j = 0; j < shape.num_windows; ++j) {
    FillWindow(shape.EntriesOf(j), entries + j * shape.full_entries);
  }
}

bool BuildTable(const void* key, int window_bits, void* table) {
  if (!IsWindowSize(window_bits)) return false;
  FillTable(*static_cast<const PreparedKey*>(key), KeyTableShape(window_bits),
            static_cast<TableEntry*>(table));
  return true;
}

// The multiples of B, made at first use and kept for the life of the process.
const TableEntry* BaseTable() {
  static const TableEntry* const table = [] {
    auto* const entries = new TableEntry[kBaseTableShape.NumEntries()];
    FillTable(BasePoint(), kBaseTableShape, entries);
    return entries;
  }();
  return table;
}

// A digit's point: an entry of a table, or none for zero.
struct Term {
  const TableEntry* entry;
  bool negate;
};

// Writes the terms of scalar·P, where `table` is of P, and returns their end.
// Tables are larger than the first caches, so the entries are called for here.
Term* FindTerms(const WindowedScalar& scalar, const TableShape& shape,
                const TableEntry* table, Term* terms) {
  for (int j = 0; j < shape.num_windows; ++j) {
    const int digit = DigitOf(scalar, shape, j);
    if (digit == 0) continue;
    const bool negate = digit < 0;
    const size_t multiple = negate ? -digit : digit;
    terms->entry = table + j * shape.full_entries + multiple - 1;
    terms->negate = negate;
    __builtin_prefetch(terms->entry);
    __builtin_prefetch(terms->entry->y_minus_x);
    ++terms;
  }
  return terms;
}

// R' = S·B - h·A.
Point CombinationOf(const Ed25519Job& job, const Scalar& s) {
  const Scalar h = ReduceChallenge(job.challenge);
  Term terms[kBaseTableShape.num_windows + NumWindows(kWindowSizes[0])];
  Term* end =
      FindTerms(SplitForBaseTable(s), kBaseTableShape, BaseTable(), terms);
  end = FindTerms(SplitForKeyTable(h, job.window_bits),
                  KeyTableShape(job.window_bits),
                  static_cast<const TableEntry*>(job.table), end);
  Point sum = IdentityPoint();
  for (const Term* term = terms; term != end; ++term) {
    sum = AddEntry(sum, *term->entry, term->negate);
  }
  return sum;
}

bool IsZero(const uint8_t* bytes) {
  static constexpr uint8_t kZeros[32] = {0};
  return std::memcmp(bytes, kZeros, sizeof kZeros) == 0;
}

// Compares the encoding of R' with R.
LaneVerdict Judge(const Point& point, const FieldElement& z_inverse,
                  const uint8_t* r) {
  uint8_t encoded[32], x[32];
  Encode(point.x, point.y, z_inverse, encoded);
  if (IsZero(encoded)) {
    // y = 0 has two points. With x = 0 too it is none: memory went bad, or a
    // table is not a table.
    Encode(kZero, point.x, z_inverse, x);
    if (IsZero(x)) return LaneVerdict::kUndecided;
  }
  return std::memcmp(encoded, r, sizeof encoded) == 0 ? LaneVerdict::kAccepted
                                                      : LaneVerdict::kRejected;
}

// Judges at most kBlock jobs.
void VerifyBlock(const Ed25519Job* jobs, size_t num, LaneVerdict* verdicts) {
  Point points[kBlock] = {};
  FieldElement z_inverses[kBlock];
  size_t job_of[kBlock];
  size_t num_points = 0;
  for (size_t i = 0; i < num; ++i) {
    Scalar s;
    if (!ReadCanonicalScalar(jobs[i].signature + 32, &s)) {
      verdicts[i] = LaneVerdict::kRejected;
    } else if (jobs[i].table == nullptr || !IsWindowSize(jobs[i].window_bits)) {
      verdicts[i] = LaneVerdict::kUndecided;
    } else {
      points[num_points] = CombinationOf(jobs[i], s);
      job_of[num_points++] = i;
    }
  }
  InvertAll(points, num_points, z_inverses);
  for (size_t i = 0; i < num_points; ++i) {
    verdicts[job_of[i]] =
        Judge(points[i], z_inverses[i], jobs[job_of[i]].signature);
  }
}

void Verify(const Ed25519Job* jobs, size_t num, LaneVerdict* verdicts) {
  for (size_t done = 0; done < num; done += kBlock) {
    const size_t in_block = num - done < kBlock ? num - done : kBlock;
    VerifyBlock(jobs + done, in_block, verdicts + done);
  }
}

constexpr Ed25519Kernel kKernel = {
    "portable",
    /*num_lanes=*/1,
    /*min_batch=*/1,
    /*min_cold_batch=*/0,
    kWindowSizes,
    sizeof(PreparedKey),
    TableBytes,
    PrepareKey,
    BuildTable,
    Verify,
};

}  // namespace

const Ed25519Kernel* Ed25519PortableKernel() { return &kKernel; }

}  // namespace assay::simd
