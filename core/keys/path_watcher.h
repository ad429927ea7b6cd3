// Notices by inotify that what a path leads to may have changed: a file that
// is written, replaced by a rename, made readable, deleted or created later; a
// folder's files; a symbolic link anywhere on the way that is swapped (the way
// Kubernetes mounts secrets); a folder on the way that goes and comes back.
//
// For that, the folders are watched in which the path's components are looked
// up, each for the component's name alone, and never the files themselves.
//
// Thread safety: none.
#ifndef ASSAY_CORE_KEYS_PATH_WATCHER_H_
#define ASSAY_CORE_KEYS_PATH_WATCHER_H_

#include <sys/inotify.h>

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace assay::keys {

class PathWatcher {
 public:
  // FAILED_PRECONDITION if inotify is not to be had.
  static absl::StatusOr<std::unique_ptr<PathWatcher>> Create();
  ~PathWatcher();
  PathWatcher(const PathWatcher&) = delete;
  PathWatcher& operator=(const PathWatcher&) = delete;

  // Readable when there may be something to Drain.
  int fd() const { return fd_; }

  // Watches, instead of what was watched before, all paths of all owners; an
  // owner is known by its position. Changes after the return are noticed. To
  // be called again before what has changed is read, since paths may lead
  // elsewhere now. FAILED_PRECONDITION if the kernel's bound on watches is
  // reached: then some changes may be missed.
  absl::Status Watch(const std::vector<std::vector<std::string>>& paths_of);

  // Takes what has been noticed, without waiting, and adds the owners whose
  // paths it touches to `*changed`. If the kernel lost events, all owners.
  void Drain(std::set<size_t>* changed);

 private:
  using Owners = std::set<size_t>;
  struct Folder {
    std::map<std::string, Owners> by_name;
    Owners of_any_name;
  };
  class Walk;

  explicit PathWatcher(int fd) : fd_(fd) {}
  void Note(const inotify_event& event, Owners* changed) const;

  const int fd_;
  size_t num_owners_ = 0;
  std::map<int, Folder> folders_;  // By watch descriptor.
};

}  // namespace assay::keys

#endif  // ASSAY_CORE_KEYS_PATH_WATCHER_H_
