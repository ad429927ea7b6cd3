// A folder in the temporary directory that only this user can read, for key
// files and sockets; gone with its object.
//
// Thread safety: none.
#ifndef ASSAY_SERVICE_PROCESS_PRIVATE_FOLDER_H_
#define ASSAY_SERVICE_PROCESS_PRIVATE_FOLDER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace assay::process {

class PrivateFolder {
 public:
  // A fresh folder of mode 0700 under $TEST_TMPDIR, $TMPDIR or /tmp.
  static absl::StatusOr<std::unique_ptr<PrivateFolder>> Create();
  // Removes it with all that is in it.
  ~PrivateFolder();
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  const std::string& path() const { return path_; }
  // The path of `name`, a file name, in the folder.
  std::string PathOf(absl::string_view name) const;
  // Makes a new file of mode 0600. ALREADY_EXISTS if there is one.
  absl::Status Write(absl::string_view name, absl::string_view contents);

 private:
  explicit PrivateFolder(std::string path) : path_(std::move(path)) {}

  const std::string path_;
};

}  // namespace assay::process

#endif  // ASSAY_SERVICE_PROCESS_PRIVATE_FOLDER_H_
