// Fresh keys and folders of key files for the tests of core/keys.
#ifndef ASSAY_CORE_KEYS_KEY_TEST_SUPPORT_H_
#define ASSAY_CORE_KEYS_KEY_TEST_SUPPORT_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/jose/algorithm.h"
#include "core/jose/jwk.h"

namespace assay::keys {

// A fresh private or symmetric key; the test fails if it cannot be made.
jose::Jwk FreshKey(jose::Algorithm alg, absl::string_view kid);
// A fresh private key's public half.
jose::Jwk FreshPublicKey(jose::Algorithm alg, absl::string_view kid);

// {"keys":[...]} of `jwks`, which are JWKs as text.
std::string JwkSetText(const std::vector<std::string>& jwks);

// An empty folder, deleted with all that is in it at the end.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string path(absl::string_view name) const;
  void MakeFolder(absl::string_view name) const;
  // Writes in place: the same file, truncated.
  void Write(absl::string_view name, absl::string_view contents,
             int mode = 0600) const;
  void Rename(absl::string_view from, absl::string_view to) const;
  void Link(absl::string_view target, absl::string_view name) const;
  void Chmod(absl::string_view name, int mode) const;
  // Deletes a file, or a folder with all that is in it.
  void Remove(absl::string_view name) const;

 private:
  std::string path_;
};

}  // namespace assay::keys

#endif  // ASSAY_CORE_KEYS_KEY_TEST_SUPPORT_H_
