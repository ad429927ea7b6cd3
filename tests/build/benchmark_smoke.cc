// Compiles and links Google Benchmark; nothing here is worth measuring.
#include "benchmark/benchmark.h"

namespace {

void BM_Nothing(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(state.iterations());
}
BENCHMARK(BM_Nothing);

}  // namespace
