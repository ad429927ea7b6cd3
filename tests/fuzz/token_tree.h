// A token, or a header, taken apart: what it is made of can be damaged piece by
// piece, and put together again, right or wrong.
//
// Thread safety: none but that of values.
#ifndef ASSAY_TESTS_FUZZ_TOKEN_TREE_H_
#define ASSAY_TESTS_FUZZ_TOKEN_TREE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/fuzz/choices.h"

namespace assay::testing {

struct Node {
  enum class Kind : uint8_t {
    kText,     // A string of JSON, or a segment.
    kRaw,      // Any other JSON, as it is.
    kObject,   // Its children are members, and have names.
    kArray,    // Its children are entries.
    kCompact,  // Its children are segments, which dots part.
  };

  Kind kind = Kind::kText;
  std::string name;
  std::string text;  // kText and kRaw.
  std::vector<Node> children;

  static Node Text(absl::string_view name, absl::string_view text);
  static Node Raw(absl::string_view name, absl::string_view json);
  static Node Object(absl::string_view name, std::vector<Node> members);
  static Node Array(absl::string_view name, std::vector<Node> entries);
  static Node Compact(const std::vector<std::string>& segments);

  // Null if no child has this name.
  Node* Find(absl::string_view child);
  // Does nothing if there is none.
  void Remove(absl::string_view child);
};

// What changes nothing in what JSON means; without effect on compact tokens.
struct Style {
  bool has_spaces = false;
  bool has_escapes = false;
};

std::string Render(const Node& node, Style style = {});

// Whether an object in it has two members of one name: an error in JSON of
// every kind of token.
bool HasTwins(const Node& node);

// Damages `*token` in one place: drops, doubles, moves, renames or changes what
// is there, puts in what was not, or takes something from `other`, a token that
// is in order.
void Damage(const Node& other, Choices* choices, Node* token);

// Damages the text of a token where it happens to be hit.
void DamageText(Choices* choices, std::string* text);

}  // namespace assay::testing

#endif  // ASSAY_TESTS_FUZZ_TOKEN_TREE_H_
