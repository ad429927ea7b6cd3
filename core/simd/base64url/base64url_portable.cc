// Base64url by tables, for processors without the wide instructions.
#include <array>

#include "core/simd/base64url/base64url_kernel.h"

namespace assay::simd {
namespace {

constexpr char kAlphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// A bit that no valid character sets; it survives every OR.
constexpr uint32_t kInvalid = 0x80000000;

constexpr std::array<uint32_t, 256> MakeSextets() {
  std::array<uint32_t, 256> table{};
  for (uint32_t& entry : table) entry = kInvalid;
  for (uint32_t i = 0; i < 64; ++i) {
    table[static_cast<unsigned char>(kAlphabet[i])] = i;
  }
  return table;
}

// What each character of a group of four adds to the three bytes it stands for,
// the first byte in the low bits: a group is decoded by four look-ups and ORs.
struct QuadTables {
  std::array<uint32_t, 256> position[4]{};
};

constexpr uint32_t ReverseBytes24(uint32_t value) {
  return (value >> 16 & 0xff) | (value & 0xff00) | (value & 0xff) << 16;
}

constexpr QuadTables MakeQuadTables() {
  QuadTables tables{};
  const std::array<uint32_t, 256> sextets = MakeSextets();
  for (int position = 0; position < 4; ++position) {
    for (size_t c = 0; c < 256; ++c) {
      tables.position[position][c] =
          sextets[c] == kInvalid
              ? kInvalid
              : ReverseBytes24(sextets[c] << (18 - 6 * position));
    }
  }
  return tables;
}

// Two characters for every 12 bits: half the look-ups of one for every 6.
struct PairTable {
  char pair[4096][2]{};
};

constexpr PairTable MakePairTable() {
  PairTable table{};
  for (size_t i = 0; i < 4096; ++i) {
    table.pair[i][0] = kAlphabet[i >> 6];
    table.pair[i][1] = kAlphabet[i & 63];
  }
  return table;
}

constexpr std::array<uint32_t, 256> kSextets = MakeSextets();
constexpr QuadTables kQuads = MakeQuadTables();
constexpr PairTable kPairs = MakePairTable();

inline uint32_t DecodeQuad(const unsigned char* in) {
  return kQuads.position[0][in[0]] | kQuads.position[1][in[1]] |
         kQuads.position[2][in[2]] | kQuads.position[3][in[3]];
}

inline void Store24(uint32_t value, uint8_t* out) {
  out[0] = static_cast<uint8_t>(value);
  out[1] = static_cast<uint8_t>(value >> 8);
  out[2] = static_cast<uint8_t>(value >> 16);
}

// The last two or three characters; their unused bits must be zero.
bool DecodeTail(const unsigned char* in, size_t len, uint8_t* out) {
  const uint32_t third = len == 3 ? kSextets[in[2]] : 0;
  if ((kSextets[in[0]] | kSextets[in[1]] | third) & kInvalid) return false;
  const uint32_t bits = kSextets[in[0]] << 12 | kSextets[in[1]] << 6 | third;
  out[0] = static_cast<uint8_t>(bits >> 10);
  if (len == 2) return (bits & 0x3ff) == 0;
  out[1] = static_cast<uint8_t>(bits >> 2);
  return (bits & 0x3) == 0;
}

inline void StorePair(uint32_t bits12, char* out) {
  out[0] = kPairs.pair[bits12][0];
  out[1] = kPairs.pair[bits12][1];
}

bool Decode(const char* text, size_t len, uint8_t* out) {
  if (len % 4 == 1) return false;
  const auto* in = reinterpret_cast<const unsigned char*>(text);
  size_t left = len;
  // One test for four groups keeps the branches out of the loads' way.
  for (; left >= 16; left -= 16, in += 16, out += 12) {
    const uint32_t a = DecodeQuad(in), b = DecodeQuad(in + 4);
    const uint32_t c = DecodeQuad(in + 8), d = DecodeQuad(in + 12);
    if ((a | b | c | d) & kInvalid) return false;
    Store24(a, out);
    Store24(b, out + 3);
    Store24(c, out + 6);
    Store24(d, out + 9);
  }
  for (; left >= 4; left -= 4, in += 4, out += 3) {
    const uint32_t quad = DecodeQuad(in);
    if (quad & kInvalid) return false;
    Store24(quad, out);
  }
  return left == 0 || DecodeTail(in, left, out);
}

void Encode(const uint8_t* in, size_t left, char* out) {
  for (; left >= 3; left -= 3, in += 3, out += 4) {
    const uint32_t bits = uint32_t{in[0]} << 16 | in[1] << 8 | in[2];
    StorePair(bits >> 12, out);
    StorePair(bits & 0xfff, out + 2);
  }
  if (left == 0) return;
  const uint32_t bits = uint32_t{in[0]} << 10 | (left == 2 ? in[1] << 2 : 0);
  StorePair(bits >> 6, out);
  if (left == 2) out[2] = kAlphabet[bits & 63];
}

constexpr Base64UrlKernel kKernel = {"portable", Decode, Encode};

}  // namespace

const Base64UrlKernel* Base64UrlPortableKernel() { return &kKernel; }

}  // namespace assay::simd
