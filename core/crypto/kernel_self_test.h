// Whether the kernel of a lane gives the known answers on this machine.
//
// Thread safety: may be called concurrently.
#ifndef ASSAY_CORE_CRYPTO_KERNEL_SELF_TEST_H_
#define ASSAY_CORE_CRYPTO_KERNEL_SELF_TEST_H_

#include "core/crypto/lane.h"
#include "core/crypto/lane_verifier.h"

namespace assay::crypto {

// Lets the lane's kernel, which exists, judge good and damaged signatures at
// every place of a vector, without a table and with one. Some milliseconds,
// the making of shared tables included.
bool PassesSelfTest(const LaneVerifier& verifier, Lane lane);

}  // namespace assay::crypto

#endif  // ASSAY_CORE_CRYPTO_KERNEL_SELF_TEST_H_
