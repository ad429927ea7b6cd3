// Our thread pool beside oneTBB, for the engine's kind of work: chunks of 20 us
// (what is left of a small batch) and of 250 us (the engine's choice).
//
//   ./bazelw run //bench:exec
//
// exec/batch: a batch of `chunks` of `us` each on `threads` (the caller is
// one), and then a pause of 200 us, as between two requests. A plain loop, ours
// and oneTBB take turns within one loop. Counters, for own and tbb:
//   X_speedup  the plain loop's time over X's, by the wall (medians)
//   X_cpu      the process's processor time over the plain loop's, pause
//              included: what waking threads, and threads that look for work
//              before they sleep, cost everybody else
// "Time" is ours by the wall.
//
// exec/small_beside_large: small batches of 4 chunks of 20 us, one a
// millisecond, while large ones of 64 chunks of 250 us follow one another
// without end. `scheduled:1`: both are handed to a runner of two threads, as
// the service does. `scheduled:0`: two callers work on their batches
// themselves and one thread helps, as in the command and in the engine's
// benchmark. Counters, for own, tbb and isolated (oneTBB with
// this_task_arena::isolate):
//   X_p50, X_p95 us from handing a small batch over to its end
//   X_large      chunks of large batches per millisecond
// "Time" is the median of ours. Work is a fixed number of rounds, set by the
// processor time that they take. Every chunk must have run once.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "bench/bench_clocks.h"
#include "bench/parallel_runners.h"
#include "benchmark/benchmark.h"

namespace assay::bench {
namespace {

constexpr absl::Duration kPause = absl::Microseconds(200);
constexpr size_t kSmallChunks = 4;
constexpr int kSmallUs = 20;
constexpr size_t kLargeChunks = 64;
constexpr int kLargeUs = 250;
constexpr size_t kSmallBatchesPerTurn = 25;

// Arithmetic that depends on itself, in registers: like a signature, it leaves
// the memory alone.
void DoRounds(size_t num) {
  uint64_t x = num;
  for (size_t i = 0; i < num; ++i) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    benchmark::DoNotOptimize(x);
  }
}

size_t RoundsPerMicrosecond() {
  static const size_t rounds = [] {
    constexpr size_t kRounds = 2'000'000;
    absl::Duration best = absl::InfiniteDuration();
    for (int i = 0; i < 10; ++i) {
      const absl::Duration begin = ThreadCpuTime();
      DoRounds(kRounds);
      best = std::min(best, ThreadCpuTime() - begin);
    }
    return static_cast<size_t>(kRounds / absl::ToDoubleMicroseconds(best));
  }();
  return rounds;
}

double Quantile(std::vector<double>* values, double quantile) {
  if (values->empty()) return 0;
  const auto at =
      values->begin() + static_cast<std::ptrdiff_t>(
                            quantile * static_cast<double>(values->size() - 1));
  std::nth_element(values->begin(), at, values->end());
  return *at;
}

void RequireAll(size_t ran, size_t wanted) {
  if (ran == wanted) return;
  std::fprintf(stderr, "exec: %zu chunks ran, not %zu\n", ran, wanted);
  std::abort();
}

// What batches of one kind took.
struct BatchTimes {
  std::vector<double> wall_us;
  double cpu_us = 0;
};

template <typename Run>
void TimeBatch(const Run& run, BatchTimes* times) {
  const absl::Duration cpu_begin = ProcessCpuTime();
  const absl::Duration begin = WallTime();
  run();
  times->wall_us.push_back(absl::ToDoubleMicroseconds(WallTime() - begin));
  absl::SleepFor(kPause);
  times->cpu_us += absl::ToDoubleMicroseconds(ProcessCpuTime() - cpu_begin);
}

void BM_Batch(benchmark::State& state) {
  const size_t rounds =
      static_cast<size_t>(state.range(0)) * RoundsPerMicrosecond();
  const size_t num_chunks = static_cast<size_t>(state.range(1));
  const int num_threads = static_cast<int>(state.range(2));
  const auto own = MakeOwnPool(num_threads - 1);
  const auto tbb = MakeTbb(num_threads - 1, false);
  std::atomic<size_t> ran{0};
  const auto chunk = [&](size_t) {
    DoRounds(rounds);
    ran.fetch_add(1, std::memory_order_relaxed);
  };
  // oneTBB starts its threads when they are first needed.
  own->ForEach(num_chunks, chunk);
  tbb->ForEach(num_chunks, chunk);
  RequireAll(ran, 2 * num_chunks);

  BatchTimes plain_times, own_times, tbb_times;
  for (auto _ : state) {
    ran = 0;
    TimeBatch(
        [&] {
          for (size_t i = 0; i < num_chunks; ++i) chunk(i);
        },
        &plain_times);
    TimeBatch([&] { own->ForEach(num_chunks, chunk); }, &own_times);
    TimeBatch([&] { tbb->ForEach(num_chunks, chunk); }, &tbb_times);
    RequireAll(ran, 3 * num_chunks);
    state.SetIterationTime(own_times.wall_us.back() * 1e-6);
  }
  const double plain_us = Quantile(&plain_times.wall_us, 0.5);
  state.counters["own_speedup"] = plain_us / Quantile(&own_times.wall_us, 0.5);
  state.counters["tbb_speedup"] = plain_us / Quantile(&tbb_times.wall_us, 0.5);
  state.counters["own_cpu"] = own_times.cpu_us / plain_times.cpu_us;
  state.counters["tbb_cpu"] = tbb_times.cpu_us / plain_times.cpu_us;
}

BENCHMARK(BM_Batch)
    ->Name("exec/batch")
    ->ArgNames({"us", "chunks", "threads"})
    ->ArgsProduct({{20}, {4, 64}, {1, 2}})
    ->ArgsProduct({{250}, {2, 16}, {1, 2}})
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

// Runs a batch of `num` chunks, as `scheduled` says, to its end.
void RunBatch(ParallelRunner* runner, bool scheduled, size_t num, int us) {
  const size_t rounds = static_cast<size_t>(us) * RoundsPerMicrosecond();
  std::atomic<size_t> ran{0};
  const auto work = [&] {
    runner->ForEach(num, [&](size_t) {
      DoRounds(rounds);
      ran.fetch_add(1, std::memory_order_relaxed);
    });
  };
  if (scheduled) {
    absl::Notification done;
    runner->Schedule([&] {
      work();
      done.Notify();
    });
    done.WaitForNotification();
  } else {
    work();
  }
  RequireAll(ran, num);
}

// Keeps a runner busy with large batches, one after another.
class LargeBatches {
 public:
  LargeBatches(ParallelRunner* runner, bool scheduled)
      : thread_([this, runner, scheduled] {
          while (!stopping_) {
            RunBatch(runner, scheduled, kLargeChunks, kLargeUs);
            ++num_batches_;
          }
        }) {}
  size_t StopAndCount() {
    stopping_ = true;
    thread_.join();
    return num_batches_;
  }

 private:
  std::atomic<bool> stopping_{false};
  size_t num_batches_ = 0;  // The thread's, until it is joined.
  std::thread thread_;
};

// What came of the turns of one runner.
struct BesideLarge {
  std::unique_ptr<ParallelRunner> runner;
  std::vector<double> latencies_us;
  size_t num_large_chunks = 0;
  absl::Duration time;

  void TakeTurn(bool scheduled) {
    const absl::Duration begin = WallTime();
    LargeBatches large(runner.get(), scheduled);
    for (size_t i = 0; i < kSmallBatchesPerTurn; ++i) {
      absl::SleepFor(absl::Milliseconds(1));
      const absl::Duration handed_over = WallTime();
      RunBatch(runner.get(), scheduled, kSmallChunks, kSmallUs);
      latencies_us.push_back(
          absl::ToDoubleMicroseconds(WallTime() - handed_over));
    }
    num_large_chunks += kLargeChunks * large.StopAndCount();
    time += WallTime() - begin;
  }

  void Report(const std::string& name, benchmark::State* state) {
    state->counters[name + "_p50"] = Quantile(&latencies_us, 0.5);
    state->counters[name + "_p95"] = Quantile(&latencies_us, 0.95);
    state->counters[name + "_large"] = static_cast<double>(num_large_chunks) /
                                       absl::ToDoubleMilliseconds(time);
  }
};

void BM_SmallBesideLarge(benchmark::State& state) {
  const bool scheduled = state.range(0) != 0;
  // Two threads work at a time: a helper and a caller, or two of the runner's.
  const int num_own_threads = scheduled ? 2 : 1;
  BesideLarge own = {MakeOwnPool(num_own_threads), {}, 0, {}};
  BesideLarge tbb = {MakeTbb(num_own_threads, false), {}, 0, {}};
  BesideLarge isolated = {MakeTbb(num_own_threads, true), {}, 0, {}};
  for (auto _ : state) {
    own.TakeTurn(scheduled);
    tbb.TakeTurn(scheduled);
    isolated.TakeTurn(scheduled);
    state.SetIterationTime(Quantile(&own.latencies_us, 0.5) * 1e-6);
  }
  own.Report("own", &state);
  tbb.Report("tbb", &state);
  isolated.Report("isolated", &state);
}

BENCHMARK(BM_SmallBesideLarge)
    ->Name("exec/small_beside_large")
    ->ArgName("scheduled")
    ->Arg(0)
    ->Arg(1)
    ->Iterations(4)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace assay::bench

BENCHMARK_MAIN();
