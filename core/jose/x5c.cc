#include "core/jose/x5c.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/simd/base64url/base64url.h"

namespace assay::jose {
namespace {

using simdjson::SUCCESS;

// By way of base64url, whose decoder is strict.
bool DecodeBase64(absl::string_view text, std::string* bytes) {
  if (text.empty() || text.size() % 4 != 0) return false;
  for (int i = 0; i < 2 && text.back() == '='; ++i) text.remove_suffix(1);
  std::string url_safe(text);
  for (char& c : url_safe) {
    if (c == '-' || c == '_') return false;
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return Base64UrlDecode(url_safe, bytes);
}

}  // namespace

absl::Status DecodeX5c(const json::Element& x5c, size_t max,
                       std::vector<std::string>* ders) {
  ders->clear();
  json::Array list;
  if (x5c.get_array().get(list) != SUCCESS || list.size() == 0) {
    return absl::InvalidArgumentError("must be a list of certificates");
  }
  if (list.size() > max) {
    return absl::OutOfRangeError(
        absl::StrCat("holds more than ", max, " certificates"));
  }
  for (const json::Element element : list) {
    std::string_view text;
    if (element.get_string().get(text) != SUCCESS ||
        !DecodeBase64(absl::string_view(text.data(), text.size()),
                      &ders->emplace_back())) {
      return absl::InvalidArgumentError(
          "must hold certificates as standard base64 (not base64url) of DER");
    }
  }
  return absl::OkStatus();
}

std::string EncodeX5c(absl::string_view der) { return absl::Base64Escape(der); }

}  // namespace assay::jose
