// Keeps a process's secrets its own.
#ifndef ASSAY_SERVICE_PROCESS_HARDENING_H_
#define ASSAY_SERVICE_PROCESS_HARDENING_H_

namespace assay::service {

// Keeps keys out of core dumps and away from other processes of the same user:
// no core file, not dumpable. Does nothing in a sanitizer's build, whose leak
// check traces its own process. Called first in main.
void HardenProcess();

}  // namespace assay::service

#endif  // ASSAY_SERVICE_PROCESS_HARDENING_H_
