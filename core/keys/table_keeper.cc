#include "core/keys/table_keeper.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/crypto/signature_cost.h"
#include "core/keys/rcu.h"

namespace assay::keys {
namespace {

using crypto::Lane;
using crypto::LaneKey;

// Keys that wait for a table at the same time; more are turned away, and ask
// again when they are used.
constexpr size_t kMaxAsked = 4096;
// Refusals that are remembered; with more, all may ask again early.
constexpr size_t kMaxRefused = 65536;
// A table goes only for one that is worth this many times more per byte: two
// keys of like heat must not take turns.
constexpr double kClearlyMore = 2;

// A use counter holds the period it is of and the uses, halved with each.
struct Uses {
  uint32_t period;
  uint32_t num;
};

Uses Unpack(uint64_t packed) {
  return {static_cast<uint32_t>(packed >> 32), static_cast<uint32_t>(packed)};
}

uint64_t Pack(Uses uses) {
  return static_cast<uint64_t>(uses.period) << 32 | uses.num;
}

uint32_t UsesIn(uint32_t period, Uses uses) {
  if (period <= uses.period) return uses.num;
  const uint32_t halvings = period - uses.period;
  return halvings < 32 ? uses.num >> halvings : 0;
}

// Plain load and store: see LaneKey's contract.
uint32_t AddUses(std::atomic<uint64_t>* counter, uint32_t num,
                 uint32_t period) {
  const Uses before = Unpack(counter->load(std::memory_order_relaxed));
  const uint32_t sum =
      std::min<uint64_t>(uint64_t{UsesIn(period, before)} + num,
                         std::numeric_limits<uint32_t>::max());
  counter->store(Pack({std::max(period, before.period), sum}),
                 std::memory_order_relaxed);
  return sum;
}

// The window that so many uses deserve; 0: none.
int DeservedWindow(const LaneKey& key, uint32_t uses) {
  const int* const sizes = key.window_sizes();
  int window_bits = 0;
  for (size_t i = 0; i < std::size(TableKeeper::kUsesForTable); ++i) {
    if (sizes[i] == 0 || uses < TableKeeper::kUsesForTable[i]) break;
    window_bits = sizes[i];
  }
  return window_bits;
}

uint32_t PlainCostNs(Lane lane) {
  switch (lane) {
    case Lane::kP256:
      return crypto::EcdsaVerifyCostNs(crypto::Curve::kP256);
    case Lane::kP384:
      return crypto::EcdsaVerifyCostNs(crypto::Curve::kP384);
    case Lane::kP521:
      return crypto::EcdsaVerifyCostNs(crypto::Curve::kP521);
    default:
      return crypto::kEd25519VerifyCostNs;
  }
}

// What a table of `len` bytes saves, per byte, in no unit.
double WorthPerByte(const LaneKey& key, size_t len, uint32_t period) {
  const Uses uses = Unpack(key.use_counter().load(std::memory_order_relaxed));
  return static_cast<double>(UsesIn(period, uses)) * PlainCostNs(key.lane()) /
         static_cast<double>(len);
}

// The key may ask for a table again, if it is still there.
void EndRequest(const std::weak_ptr<LaneKey>& weak_key) {
  if (const auto key = weak_key.lock()) {
    key->table_requested().store(false, std::memory_order_relaxed);
  }
}

int WindowOf(const LaneKey& key) {
  const crypto::KeyTable* const table = key.table();
  return table == nullptr ? 0 : table->window_bits();
}

}  // namespace

TableKeeper::TableKeeper(size_t budget_bytes)
    : budget_bytes_(budget_bytes), thread_([this] { Run(); }) {}

TableKeeper::~TableKeeper() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    is_stopping_ = true;
  }
  work_arrived_.notify_one();
  thread_.join();
  // The keys may outlive this keeper, and be another's: they may ask it.
  ForgiveRefused();
  for (const std::weak_ptr<LaneKey>& asked : asked_) EndRequest(asked);
}

void TableKeeper::Used(const std::shared_ptr<LaneKey>& key, uint32_t num_uses,
                       absl::Time now) {
  if (budget_bytes_ == 0 || key == nullptr || key->window_sizes() == nullptr) {
    return;
  }
  const uint32_t period = static_cast<uint32_t>(
      absl::ToUnixSeconds(now) / absl::ToInt64Seconds(kHalfLife));
  period_.store(period, std::memory_order_relaxed);
  const uint32_t uses = AddUses(&key->use_counter(), num_uses, period);
  if (DeservedWindow(*key, uses) <= WindowOf(*key)) return;
  // Looked at before it is written: most that come here find it set.
  if (key->table_requested().load(std::memory_order_relaxed) ||
      key->table_requested().exchange(true, std::memory_order_relaxed)) {
    return;
  }
  if (!Ask(key)) key->table_requested().store(false, std::memory_order_relaxed);
}

bool TableKeeper::Ask(const std::shared_ptr<LaneKey>& key) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (asked_.size() >= kMaxAsked) return false;
    asked_.push_back(key);
  }
  work_arrived_.notify_one();
  return true;
}

void TableKeeper::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    const auto has_work = [this] { return is_stopping_ || !asked_.empty(); };
    if (refused_.empty()) {
      work_arrived_.wait(lock, has_work);
    } else if (!work_arrived_.wait_for(lock, absl::ToChronoSeconds(kHalfLife),
                                       has_work)) {
      // Nobody else asks, so nobody else would end the refused keys' wait.
      ForgiveRefused();
      continue;
    }
    if (is_stopping_) return;
    const std::weak_ptr<LaneKey> asked = std::move(asked_.front());
    asked_.pop_front();
    is_busy_ = true;
    lock.unlock();
    if (Period() != refusal_period_ || refused_.size() >= kMaxRefused) {
      ForgiveRefused();
    }
    DropDeadHolders();
    // Null if the key's snapshot has gone: then nobody needs a table.
    if (const std::shared_ptr<LaneKey> key = asked.lock()) Serve(key);
    CountTables();
    lock.lock();
    is_busy_ = false;
    if (asked_.empty()) became_idle_.notify_all();
  }
}

// The largest table that the key deserves and that finds room.
void TableKeeper::Serve(const std::shared_ptr<LaneKey>& key) {
  const Uses uses = Unpack(key->use_counter().load(std::memory_order_relaxed));
  const int deserved = DeservedWindow(*key, UsesIn(Period(), uses));
  const int* const smallest = key->window_sizes();
  const int* bits = smallest;
  while (*bits != 0 && *bits <= deserved) ++bits;
  while (bits != smallest && *--bits > WindowOf(*key)) {
    if (GiveTable(key, *bits)) {
      key->table_requested().store(false, std::memory_order_relaxed);
      return;
    }
  }
  Refuse(key);
}

bool TableKeeper::GiveTable(const std::shared_ptr<LaneKey>& key,
                            int window_bits) {
  const size_t len = key->TableLen(window_bits);
  if (!MakeRoom(*key, len)) return false;
  auto table = crypto::KeyTable::Build(*key, window_bits);
  if (table == nullptr) return false;
  auto smaller = key->ExchangeTable(std::move(table));
  holders_.erase(std::remove_if(holders_.begin(), holders_.end(),
                                [&key](const Holder& holder) {
                                  return holder.key.lock() == key;
                                }),
                 holders_.end());
  if (smaller != nullptr) {
    Retired retired;
    retired.push_back(std::move(smaller));
    Retire(std::move(retired));
  }
  holders_.push_back({key, len});
  std::lock_guard<std::mutex> lock(mutex_);
  ++counts_.built;
  return true;
}

// Frees, if it must and may, what is worth clearly less than `needed` bytes for
// `key`. Its own smaller table counts as in use until the larger one is there.
bool TableKeeper::MakeRoom(const LaneKey& key, size_t needed) {
  if (needed > budget_bytes_) return false;
  const size_t in_use = BytesInUse();
  std::vector<size_t> leaving;
  size_t freed = 0;
  if (in_use + needed > budget_bytes_) {
    const double worth = WorthPerByte(key, needed, Period());
    for (const Candidate& candidate :
         CandidatesBelow(worth / kClearlyMore, key)) {
      if (in_use + needed <= budget_bytes_ + freed) break;
      freed += holders_[candidate.holder].bytes;
      leaving.push_back(candidate.holder);
    }
  }
  if (in_use + needed > budget_bytes_ + freed) return false;

  Retired retired;
  std::sort(leaving.rbegin(), leaving.rend());
  for (size_t holder : leaving) {
    if (const auto leaver = holders_[holder].key.lock()) {
      // Null if another keeper took it meanwhile.
      auto table = leaver->ExchangeTable(nullptr);
      if (table != nullptr) retired.push_back(std::move(table));
    }
    holders_.erase(holders_.begin() + static_cast<std::ptrdiff_t>(holder));
  }
  Retire(std::move(retired));
  return true;
}

// In order of worth.
std::vector<TableKeeper::Candidate> TableKeeper::CandidatesBelow(
    double worth, const LaneKey& but) const {
  std::vector<Candidate> candidates;
  for (size_t i = 0; i < holders_.size(); ++i) {
    const auto key = holders_[i].key.lock();
    if (key.get() == &but) continue;
    const double own =
        key == nullptr ? 0 : WorthPerByte(*key, holders_[i].bytes, Period());
    if (own < worth) candidates.push_back({own, i});
  }
  std::sort(
      candidates.begin(), candidates.end(),
      [](const Candidate& a, const Candidate& b) { return a.worth < b.worth; });
  return candidates;
}

// The key's request stands, so that it does not ask with every batch, until the
// period is over.
void TableKeeper::Refuse(const std::shared_ptr<LaneKey>& key) {
  refused_.push_back(key);
  std::lock_guard<std::mutex> lock(mutex_);
  ++counts_.refused;
}

void TableKeeper::ForgiveRefused() {
  refusal_period_ = Period();
  for (const std::weak_ptr<LaneKey>& refused : refused_) EndRequest(refused);
  refused_.clear();
}

void TableKeeper::CountTables() {
  const size_t bytes = BytesInUse();
  std::lock_guard<std::mutex> lock(mutex_);
  counts_.tables = holders_.size();
  counts_.bytes = bytes;
}

void TableKeeper::DropDeadHolders() {
  holders_.erase(
      std::remove_if(holders_.begin(), holders_.end(),
                     [](const Holder& holder) { return holder.key.expired(); }),
      holders_.end());
}

void TableKeeper::Retire(Retired tables) {
  if (tables.empty()) return;
  rcu::Synchronize();
  const size_t num = tables.size();
  tables.clear();
  std::lock_guard<std::mutex> lock(mutex_);
  counts_.retired += num;
}

size_t TableKeeper::BytesInUse() const {
  size_t bytes = 0;
  for (const Holder& holder : holders_) bytes += holder.bytes;
  return bytes;
}

uint32_t TableKeeper::Period() const {
  return period_.load(std::memory_order_relaxed);
}

TableKeeper::Counts TableKeeper::counts() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return counts_;
}

void TableKeeper::WaitUntilIdleForTest() {
  std::unique_lock<std::mutex> lock(mutex_);
  became_idle_.wait(lock, [this] { return asked_.empty() && !is_busy_; });
}

}  // namespace assay::keys
