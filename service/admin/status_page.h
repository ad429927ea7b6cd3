// /statusz: a server's status for people, as HTML without scripts.
#ifndef ASSAY_SERVICE_ADMIN_STATUS_PAGE_H_
#define ASSAY_SERVICE_ADMIN_STATUS_PAGE_H_

#include <string>

#include "service/admin/server_status.h"

namespace assay::service {

std::string StatusPage(const ServerStatus& status);

}  // namespace assay::service

#endif  // ASSAY_SERVICE_ADMIN_STATUS_PAGE_H_
