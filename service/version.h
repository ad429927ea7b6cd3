// The version of assayd.
#ifndef ASSAY_SERVICE_VERSION_H_
#define ASSAY_SERVICE_VERSION_H_

namespace assay::service {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace assay::service

#endif  // ASSAY_SERVICE_VERSION_H_
