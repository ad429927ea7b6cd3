// What a token is told of the certificates that it brought along.
#ifndef ASSAY_CORE_ENGINE_CHAIN_REASON_H_
#define ASSAY_CORE_ENGINE_CHAIN_REASON_H_

#include "core/base/reason.h"
#include "core/crypto/certificate_chain.h"

namespace assay::engine {

// Why a token whose chain has `fault` is rejected: never kValid.
Reason ReasonOf(crypto::ChainFault fault);

}  // namespace assay::engine

#endif  // ASSAY_CORE_ENGINE_CHAIN_REASON_H_
