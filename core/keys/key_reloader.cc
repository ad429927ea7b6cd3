#include "core/keys/key_reloader.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "core/keys/path_watcher.h"

namespace assay::keys {
namespace {

using SteadyClock = std::chrono::steady_clock;

// A folder that never comes to rest is read all the same after this long.
constexpr absl::Duration kMaxSettleTime = absl::Seconds(1);

std::vector<std::vector<std::string>> PathsOf(
    const std::vector<KeySource>& sources) {
  std::vector<std::vector<std::string>> paths;
  for (const KeySource& source : sources) {
    paths.push_back(source.paths);
    std::vector<std::string>& of_source = paths.back();
    if (!source.password_file.empty()) {
      of_source.push_back(source.password_file);
    }
    if (!source.certificate_trust.has_value()) continue;
    const auto& roots = source.certificate_trust->root_files;
    of_source.insert(of_source.end(), roots.begin(), roots.end());
  }
  return paths;
}

// Wakes a thread that polls. Safe from any thread.
class WakeUp {
 public:
  WakeUp() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~WakeUp() {
    if (fd_ >= 0) close(fd_);
  }
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  int fd() const { return fd_; }
  // Fails only where the counter is full; the poller is awake then.
  void Ring() { (void)!eventfd_write(fd_, 1); }
  void Clear() {
    eventfd_t count;
    (void)!eventfd_read(fd_, &count);
  }

 private:
  const int fd_;
};

// Calls a listener for each event: in order, one call at a time, and without a
// lock, so that the listener may use the reloader.
class EventQueue {
 public:
  explicit EventQueue(std::function<void(const ReloadEvent&)> listener)
      : listener_(std::move(listener)) {}

  void Push(ReloadEvent event) {
    if (listener_ == nullptr) return;
    std::lock_guard<std::mutex> lock(mutex_);
    events_.push_back(std::move(event));
  }

  // Whoever finds nobody delivering delivers all there is.
  void Deliver() {
    std::unique_lock<std::mutex> lock(mutex_);
    if (delivering_) return;
    delivering_ = true;
    while (!events_.empty()) {
      const ReloadEvent event = std::move(events_.front());
      events_.pop_front();
      lock.unlock();
      listener_(event);
      lock.lock();
    }
    delivering_ = false;
  }

 private:
  const std::function<void(const ReloadEvent&)> listener_;
  std::mutex mutex_;
  std::deque<ReloadEvent> events_;  // Under mutex_.
  bool delivering_ = false;         // Under mutex_.
};

// When a burst of changes is over: kSettleTime after its last change, and at
// most kMaxSettleTime after its first.
class Burst {
 public:
  void NoteChange() {
    const auto now = SteadyClock::now();
    if (!open_) {
      open_ = true;
      latest_end_ = now + absl::ToChronoMilliseconds(kMaxSettleTime);
    }
    end_ = std::min(latest_end_, now + absl::ToChronoMilliseconds(kSettleTime));
  }
  void Close() { open_ = false; }
  bool IsOver() const { return open_ && SteadyClock::now() >= end_; }
  // For poll(2): -1 where there is nothing to wait for.
  int TimeoutMs() const {
    if (!open_) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end_ - SteadyClock::now());
    return static_cast<int>(std::max<int64_t>(left.count(), 0));
  }

 private:
  bool open_ = false;
  SteadyClock::time_point end_;
  SteadyClock::time_point latest_end_;
};

}  // namespace

class KeyReloader::Impl {
 public:
  Impl(KeyCache* cache, std::vector<KeySource> sources, Limits limits,
       std::function<void(const ReloadEvent&)> on_event)
      : cache_(*cache),
        sources_(std::move(sources)),
        limits_(limits),
        events_(std::move(on_event)) {
    // Here and not in Watch(), so that a change between LoadAll() and Watch()
    // is not missed.
    auto watcher = PathWatcher::Create();
    watch_status_ = watcher.status();
    if (!watcher.ok()) return;
    watcher_ = *std::move(watcher);
    watch_status_ = watcher_->Watch(PathsOf(sources_));
    if (wake_up_.fd() < 0) {
      watch_status_ = absl::FailedPreconditionError("no eventfd is to be had");
    }
  }

  ~Impl() {
    stopping_ = true;
    wake_up_.Ring();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status LoadAll() {
    absl::Status first_failure;
    for (const KeySource& source : sources_) {
      first_failure.Update(Load(source));
    }
    return first_failure;
  }

  absl::Status Watch() {
    std::lock_guard<std::mutex> lock(start_);
    if (!watch_status_.ok() || is_watching_) return watch_status_;
    thread_ = std::thread([this] { Run(); });
    is_watching_ = true;
    return absl::OkStatus();
  }

  void Reload() {
    if (!is_watching_) {
      LoadAll().IgnoreError();  // The events tell.
      return;
    }
    reload_asked_ = true;
    wake_up_.Ring();
  }

 private:
  absl::Status Load(const KeySource& source) {
    ReloadEvent event;
    event.key_set = source.name;
    {
      std::lock_guard<std::mutex> lock(loads_);
      auto key_set = LoadKeySet(source, limits_);
      event.status = key_set.status();
      if (key_set.ok()) {
        event.num_keys = (*key_set)->num_keys();
        event.skipped = (*key_set)->skipped();
        event.generation = PublishIfNew(*std::move(key_set), &event.changed);
      }
      events_.Push(event);
    }
    events_.Deliver();
    return event.status;
  }

  // Returns the generation that is in use then.
  uint64_t PublishIfNew(std::unique_ptr<KeySet> key_set, bool* is_new) {
    {
      const KeyCache::ReadGuard guard(cache_);
      const KeySet* const current = guard.Find(key_set->name());
      *is_new = current == nullptr ||
                current->source_digest() != key_set->source_digest();
      if (!*is_new) return current->generation();
    }
    return cache_.Publish(std::move(key_set));
  }

  void Run() {
    std::set<size_t> changed;
    Burst burst;
    while (!stopping_) {
      Wait(burst.TimeoutMs());
      std::set<size_t> noticed;
      watcher_->Drain(&noticed);
      if (!noticed.empty()) burst.NoteChange();
      changed.merge(noticed);
      const bool all = reload_asked_.exchange(false);
      for (size_t i = 0; all && i < sources_.size(); ++i) changed.insert(i);
      if (!all && !burst.IsOver()) continue;
      ReloadChanged(changed);
      changed.clear();
      burst.Close();
    }
  }

  // Until a change, a call or the timeout.
  void Wait(int timeout_ms) {
    pollfd fds[] = {{watcher_->fd(), POLLIN, 0}, {wake_up_.fd(), POLLIN, 0}};
    if (poll(fds, 2, timeout_ms) > 0 && fds[1].revents != 0) wake_up_.Clear();
  }

  void ReloadChanged(const std::set<size_t>& changed) {
    // First the watches: what changes after this is noticed, what changed
    // before is read. A watch that cannot be had now is tried again at the
    // next change.
    watcher_->Watch(PathsOf(sources_)).IgnoreError();
    for (size_t i : changed) {
      if (stopping_) return;
      Load(sources_[i]).IgnoreError();  // The event tells.
    }
  }

  KeyCache& cache_;
  const std::vector<KeySource> sources_;
  const Limits limits_;
  EventQueue events_;
  std::mutex loads_;  // Loads are serial, so that generations follow files.

  std::mutex start_;
  absl::Status watch_status_;
  std::unique_ptr<PathWatcher> watcher_;  // The thread's own once it runs.
  WakeUp wake_up_;
  std::atomic<bool> is_watching_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> reload_asked_{false};
  std::thread thread_;
};

KeyReloader::KeyReloader(KeyCache* cache, std::vector<KeySource> sources,
                         Limits limits,
                         std::function<void(const ReloadEvent&)> on_event)
    : impl_(std::make_unique<Impl>(cache, std::move(sources), limits,
                                   std::move(on_event))) {}

KeyReloader::~KeyReloader() = default;

absl::Status KeyReloader::LoadAll() { return impl_->LoadAll(); }

absl::Status KeyReloader::Watch() { return impl_->Watch(); }

void KeyReloader::Reload() { impl_->Reload(); }

}  // namespace assay::keys
