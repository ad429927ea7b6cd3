// The clocks that benchmarks read. Processor time does not count what other
// processes do on a busy machine; the clock on the wall does.
#ifndef ASSAY_BENCH_BENCH_CLOCKS_H_
#define ASSAY_BENCH_BENCH_CLOCKS_H_

#include <sys/resource.h>
#include <time.h>

#include <cstdint>

#include "absl/time/time.h"

namespace assay::bench {

inline absl::Duration ReadClock(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return absl::DurationFromTimespec(now);
}

// Since some fixed moment.
inline absl::Duration WallTime() { return ReadClock(CLOCK_MONOTONIC); }
// User and system time of the calling thread.
inline absl::Duration ThreadCpuTime() {
  return ReadClock(CLOCK_THREAD_CPUTIME_ID);
}
// The same of all threads of this process.
inline absl::Duration ProcessCpuTime() {
  return ReadClock(CLOCK_PROCESS_CPUTIME_ID);
}

// How often others took the processor away, `who` being RUSAGE_THREAD or
// RUSAGE_SELF (all threads). A measurement by the wall during which this does
// not grow had its processors to itself. Waiting for a lock does not count.
inline int64_t NumPreemptions(int who) {
  rusage usage;
  getrusage(who, &usage);
  return usage.ru_nivcsw;
}

}  // namespace assay::bench

#endif  // ASSAY_BENCH_BENCH_CLOCKS_H_
