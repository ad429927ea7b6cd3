#include "service/cli/line_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "gtest/gtest.h"

namespace assay::cli {
namespace {

// Gives its pieces one by one; an empty piece is a pause.
class PiecesSource : public ByteSource {
 public:
  explicit PiecesSource(std::vector<std::string> pieces)
      : pieces_(std::move(pieces)) {}

  absl::StatusOr<size_t> Read(char* buffer, size_t len) override {
    while (next_ < pieces_.size() && pieces_[next_].empty()) ++next_;
    if (next_ == pieces_.size()) return size_t{0};
    std::string& piece = pieces_[next_];
    const size_t num = std::min(len, piece.size());
    std::memcpy(buffer, piece.data(), num);
    piece.erase(0, num);
    if (piece.empty()) ++next_;
    return num;
  }
  bool ReadyWithin(absl::Duration) override {
    return next_ == pieces_.size() || !pieces_[next_].empty();
  }

 private:
  std::vector<std::string> pieces_;
  size_t next_ = 0;
};

LineReader ReaderOf(std::vector<std::string> pieces, size_t max_line_bytes) {
  return LineReader(std::make_unique<PiecesSource>(std::move(pieces)),
                    max_line_bytes);
}

// All lines, "<too long>" for one above 5 bytes.
std::vector<std::string> LinesOf(std::vector<std::string> pieces) {
  LineReader reader = ReaderOf(std::move(pieces), 5);
  std::vector<std::string> lines;
  while (true) {
    absl::string_view line;
    const absl::StatusOr<LineEvent> event = reader.Next(true, &line);
    EXPECT_TRUE(event.ok());
    if (!event.ok() || *event == LineEvent::kEnd) return lines;
    lines.push_back(*event == LineEvent::kTooLong ? "<too long>"
                                                  : std::string(line));
  }
}

using Lines = std::vector<std::string>;

TEST(LineReaderTest, TakesLfAndCrLfAndALastLineWithoutEnd) {
  EXPECT_EQ(LinesOf({"a\nb\r\nc"}), (Lines{"a", "b", "c"}));
  EXPECT_EQ(LinesOf({"c\r"}), (Lines{"c"}));
}

TEST(LineReaderTest, NothingHasNoLines) {
  EXPECT_EQ(LinesOf({}), Lines{});
  EXPECT_EQ(LinesOf({"\n\n"}), Lines{});
}

TEST(LineReaderTest, SkipsBlankLines) {
  EXPECT_EQ(LinesOf({"\n \t\n\r\na\n\n\nb\n   "}), (Lines{"a", "b"}));
}

TEST(LineReaderTest, KeepsWhiteSpaceWithinAndAroundALine) {
  EXPECT_EQ(LinesOf({" a \n\tb\n\r\r\n"}), (Lines{" a ", "\tb", "\r"}));
}

TEST(LineReaderTest, ALineAboveTheLimitIsToldAndTheRestGoesOn) {
  EXPECT_EQ(LinesOf({"12345\n123456\n12345\r\n1234567\r\na\n"}),
            (Lines{"12345", "<too long>", "12345", "<too long>", "a"}));
  EXPECT_EQ(LinesOf({"123456"}), Lines{"<too long>"});
}

TEST(LineReaderTest, PiecesMayBeCutAnywhere) {
  const std::string text = "ab\r\n\n123456789\n12345\r\n x\nlast";
  const Lines expected{"ab", "<too long>", "12345", " x", "last"};
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(LinesOf({text.substr(0, cut), text.substr(cut)}), expected)
        << "cut at " << cut;
  }
  Lines bytes;
  for (char c : text) bytes.emplace_back(1, c);
  EXPECT_EQ(LinesOf(bytes), expected);
}

TEST(LineReaderTest, ALineLongerThanTheBufferIsPutTogether) {
  const std::string line(1000 * 1000, 'x');
  LineReader reader = ReaderOf({line + "\n"}, line.size());
  absl::string_view got;
  ASSERT_EQ(*reader.Next(true, &got), LineEvent::kLine);
  EXPECT_EQ(got, line);
}

TEST(LineReaderTest, APauseAmidALineLosesNothing) {
  LineReader reader = ReaderOf({"ab", "", "c\nd"}, 5);
  absl::string_view line;
  EXPECT_EQ(*reader.Next(false, &line), LineEvent::kNotReady);
  EXPECT_EQ(*reader.Next(true, &line), LineEvent::kLine);
  EXPECT_EQ(line, "abc");
}

TEST(LineReaderTest, AByteOrderMarkIsNoPartOfTheFirstLine) {
  EXPECT_EQ(LinesOf({"\xef\xbb\xbf"
                     "12345\r\n\xef\xbb\xbf"
                     "a\n"}),
            (Lines{"12345",
                   "\xef\xbb\xbf"
                   "a"}));
  EXPECT_EQ(LinesOf({"\xef", "\xbb\xbf", "a"}), Lines{"a"});
  EXPECT_EQ(LinesOf({"\xef\xbb\xbf"
                     "123456\n1"}),
            (Lines{"<too long>", "1"}));
  EXPECT_EQ(LinesOf({"\xef\xbb\xbf"}), Lines{});
}

TEST(LineReaderTest, NumbersLinesWithTheBlankOnes) {
  LineReader reader = ReaderOf({"\na\n\nb\n"}, 5);
  absl::string_view line;
  ASSERT_EQ(*reader.Next(true, &line), LineEvent::kLine);
  EXPECT_EQ(reader.line_number(), 2u);
  ASSERT_EQ(*reader.Next(true, &line), LineEvent::kLine);
  EXPECT_EQ(reader.line_number(), 4u);
}

}  // namespace
}  // namespace assay::cli
