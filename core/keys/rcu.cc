#include "core/keys/rcu.h"

#include <urcu/urcu-bp.h>

#if defined(__SANITIZE_THREAD__)
#define ASSAY_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ASSAY_TSAN 1
#endif
#endif

#ifdef ASSAY_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace assay::keys::rcu {
namespace {

#ifdef ASSAY_TSAN
char grace_period;  // Its address stands for "read, then reclaim".
void SectionEnds() { __tsan_release(&grace_period); }
void SectionsHaveEnded() { __tsan_acquire(&grace_period); }
#else
void SectionEnds() {}
void SectionsHaveEnded() {}
#endif

}  // namespace

void BeginRead() { urcu_bp_read_lock(); }

void EndRead() {
  SectionEnds();
  urcu_bp_read_unlock();
}

bool IsReading() { return urcu_bp_read_ongoing() != 0; }

void Synchronize() {
  urcu_bp_synchronize_rcu();
  SectionsHaveEnded();
}

}  // namespace assay::keys::rcu
