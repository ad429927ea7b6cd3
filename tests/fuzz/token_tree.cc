#include "tests/fuzz/token_tree.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/simd/base64url/base64url.h"

namespace assay::testing {
namespace {

using Kind = Node::Kind;

constexpr size_t kMaxText = 8192;  // Doubling need not go on for ever.

// Names that mean something somewhere.
constexpr absl::string_view kNames[] = {"payload",       "signature",
                                        "signatures",    "protected",
                                        "header",        "iv",
                                        "ciphertext",    "tag",
                                        "encrypted_key", "recipients",
                                        "aad",           "crit",
                                        "b64",           "unprotected",
                                        "alg",           "enc",
                                        "kid",           "zip",
                                        "cty",           "epk",
                                        "\xc5\xbex",     ""};
constexpr absl::string_view kTexts[] = {"",        "AA",
                                        "e30",     "none",
                                        "HS256",   "ES256",
                                        "dir",     "DEF",
                                        "A128GCM", "ECDH-ES+A128KW",
                                        "A128KW",  "A128CBC-HS256",
                                        "JWT",     "es",
                                        "ed",      "hs",
                                        "nobody",  "AAAAAAAAAAAAAAAA",
                                        ".",       "..",
                                        "kw",      "ec",
                                        "\"\\\r\n"};
constexpr absl::string_view kRawValues[] = {"null",
                                            "1",
                                            "true",
                                            "[]",
                                            "{}",
                                            "[\"JWT\"]",
                                            "[[[[]]]]",
                                            "-0.1e400",
                                            "{\"alg\":\"none\"}",
                                            "false",
                                            "{\"crit\":[\"x\"]}",
                                            "[\"b64\"]",
                                            "{\"zip\":\"DEF\"}"};

bool IsText(const Node& node) {
  return node.kind == Kind::kText || node.kind == Kind::kRaw;
}

// Where a node is: a child of `parent`.
struct Place {
  Node* parent;
  size_t index;

  Node& node() const { return parent->children[index]; }
};

void CollectPlaces(Node* node, std::vector<Place>* places) {
  for (size_t i = 0; i < node->children.size(); ++i) {
    places->push_back({node, i});
    CollectPlaces(&node->children[i], places);
  }
}

void CollectParents(Node* node, std::vector<Node*>* parents) {
  if (IsText(*node)) return;
  parents->push_back(node);
  for (Node& child : node->children) CollectParents(&child, parents);
}

// The first node of that name in `node`, or null.
const Node* FindDeep(const Node& node, absl::string_view name) {
  for (const Node& child : node.children) {
    if (child.name == name) return &child;
    if (const Node* found = FindDeep(child, name)) return found;
  }
  return nullptr;
}

void Insert(Node node, Choices* choices, Node* parent) {
  auto& children = parent->children;
  const size_t at = choices->Below(children.size() + 1);
  children.insert(children.begin() + static_cast<std::ptrdiff_t>(at),
                  std::move(node));
}

Node AnyNode(Choices* choices) {
  const absl::string_view name = choices->OneOf(kNames);
  if (choices->Below(2) == 0) return Node::Text(name, choices->OneOf(kTexts));
  return Node::Raw(name, choices->OneOf(kRawValues));
}

void FlipBit(Choices* choices, std::string* text) {
  if (text->empty()) return;
  const size_t at = choices->Below(std::min<size_t>(text->size(), 65536));
  (*text)[at] = static_cast<char>((*text)[at] ^ (1 << choices->Below(8)));
}

// Other texts for the same bytes, none of them strict base64url; and others
// for other bytes, which are.
void Reencode(Choices* choices, std::string* text) {
  std::string bytes;
  switch (choices->Below(7)) {
    case 0:
      text->append((4 - text->size() % 4) % 4, '=');
      break;
    case 1:  // A bit that no byte has.
      if (!text->empty() && text->size() % 4 != 0) text->back() ^= 1;
      break;
    case 2:
      for (char& c : *text) c = c == '-' ? '+' : c == '_' ? '/' : c;
      break;
    case 3:
      text->insert(choices->Below(text->size() + 1), 1,
                   " \n\t="[choices->Below(4)]);
      break;
    case 4:
      if (!Base64UrlDecode(*text, &bytes)) break;
      FlipBit(choices, &bytes);
      *text = Base64UrlEncode(bytes);
      break;
    case 5:
      *text = Base64UrlEncode(*text);
      break;
    case 6:
      if (!Base64UrlDecode(*text, &bytes)) break;
      bytes.resize(choices->Below(bytes.size() + 2));
      *text = Base64UrlEncode(bytes);
      break;
  }
}

void ChangeText(Choices* choices, std::string* text) {
  switch (choices->Below(5)) {
    case 0:
      FlipBit(choices, text);
      break;
    case 1:
      Reencode(choices, text);
      break;
    case 2:
      text->resize(choices->Below(text->size() + 1));
      break;
    case 3:
      if (text->size() < kMaxText) text->append(*text);
      break;
    case 4:
      *text = std::string(choices->OneOf(kTexts));
      break;
  }
}

// Puts what `other` has under the same name, or a whole copy of it, there.
void TakeFromOther(const Node& other, Choices* choices, Node* node) {
  const Node* found = FindDeep(other, node->name);
  if (found != nullptr && choices->Below(4) != 3) {
    *node = *found;
  } else if (node->kind == Kind::kText) {
    node->text =
        choices->Below(2) == 0 ? Base64UrlEncode(Render(other)) : Render(other);
  } else {
    node->children = other.children;
  }
}

// Adds an entry of one of other's lists to one of the token's.
void TakeEntry(const Node& other, Choices* choices, Node* parent) {
  for (const char* list : {"signatures", "recipients"}) {
    const Node* from = FindDeep(other, list);
    if (from == nullptr || from->children.empty()) continue;
    Node* to = parent->kind == Kind::kArray ? parent : parent->Find(list);
    if (to == nullptr) {
      parent->children.push_back(*from);
    } else {
      Insert(from->children[choices->Below(from->children.size())], choices,
             to);
    }
  }
}

void DamageNode(const Node& other, Choices* choices, const Place& place,
                Node* token) {
  auto& siblings = place.parent->children;
  const auto it = siblings.begin() + static_cast<std::ptrdiff_t>(place.index);
  switch (choices->Below(7)) {
    case 0:
      if (IsText(*it)) ChangeText(choices, &it->text);
      break;
    case 1:
      siblings.erase(it);
      break;
    case 2:
      siblings.insert(it, Node(*it));
      break;
    case 3:
      it->name = std::string(choices->OneOf(kNames));
      break;
    case 4:
      TakeFromOther(other, choices, &*it);
      break;
    case 5:
      *it = Node::Raw(it->name, choices->OneOf(kRawValues));
      break;
    case 6: {
      Node moved = *it;
      siblings.erase(it);
      std::vector<Node*> parents;
      CollectParents(token, &parents);
      Insert(std::move(moved), choices,
             parents[choices->Below(parents.size())]);
      break;
    }
  }
}

void AppendEscaped(char c, std::string* text) {
  constexpr char kHex[] = "0123456789abcdef";
  absl::StrAppend(text, "\\u00");
  text->push_back(kHex[c >> 4]);
  text->push_back(kHex[c & 15]);
}

void AppendString(absl::string_view value, Style style, std::string* text) {
  text->push_back('"');
  for (size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool is_ascii = static_cast<unsigned char>(c) < 0x80;
    const bool must = c == '"' || c == '\\' || (is_ascii && c < ' ');
    if (must || (style.has_escapes && is_ascii && i % 3 == 0)) {
      AppendEscaped(c, text);
    } else {
      text->push_back(c);
    }
  }
  text->push_back('"');
}

void AppendNode(const Node& node, Style style, std::string* text);

void AppendChildren(const Node& node, Style style, std::string* text) {
  const absl::string_view space = style.has_spaces ? " \t\r\n" : "";
  for (const Node& child : node.children) {
    if (&child != &node.children[0]) text->push_back(',');
    absl::StrAppend(text, space);
    if (node.kind == Kind::kObject) {
      AppendString(child.name, style, text);
      absl::StrAppend(text, space, ":", space);
    }
    AppendNode(child, style, text);
  }
  absl::StrAppend(text, space);
}

void AppendNode(const Node& node, Style style, std::string* text) {
  switch (node.kind) {
    case Kind::kText:
      AppendString(node.text, style, text);
      break;
    case Kind::kRaw:
      absl::StrAppend(text, node.text);
      break;
    case Kind::kObject:
      text->push_back('{');
      AppendChildren(node, style, text);
      text->push_back('}');
      break;
    case Kind::kArray:
      text->push_back('[');
      AppendChildren(node, style, text);
      text->push_back(']');
      break;
    case Kind::kCompact:
      for (const Node& child : node.children) {
        if (&child != &node.children[0]) text->push_back('.');
        absl::StrAppend(text, child.text);
      }
      break;
  }
}

}  // namespace

Node Node::Text(absl::string_view name, absl::string_view text) {
  return {Kind::kText, std::string(name), std::string(text), {}};
}

Node Node::Raw(absl::string_view name, absl::string_view json) {
  return {Kind::kRaw, std::string(name), std::string(json), {}};
}

Node Node::Object(absl::string_view name, std::vector<Node> members) {
  return {Kind::kObject, std::string(name), "", std::move(members)};
}

Node Node::Array(absl::string_view name, std::vector<Node> entries) {
  return {Kind::kArray, std::string(name), "", std::move(entries)};
}

Node Node::Compact(const std::vector<std::string>& segments) {
  Node node{Kind::kCompact, "", "", {}};
  for (size_t i = 0; i < segments.size(); ++i) {
    // A name, so that it can be exchanged for the other's.
    node.children.push_back(
        Text(absl::StrCat(segments.size(), "/", i), segments[i]));
  }
  return node;
}

Node* Node::Find(absl::string_view child) {
  const auto it = absl::c_find_if(
      children, [&](const Node& node) { return node.name == child; });
  return it == children.end() ? nullptr : &*it;
}

void Node::Remove(absl::string_view child) {
  children.erase(
      std::remove_if(children.begin(), children.end(),
                     [&](const Node& node) { return node.name == child; }),
      children.end());
}

std::string Render(const Node& node, Style style) {
  std::string text;
  AppendNode(node, style, &text);
  return text;
}

bool HasTwins(const Node& node) {
  if (node.kind == Kind::kCompact) return false;
  for (const Node& child : node.children) {
    if (HasTwins(child)) return true;
    if (node.kind != Kind::kObject) continue;
    const auto num = absl::c_count_if(node.children, [&](const Node& other) {
      return other.name == child.name;
    });
    if (num > 1) return true;
  }
  return false;
}

void Damage(const Node& other, Choices* choices, Node* token) {
  std::vector<Place> places;
  CollectPlaces(token, &places);
  const size_t what = choices->Below(8);
  if (what >= 2 && !places.empty()) {
    DamageNode(other, choices, places[choices->Below(places.size())], token);
    return;
  }
  std::vector<Node*> parents;
  CollectParents(token, &parents);
  if (parents.empty()) return;
  Node* const parent = parents[choices->Below(parents.size())];
  if (what == 0) {
    Insert(AnyNode(choices), choices, parent);
  } else {
    TakeEntry(other, choices, parent);
  }
}

void DamageText(Choices* choices, std::string* text) {
  if (text->empty()) return;
  const size_t at = choices->Below(std::min<size_t>(text->size(), 65536));
  switch (choices->Below(5)) {
    case 0:
      FlipBit(choices, text);
      break;
    case 1:
      text->resize(at);
      break;
    case 2:
      text->insert(at, 1, ".\"{}[],:\\ =A"[choices->Below(12)]);
      break;
    case 3:
      text->erase(at, 1 + choices->Below(64));
      break;
    case 4:
      text->append(1, ". =}\n"[choices->Below(5)]);
      break;
  }
}

}  // namespace assay::testing
