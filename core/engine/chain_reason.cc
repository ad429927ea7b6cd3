#include "core/engine/chain_reason.h"

namespace assay::engine {

Reason ReasonOf(crypto::ChainFault fault) {
  using crypto::ChainFault;
  switch (fault) {
    case ChainFault::kTooLong:
      return Reason::kX5cTooLong;
    case ChainFault::kMalformed:
      return Reason::kX5cMalformed;
    case ChainFault::kWeakKey:
      return Reason::kX5cWeakKey;
    case ChainFault::kWeakSignature:
      return Reason::kX5cWeakSignature;
    case ChainFault::kSelfSigned:
      return Reason::kX5cSelfSigned;
    case ChainFault::kOrder:
      return Reason::kX5cOrder;
    case ChainFault::kUnrelated:
      return Reason::kX5cUnrelated;
    case ChainFault::kIssuerNotCa:
      return Reason::kX5cIssuerNotCa;
    case ChainFault::kPathLength:
      return Reason::kX5cPathLength;
    case ChainFault::kNoPath:
      return Reason::kX5cNoPath;
    case ChainFault::kSignature:
      return Reason::kX5cSignature;
    case ChainFault::kNotYetValid:
      return Reason::kX5cNotYetValid;
    case ChainFault::kExpired:
      return Reason::kX5cExpired;
    case ChainFault::kExtension:
      return Reason::kX5cExtension;
    case ChainFault::kLeafIsCa:
      return Reason::kX5cLeafIsCa;
    case ChainFault::kKeyUsage:
      return Reason::kX5cKeyUsage;
    case ChainFault::kExtendedKeyUsage:
      return Reason::kX5cExtendedKeyUsage;
    case ChainFault::kName:
      return Reason::kX5cName;
    case ChainFault::kNone:
    case ChainFault::kOther:
      break;
  }
  return Reason::kX5cOther;
}

}  // namespace assay::engine
