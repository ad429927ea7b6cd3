// The results of verification as they go over the wire. `proto` is fresh.
#ifndef ASSAY_SERVICE_VERIFY_RESULT_PROTO_H_
#define ASSAY_SERVICE_VERIFY_RESULT_PROTO_H_

#include "assay/v1/verifier.pb.h"
#include "core/engine/batch_verifier.h"
#include "core/engine/jws_verifier.h"
#include "core/engine/nested_verifier.h"

namespace assay::service {

void WriteResult(const engine::TokenResult& result, v1::VerifyResult* proto);
// With a list of signatures if `has_signatures`, as a JWS in JSON has.
void WriteResult(const engine::JwsResult& result, bool has_signatures,
                 v1::VerifyResult* proto);
// Of a token that is not valid, nothing of its layers is told.
void WriteResult(const engine::NestedResult& result, v1::VerifyResult* proto);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_VERIFY_RESULT_PROTO_H_
