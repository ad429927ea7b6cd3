#include "core/crypto/pem.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/crypto/boringssl.h"

namespace assay::crypto {
namespace {

constexpr absl::string_view kBegin = "-----BEGIN ";
constexpr absl::string_view kEnd = "-----END ";
constexpr absl::string_view kDashes = "-----";

PemBlock Broken(absl::string_view label, absl::string_view error) {
  return PemBlock{std::string(label), SecretBytes(), std::string(error)};
}

// Standard base64 with its padding, and any white space between.
PemBlock DecodeBody(absl::string_view label, absl::string_view body) {
  if (absl::StrContains(body, "ENCRYPTED")) {
    return Broken(label, "the key is encrypted: decrypt it first");
  }
  SecretBytes packed(body.size());
  size_t len = 0;
  for (const char c : body) {
    if (!absl::ascii_isspace(c)) packed.data()[len++] = c;
  }
  SecretBytes decoded(len);
  size_t decoded_len = 0;
  if (len == 0 || !EVP_DecodeBase64(decoded.data(), &decoded_len,
                                    decoded.size(), packed.data(), len)) {
    ERR_clear_error();
    return Broken(label, "the PEM block is not base64");
  }
  return PemBlock{std::string(label),
                  SecretBytes(decoded.view().substr(0, decoded_len)), ""};
}

// The label of the BEGIN line that `*text` starts with, which is removed.
// Empty if the line is not one.
absl::string_view TakeLabel(absl::string_view* text) {
  text->remove_prefix(kBegin.size());
  const size_t end = text->find(kDashes);
  if (end == absl::string_view::npos) return "";
  const absl::string_view label = text->substr(0, end);
  // Looked for in the label alone: time stays linear in a text without lines.
  if (absl::StrContains(label, '\n')) return "";
  text->remove_prefix(end + kDashes.size());
  return label;
}

}  // namespace

std::vector<PemBlock> ParsePem(absl::string_view text) {
  std::vector<PemBlock> blocks;
  for (size_t begin; (begin = text.find(kBegin)) != absl::string_view::npos;) {
    text.remove_prefix(begin);
    const absl::string_view label = TakeLabel(&text);
    const std::string end_line = absl::StrCat(kEnd, label, kDashes);
    // A block that is cut short does not swallow the one after it.
    const absl::string_view body = text.substr(0, text.find(kBegin));
    const size_t end = body.find(end_line);
    if (label.empty() || end == absl::string_view::npos) {
      blocks.push_back(Broken(label, "the PEM block has no matching END line"));
      continue;
    }
    blocks.push_back(DecodeBody(label, body.substr(0, end)));
    text.remove_prefix(end + end_line.size());
  }
  return blocks;
}

}  // namespace assay::crypto
