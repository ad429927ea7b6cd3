// Keeps the places of standard input, output and error.
#ifndef ASSAY_SERVICE_STANDARD_STREAMS_H_
#define ASSAY_SERVICE_STANDARD_STREAMS_H_

namespace assay::service {

// Where a standard stream is closed, the next file opened takes its place, and
// log lines or tokens would go into a key file or a socket. What takes the
// place here fails when it is used. Called first in main.
void HoldStandardStreams();

}  // namespace assay::service

#endif  // ASSAY_SERVICE_STANDARD_STREAMS_H_
