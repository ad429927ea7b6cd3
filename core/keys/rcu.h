// Read-copy-update, as much of it as the key cache needs: read-side sections
// and grace periods, by liburcu's "bulletproof" flavour (threads register
// themselves). The only user of liburcu's headers is rcu.cc.
//
// Contract
//  - RCU orders one thing: whatever a thread does inside a read-side section
//    happens before the return of every Synchronize() that waited for that
//    section. So memory that no section that begins later can reach may be
//    freed after Synchronize().
//  - It does not publish. A pointer goes to readers by a release store and is
//    taken up by an acquire load inside of a section, both std::atomic.
//  - liburcu is not instrumented, so ThreadSanitizer cannot see that order;
//    rcu.cc tells it, in the two places where RCU gives it (the end of a
//    section, the return of Synchronize) and nowhere else. TSan therefore
//    still reports a missing release or acquire in the publication, and a free
//    that waits for no grace period.
//  - Sections nest. A section ends on the thread that began it.
#ifndef ASSAY_CORE_KEYS_RCU_H_
#define ASSAY_CORE_KEYS_RCU_H_

namespace assay::keys::rcu {

// Begins a read-side section. No lock, no atomic read-modify-write, no
// allocation but on a thread's first call.
void BeginRead();
void EndRead();
// Whether this thread is inside of a section.
bool IsReading();
// Waits until every section that began before the call has ended. Must not be
// called inside of a section: it would wait for itself.
void Synchronize();

}  // namespace assay::keys::rcu

#endif  // ASSAY_CORE_KEYS_RCU_H_
