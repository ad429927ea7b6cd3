// Key lookup while keys are being replaced: KeyCache beside a map under a mutex
// and one under a shared mutex, by one thread and by two.
//
//   ./bazelw run //bench:key_cache
//
// 100 000 keys in 21 sets: 20 large ones that stay, and one of eight keys that
// a writer replaces 1 000 times a second, as long as anybody reads. A lookup is
// what a token costs: enter, find the set, find (kid, alg), leave. One in eight
// asks the set that is being replaced. With `keys` 64 the lookups go round 64
// keys, which stay in the processor's cache: then the entering and leaving is
// what is measured. With 100 000 they go round all keys, in random order.
//
// All three holders take turns with one thread and with two, within one loop.
// Counters, each by holder (rcu, mutex, shared):
//   X_ns       ns of a thread's own processor time per lookup, one thread
//   X_2_over_1 two threads' lookups per second over one thread's, by the wall,
//              of turns in which no reader was preempted and both began
//              together: so it holds on a busy machine too, as long as
//              X_undisturbed, the number of such turns, is not small. The
//              writer is a third thread: on two cores it takes its share from
//              the two readers, but none from one
//   X_2_cpu    the same by the readers' own processor time, of the same turns:
//              2 when neither slows the other down. Waiting asleep for a lock
//              is free by this clock, so it flatters the two mutexes
//   X_rotations per second, while this holder was read. A writer that gets no
//              turn shows here; so does a machine on which readers are
//              preempted within a section, whose end the writer awaits
// "Time" and items_per_second are of rcu, one thread, by its processor time.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "bench/bench_clocks.h"
#include "bench/key_holders.h"
#include "benchmark/benchmark.h"
#include "core/base/limits.h"
#include "core/jose/jwk.h"
#include "core/jose/jwk_generation.h"
#include "core/keys/key_set.h"

namespace assay::bench {
namespace {

constexpr size_t kNumStaticSets = 20;
constexpr size_t kKeysPerStaticSet = 5'000;
constexpr size_t kNumRotatingKeys = 8;
constexpr absl::string_view kRotatingSet = "rotating";
constexpr auto kRotationPeriod = std::chrono::milliseconds(1);
// One lookup in so many asks the rotating set.
constexpr size_t kRotatingShare = 8;
// A turn is long enough for a rotation or two, and short enough that it is not
// always preempted on a busy machine.
constexpr double kTurnSeconds = 1.5e-3;

jose::JwkSet MakeJwks(absl::string_view key_set, size_t num) {
  jose::JwkSet jwks;
  for (size_t i = 0; i < num; ++i) {
    auto jwk = jose::GenerateJwk(jose::Algorithm::kHs256,
                                 absl::StrCat(key_set, "-key-", i), 0);
    if (!jwk.ok()) std::abort();
    jwks.keys.push_back(*std::move(jwk));
  }
  return jwks;
}

std::unique_ptr<keys::KeySet> MakeKeySet(absl::string_view name,
                                         const jose::JwkSet& jwks) {
  jose::JwkSet copy;
  for (const jose::Jwk& jwk : jwks.keys) {
    copy.keys.push_back(jose::CloneJwk(jwk));
  }
  auto key_set = keys::KeySet::Create(name, keys::KeySetUse::kVerify,
                                      std::move(copy), {}, Limits());
  if (!key_set.ok()) std::abort();
  return *std::move(key_set);
}

// The holders, all with the same keys.
struct Holders {
  static constexpr size_t kNum = 3;
  static constexpr const char* kNames[kNum] = {"rcu", "mutex", "shared"};

  std::unique_ptr<KeyHolder> all[kNum] = {
      MakeRcuHolder(), MakeAbslMutexHolder(), MakeSharedMutexHolder()};
  jose::JwkSet rotating_jwks = MakeJwks(kRotatingSet, kNumRotatingKeys);
  std::vector<KeyLookup> lookups;  // Of every key that stays.

  Holders() {
    for (size_t i = 0; i < kNumStaticSets; ++i) {
      const std::string name = absl::StrCat("tenant-", i);
      const jose::JwkSet jwks = MakeJwks(name, kKeysPerStaticSet);
      for (const jose::Jwk& jwk : jwks.keys) {
        lookups.push_back({name, jwk.EffectiveKid()});
      }
      for (auto& holder : all) holder->Publish(MakeKeySet(name, jwks));
    }
    for (auto& holder : all) {
      holder->Publish(MakeKeySet(kRotatingSet, rotating_jwks));
    }
    std::shuffle(lookups.begin(), lookups.end(), std::mt19937(7797));
  }

  // The first `num` of the lookups, some of them replaced by rotating keys.
  std::vector<KeyLookup> Lookups(size_t num) const {
    std::vector<KeyLookup> some(lookups.begin(), lookups.begin() + num);
    for (size_t i = 0; i < num; i += kRotatingShare) {
      const size_t key = i / kRotatingShare % kNumRotatingKeys;
      some[i] = {std::string(kRotatingSet),
                 rotating_jwks.keys[key].EffectiveKid()};
    }
    return some;
  }
};

const Holders& TheHolders() {
  static const auto* const holders = new Holders;
  return *holders;
}

// Replaces the rotating set of the holder that is read, again and again.
class Writer {
 public:
  explicit Writer(const jose::JwkSet* jwks)
      : jwks_(*jwks), thread_([this] { Run(); }) {}
  ~Writer() {
    stopping_ = true;
    thread_.join();
  }
  // Null: none.
  void WriteTo(KeyHolder* holder) { holder_ = holder; }
  int64_t num_rotations() const { return num_rotations_; }

 private:
  void Run() {
    auto next = std::chrono::steady_clock::now();
    while (!stopping_) {
      if (KeyHolder* const holder = holder_) {
        holder->Publish(MakeKeySet(kRotatingSet, jwks_));
        ++num_rotations_;
      }
      // A writer that was late for one catches up, but does not run riot.
      const auto now = std::chrono::steady_clock::now();
      next = std::max(next + kRotationPeriod, now - 10 * kRotationPeriod);
      std::this_thread::sleep_until(next);
    }
  }

  const jose::JwkSet& jwks_;
  std::atomic<bool> stopping_{false};
  std::atomic<KeyHolder*> holder_{nullptr};
  std::atomic<int64_t> num_rotations_{0};
  std::thread thread_;
};

// What readers did in a turn.
struct Turn {
  double lookups_per_s;  // From the first one's start to the last one's end.
  double lookups_per_cpu_s;  // Added up over readers.
  bool undisturbed;
};

struct Reader {
  absl::Duration begin, end, cpu;
  int64_t num_preemptions;
  size_t num_found;
};

// Each of `num_threads` looks up `num`.
Turn RunReaders(const KeyHolder& holder, absl::Span<const KeyLookup> lookups,
                size_t num, size_t num_threads) {
  std::vector<Reader> readers(num_threads);
  std::vector<std::thread> threads;
  std::atomic<size_t> num_ready{0};
  for (size_t t = 0; t < num_threads; ++t) {
    threads.emplace_back([&, t] {
      // Each begins elsewhere, and has been in once before.
      const size_t first = t * lookups.size() / num_threads;
      holder.LookUp(lookups, first, 1);
      ++num_ready;
      // Without a yield: who waits asleep does not begin together.
      while (num_ready < num_threads) {
      }
      Reader& reader = readers[t];
      const int64_t preemptions_before = NumPreemptions(RUSAGE_THREAD);
      const absl::Duration cpu_before = ThreadCpuTime();
      reader.begin = WallTime();
      reader.num_found = holder.LookUp(lookups, first, num);
      reader.end = WallTime();
      reader.cpu = ThreadCpuTime() - cpu_before;
      reader.num_preemptions =
          NumPreemptions(RUSAGE_THREAD) - preemptions_before;
    });
  }
  for (std::thread& thread : threads) thread.join();

  Turn turn = {0, 0, true};
  absl::Duration begin = readers[0].begin, last_begin = begin;
  absl::Duration end = readers[0].end;
  for (const Reader& reader : readers) {
    if (reader.num_found != num) {
      std::fprintf(stderr, "key_cache: a key was not found\n");
      std::abort();
    }
    begin = std::min(begin, reader.begin);
    last_begin = std::max(last_begin, reader.begin);
    end = std::max(end, reader.end);
    turn.lookups_per_cpu_s +=
        static_cast<double>(num) / absl::ToDoubleSeconds(reader.cpu);
    turn.undisturbed = turn.undisturbed && reader.num_preemptions == 0;
  }
  turn.lookups_per_s = static_cast<double>(num * num_threads) /
                       absl::ToDoubleSeconds(end - begin);
  turn.undisturbed =
      turn.undisturbed && 20 * (last_begin - begin) < end - begin;
  return turn;
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle =
      values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// 0 where there is nothing to compare with.
double Ratio(double over, double under) {
  return under == 0 ? 0 : over / under;
}

// The turns of one holder, the medians of which are told.
class Tally {
 public:
  void Add(const Turn& one, const Turn& two) {
    if (one.undisturbed) {
      one_.push_back(one.lookups_per_s);
      one_cpu_.push_back(one.lookups_per_cpu_s);
    }
    if (two.undisturbed) {
      two_.push_back(two.lookups_per_s);
      two_cpu_.push_back(two.lookups_per_cpu_s);
    }
  }
  void AddRotations(int64_t num, absl::Duration time) {
    num_rotations_ += num;
    rotation_time_ += time;
  }
  void Report(const std::string& name, benchmark::State* state) const {
    auto& counters = state->counters;
    counters[name + "_ns"] = Ratio(1e9, Median(one_cpu_));
    counters[name + "_2_over_1"] = Ratio(Median(two_), Median(one_));
    counters[name + "_2_cpu"] = Ratio(Median(two_cpu_), Median(one_cpu_));
    counters[name + "_undisturbed"] = static_cast<double>(two_.size());
    counters[name + "_rotations"] = static_cast<double>(num_rotations_) /
                                    absl::ToDoubleSeconds(rotation_time_);
  }

 private:
  std::vector<double> one_, two_, one_cpu_, two_cpu_;
  int64_t num_rotations_ = 0;
  absl::Duration rotation_time_;
};

// How many lookups take about kTurnSeconds.
size_t LookupsPerTurn(const KeyHolder& holder,
                      absl::Span<const KeyLookup> lookups) {
  constexpr size_t kTry = 20'000;
  const Turn turn = RunReaders(holder, lookups, kTry, 1);
  return static_cast<size_t>(kTurnSeconds * turn.lookups_per_cpu_s);
}

void BM_Lookup(benchmark::State& state) {
  const Holders& holders = TheHolders();
  const std::vector<KeyLookup> lookups =
      holders.Lookups(static_cast<size_t>(state.range(0)));
  for (const auto& holder : holders.all) {
    if (holder->LookUp(lookups, 0, lookups.size()) != lookups.size()) {
      state.SkipWithError("a key was not found");
      return;
    }
  }

  const size_t num = LookupsPerTurn(*holders.all[0], lookups);
  Tally tallies[Holders::kNum];
  Writer writer(&holders.rotating_jwks);
  for (auto _ : state) {
    for (size_t h = 0; h < Holders::kNum; ++h) {
      KeyHolder* const holder = holders.all[h].get();
      writer.WriteTo(holder);
      const absl::Duration begin = WallTime();
      const int64_t rotations_before = writer.num_rotations();
      const Turn one = RunReaders(*holder, lookups, num, 1);
      const Turn two = RunReaders(*holder, lookups, num, 2);
      tallies[h].AddRotations(writer.num_rotations() - rotations_before,
                              WallTime() - begin);
      tallies[h].Add(one, two);
      if (h == 0) {
        state.SetIterationTime(static_cast<double>(num) /
                               one.lookups_per_cpu_s);
      }
    }
    writer.WriteTo(nullptr);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(num));
  for (size_t h = 0; h < Holders::kNum; ++h) {
    tallies[h].Report(Holders::kNames[h], &state);
  }
}

BENCHMARK(BM_Lookup)
    ->Name("key_cache/lookup_beside_writer")
    ->ArgName("keys")
    ->Arg(64)
    ->Arg(kNumStaticSets* kKeysPerStaticSet)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay::bench

BENCHMARK_MAIN();
