#include "core/simd/base64url/base64url.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "gtest/gtest.h"

namespace assay {
namespace {

constexpr absl::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string AllBytes() {
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes.push_back(static_cast<char>(c));
  return bytes;
}

// Bit by bit, as RFC 4648 describes it; slow and plain, to compare with.
absl::optional<std::string> NaiveDecode(absl::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int num_bits = 0;
  for (const char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == absl::string_view::npos) return absl::nullopt;
    bits = (bits << 6 | static_cast<uint32_t>(value)) & 0xffff;
    num_bits += 6;
    if (num_bits >= 8) {
      num_bits -= 8;
      out.push_back(static_cast<char>(bits >> num_bits));
    }
  }
  if (num_bits >= 6) return absl::nullopt;
  if ((bits & ((1u << num_bits) - 1)) != 0) return absl::nullopt;
  return out;
}

std::string NaiveEncode(absl::string_view bytes) {
  std::string out;
  uint32_t bits = 0;
  int num_bits = 0;
  for (const char c : bytes) {
    bits = (bits << 8 | static_cast<uint8_t>(c)) & 0xffff;
    for (num_bits += 8; num_bits >= 6;) {
      num_bits -= 6;
      out.push_back(kAlphabet[bits >> num_bits & 63]);
    }
  }
  if (num_bits > 0) out.push_back(kAlphabet[bits << (6 - num_bits) & 63]);
  return out;
}

absl::optional<std::string> Decode(absl::string_view text) {
  std::string out;
  if (!Base64UrlDecode(text, &out)) return absl::nullopt;
  return out;
}

bool DecodesLikeNaive(absl::string_view text) {
  return Decode(text) == NaiveDecode(text);
}

TEST(Base64UrlTest, AgreesWithRfc4648Vectors) {
  // RFC 4648 10, without the padding.
  const std::pair<absl::string_view, absl::string_view> kVectors[] = {
      {"", ""},
      {"f", "Zg"},
      {"fo", "Zm8"},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg"},
      {"fooba", "Zm9vYmE"},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [bytes, text] : kVectors) {
    EXPECT_EQ(Base64UrlEncode(bytes), text);
    EXPECT_EQ(Decode(text), std::string(bytes));
  }
}

TEST(Base64UrlTest, AgreesWithRfc7515AppendixC) {
  EXPECT_EQ(Base64UrlEncode("\x03\xec\xff\xe0\xc1"), "A-z_4ME");
  EXPECT_EQ(Decode("A-z_4ME"), "\x03\xec\xff\xe0\xc1");
}

TEST(Base64UrlTest, DecodesEveryStringOfUpToTwoBytesLikeTheNaiveOne) {
  const std::string all = AllBytes();
  for (const char a : all) {
    ASSERT_TRUE(DecodesLikeNaive(std::string{a}));
    for (const char b : all) {
      ASSERT_TRUE(DecodesLikeNaive(std::string{a, b})) << int{a} << int{b};
    }
  }
}

// Three and four bytes of the whole range would be 2^24 and 2^32 strings: here
// each pair of positions takes the whole range beside fixed valid characters.
TEST(Base64UrlTest, DecodesThreeAndFourBytesLikeTheNaiveOne) {
  const std::string all = AllBytes();
  for (const absl::string_view base : {"A_A", "-9Q", "A_9A", "zZ-w"}) {
    for (size_t i = 0; i < base.size(); ++i) {
      for (size_t j = i + 1; j < base.size(); ++j) {
        std::string text(base);
        for (const char a : all) {
          for (const char b : all) {
            text[i] = a;
            text[j] = b;
            ASSERT_TRUE(DecodesLikeNaive(text)) << testing::PrintToString(text);
          }
        }
      }
    }
  }
}

TEST(Base64UrlTest, DecodesEveryTripleOfTheAlphabetLikeTheNaiveOne) {
  for (const char a : kAlphabet) {
    for (const char b : kAlphabet) {
      for (const char c : kAlphabet) {
        const std::string text{a, b, c};
        ASSERT_TRUE(DecodesLikeNaive(text)) << text;
        ASSERT_TRUE(DecodesLikeNaive(text + "B")) << text;
      }
    }
  }
}

TEST(Base64UrlTest, EncodesLikeTheNaiveOneAndBackAtEveryLength) {
  std::string bytes;
  uint32_t state = 12345;
  for (int len = 0; len < 300; ++len) {
    const std::string text = Base64UrlEncode(bytes);
    ASSERT_EQ(text, NaiveEncode(bytes));
    ASSERT_EQ(text.size(), Base64UrlEncodedSize(bytes.size()));
    ASSERT_EQ(Base64UrlDecodedSize(text.size()), bytes.size());
    ASSERT_EQ(Decode(text), bytes);
    state = state * 1664525 + 1013904223;
    bytes.push_back(static_cast<char>(state >> 24));
  }
}

TEST(Base64UrlTest, EncodesEveryPairOfBytesLikeTheNaiveOne) {
  const std::string all = AllBytes();
  for (const char a : all) {
    for (const char b : all) {
      const std::string bytes{a, b};
      ASSERT_EQ(Base64UrlEncode(bytes), NaiveEncode(bytes));
      ASSERT_EQ(Base64UrlEncode(bytes + a), NaiveEncode(bytes + a));
    }
  }
}

TEST(Base64UrlTest, RejectsEveryForeignByteAtEveryPositionOfALongText) {
  for (const size_t len : {64u, 66u, 67u, 79u}) {
    const std::string good(len, 'A');
    ASSERT_TRUE(Decode(good).has_value()) << len;
    for (size_t position = 0; position < len; ++position) {
      for (const char c : AllBytes()) {
        if (kAlphabet.find(c) != absl::string_view::npos) continue;
        std::string bad = good;
        bad[position] = c;
        ASSERT_FALSE(Decode(bad).has_value()) << position << " " << int{c};
      }
    }
  }
}

// pitfalls: '=', white space, '.', and the other alphabet's '+' and '/'.
TEST(Base64UrlTest, RejectsPaddingWhiteSpaceAndStandardBase64) {
  for (const absl::string_view text :
       {"Zg==", "Zg=", "Zm8=", "Zm9v====", "Zm 9", "Zm9v\n", " Zm9v",
        "Zm9v\r\n", "Zm.v", "Zm9v.", "+w", "_/8", "Zm9\tv", "="}) {
    EXPECT_FALSE(Decode(text).has_value()) << text;
  }
  EXPECT_FALSE(Decode(absl::string_view("Zm9v\0", 5)).has_value());
  EXPECT_FALSE(Decode(absl::string_view("Zm9\0", 4)).has_value());
}

TEST(Base64UrlTest, RejectsLengthsOfOneModuloFour) {
  for (size_t len = 1; len < 100; len += 4) {
    EXPECT_FALSE(Decode(std::string(len, 'A')).has_value()) << len;
  }
}

TEST(Base64UrlTest, RejectsTrailingBitsThatAreNotZero) {
  for (const absl::string_view prefix : {"", "Zm9v", "Zm9vZm9vZm9vZm9v"}) {
    int two = 0, three = 0;
    for (const char c : kAlphabet) {
      two += Decode(std::string(prefix) + 'Z' + c).has_value();
      three += Decode(std::string(prefix) + "Zm" + c).has_value();
    }
    EXPECT_EQ(two, 4) << prefix;     // two of six bits are used
    EXPECT_EQ(three, 16) << prefix;  // four of six
  }
}

// The buffers have exactly the promised sizes, so that the sanitizers see a
// read or write beyond them.
TEST(Base64UrlTest, StaysWithinItsBuffers) {
  for (size_t len = 0; len < 70; ++len) {
    if (len % 4 == 1) continue;
    const std::vector<char> text(len, 'A');
    std::vector<uint8_t> bytes(Base64UrlDecodedSize(len));
    ASSERT_TRUE(
        Base64UrlDecode(absl::string_view(text.data(), len), bytes.data()));
    std::vector<char> again(Base64UrlEncodedSize(bytes.size()));
    Base64UrlEncode(
        absl::string_view(reinterpret_cast<const char*>(bytes.data()),
                          bytes.size()),
        again.data());
    EXPECT_EQ(again, text);
  }
}

TEST(Base64UrlTest, AppendsBehindWhatIsThere) {
  std::string out = "head.";
  Base64UrlAppend("foob", &out);
  EXPECT_EQ(out, "head.Zm9vYg");
}

}  // namespace
}  // namespace assay
