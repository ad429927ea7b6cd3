// Numbers of several 64-bit words, in little-endian order. Textual: included
// inside an anonymous namespace; it includes nothing itself.

// Reads `len` big-endian bytes, at most 8 kWords.
template <int kWords>
void WordsFromBytes(const uint8_t* bytes, int len, uint64_t* words) {
  for (int i = 0; i < kWords; ++i) {
    words[i] = 0;
    const int end = len - 8 * i;
    for (int at = end > 8 ? end - 8 : 0; at < end; ++at) {
      words[i] = words[i] << 8 | bytes[at];
    }
  }
}

template <int kWords>
bool IsZero(const uint64_t* a) {
  uint64_t bits = 0;
  for (int i = 0; i < kWords; ++i) bits |= a[i];
  return bits == 0;
}

template <int kWords>
bool IsBelow(const uint64_t* a, const uint64_t* b) {
  for (int i = kWords - 1; i >= 0; --i) {
    if (a[i] != b[i]) return a[i] < b[i];
  }
  return false;
}

// The `width` bits from bit `at` upwards, for width < 64; beyond the number
// there are zeros.
template <int kWords>
constexpr uint64_t BitsAt(const uint64_t* a, int at, int width) {
  const int word = at / 64, shift = at % 64;
  uint64_t bits = word < kWords ? a[word] >> shift : 0;
  if (shift != 0 && word + 1 < kWords) bits |= a[word + 1] << (64 - shift);
  return bits & ((uint64_t{1} << width) - 1);
}

template <int kWords>
constexpr void AddWords(const uint64_t* a, const uint64_t* b, uint64_t* sum) {
  uint64_t carry = 0;
  for (int i = 0; i < kWords; ++i) {
    const unsigned __int128 t =
        static_cast<unsigned __int128>(a[i]) + b[i] + carry;
    sum[i] = static_cast<uint64_t>(t);
    carry = static_cast<uint64_t>(t >> 64);
  }
}

// a - b modulo 2^(64 kWords); whether a was below b.
template <int kWords>
constexpr bool SubtractWords(const uint64_t* a, const uint64_t* b,
                             uint64_t* difference) {
  uint64_t borrow = 0;
  for (int i = 0; i < kWords; ++i) {
    const unsigned __int128 t =
        static_cast<unsigned __int128>(a[i]) - b[i] - borrow;
    difference[i] = static_cast<uint64_t>(t);
    borrow = static_cast<uint64_t>(t >> 64) & 1;
  }
  return borrow != 0;
}
