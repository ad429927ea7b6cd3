// Leaks that are not ours. c-ares and gRPC keep a few bytes of global state
// when the process ends before gRPC's background threads have let go of it.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libcares.so\n"
         "leak:grpc_core::\n"
         "leak:grpc_init\n";
}
