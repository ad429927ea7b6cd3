#include "core/keys/path_watcher.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <deque>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "core/keys/key_source.h"

namespace assay::keys {
namespace {

// What may change where a name leads.
constexpr uint32_t kNameChanges =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB;
// And what its file holds. Asked for only where a path ends: folders further
// up, such as /tmp, see many writes that are none of our business.
constexpr uint32_t kContentChanges = kNameChanges | IN_CLOSE_WRITE;

// As the kernel's own bound on symbolic links in one path (path_resolution(7)).
constexpr int kMaxLinks = 40;

std::string Join(const std::string& folder, absl::string_view name) {
  return folder == "/" ? absl::StrCat("/", name)
                       : absl::StrCat(folder, "/", name);
}

std::string ParentOf(const std::string& folder) {
  const size_t slash = folder.rfind('/');
  return slash == 0 ? "/" : folder.substr(0, slash);
}

std::string Absolute(const std::string& path) {
  if (!path.empty() && path[0] == '/') return path;
  char cwd[PATH_MAX];
  return getcwd(cwd, sizeof(cwd)) == nullptr ? path : Join(cwd, path);
}

// Where the symbolic link `path` points, or empty if it is gone.
std::string LinkTarget(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t len = readlink(path.c_str(), target, sizeof(target));
  return len > 0 ? std::string(target, static_cast<size_t>(len)) : "";
}

// Symbolic links to key files directly in `folder`.
std::vector<std::string> LinksToKeyFiles(const std::string& folder) {
  std::vector<std::string> links;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(opendir(folder.c_str()),
                                                closedir);
  if (dir == nullptr) return links;
  while (const dirent* entry = readdir(dir.get())) {
    if (!IsKeyFileName(entry->d_name)) continue;
    std::string path = Join(folder, entry->d_name);
    struct stat info;
    if (lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode)) {
      links.push_back(std::move(path));
    }
  }
  return links;
}

}  // namespace

// One pass over all paths: resolves them the way the kernel does and watches
// each folder before the look-up in it, so that nothing slips through between.
class PathWatcher::Walk {
 public:
  explicit Walk(int fd) : fd_(fd) {}

  // Watches `path` and, if it is a folder, the key files in it.
  void Add(const std::string& path, size_t owner) {
    const std::string folder = Follow(path, owner);
    if (folder.empty()) return;
    if (Folder* watched = WatchFolder(folder, kContentChanges)) {
      watched->of_any_name.insert(owner);
    }
    for (const std::string& link : LinksToKeyFiles(folder)) {
      Follow(link, owner);
    }
  }

  std::map<int, Folder> TakeFolders() { return std::move(folders_); }
  const absl::Status& status() const { return status_; }

 private:
  // Returns the folder that `path` leads to; empty if it leads to none.
  std::string Follow(const std::string& path, size_t owner) {
    std::string folder = "/";
    int num_links = 0;
    std::deque<std::string> rest = absl::StrSplit(Absolute(path), '/');
    while (!rest.empty()) {
      const std::string name = std::move(rest.front());
      rest.pop_front();
      if (name.empty() || name == ".") continue;
      if (name == "..") {
        folder = ParentOf(folder);
        continue;
      }
      WatchName(folder, name, kNameChanges, owner);
      const std::string full = Join(folder, name);
      struct stat info;
      if (lstat(full.c_str(), &info) != 0) return "";
      if (S_ISLNK(info.st_mode)) {
        const std::string target = LinkTarget(full);
        if (target.empty() || ++num_links > kMaxLinks) return "";
        if (target[0] == '/') folder = "/";
        const std::vector<std::string> names = absl::StrSplit(target, '/');
        rest.insert(rest.begin(), names.begin(), names.end());
      } else if (S_ISDIR(info.st_mode)) {
        folder = full;
      } else {
        WatchName(folder, name, kContentChanges, owner);
        return "";
      }
    }
    return folder;
  }

  void WatchName(const std::string& folder, const std::string& name,
                 uint32_t changes, size_t owner) {
    if (Folder* watched = WatchFolder(folder, changes)) {
      watched->by_name[name].insert(owner);
    }
  }

  // Null if the folder cannot be watched: it has just gone (its own folder's
  // watch will tell) or may not be read.
  Folder* WatchFolder(const std::string& folder, uint32_t changes) {
    const int wd = inotify_add_watch(fd_, folder.c_str(),
                                     changes | IN_ONLYDIR | IN_MASK_ADD);
    if (wd >= 0) return &folders_[wd];
    if (errno == ENOSPC || errno == ENOMEM) {
      status_ = absl::FailedPreconditionError(
          absl::StrCat(folder,
                       ": no inotify watch left "
                       "(fs.inotify.max_user_watches)"));
    }
    return nullptr;
  }

  const int fd_;
  std::map<int, Folder> folders_;
  absl::Status status_;
};

absl::StatusOr<std::unique_ptr<PathWatcher>> PathWatcher::Create() {
  const int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (fd < 0) {
    return absl::FailedPreconditionError(
        absl::ErrnoToStatus(errno, "inotify is not to be had").message());
  }
  return std::unique_ptr<PathWatcher>(new PathWatcher(fd));
}

PathWatcher::~PathWatcher() { close(fd_); }

absl::Status PathWatcher::Watch(
    const std::vector<std::vector<std::string>>& paths_of) {
  Walk walk(fd_);
  for (size_t owner = 0; owner < paths_of.size(); ++owner) {
    for (const std::string& path : paths_of[owner]) walk.Add(path, owner);
  }
  std::map<int, Folder> before = std::move(folders_);
  folders_ = walk.TakeFolders();
  num_owners_ = paths_of.size();
  for (const auto& entry : before) {
    // Fails for a folder that is gone, whose watch went with it.
    if (folders_.count(entry.first) == 0) inotify_rm_watch(fd_, entry.first);
  }
  return walk.status();
}

void PathWatcher::Drain(std::set<size_t>* changed) {
  alignas(inotify_event) char buffer[16 * 1024];
  while (true) {
    const ssize_t len = read(fd_, buffer, sizeof(buffer));
    if (len < 0 && errno == EINTR) continue;
    if (len <= 0) return;
    for (const char* at = buffer; at < buffer + len;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      Note(*event, changed);
      at += sizeof(inotify_event) + event->len;
    }
  }
}

void PathWatcher::Note(const inotify_event& event, Owners* changed) const {
  if (event.mask & IN_Q_OVERFLOW) {
    for (size_t owner = 0; owner < num_owners_; ++owner) {
      changed->insert(owner);
    }
    return;
  }
  const auto folder = folders_.find(event.wd);
  if (folder == folders_.end()) return;  // Of an earlier Watch.
  const Owners& any = folder->second.of_any_name;
  changed->insert(any.begin(), any.end());
  if (event.len == 0) {  // The folder itself: every name in it may be affected.
    for (const auto& named : folder->second.by_name) {
      changed->insert(named.second.begin(), named.second.end());
    }
    return;
  }
  const auto named = folder->second.by_name.find(event.name);
  if (named == folder->second.by_name.end()) return;
  changed->insert(named->second.begin(), named->second.end());
}

}  // namespace assay::keys
