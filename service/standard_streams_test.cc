#include "service/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>

#include "gtest/gtest.h"

namespace assay::service {
namespace {

// In a process of its own, whose exit code tells: 0, or the step that failed.
[[noreturn]] void RunWithClosedStreams() {
  for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) close(fd);
  HoldStandardStreams();
  const int file = open("/dev/zero", O_RDWR);
  if (file <= STDERR_FILENO) _exit(1);
  char byte = 0;
  if (read(STDIN_FILENO, &byte, 1) != -1 || errno != EBADF) _exit(2);
  if (write(STDOUT_FILENO, &byte, 1) != -1 || errno != EBADF) _exit(3);
  if (write(STDERR_FILENO, &byte, 1) != -1 || errno != EBADF) _exit(4);
  _exit(0);
}

// As gRPC does before main.
[[noreturn]] void RunWithAStreamTakenByALibrary() {
  close(STDERR_FILENO);
  if (open("/dev/zero", O_RDWR | O_CLOEXEC) != STDERR_FILENO) _exit(1);
  HoldStandardStreams();
  char byte = 0;
  _exit(write(STDERR_FILENO, &byte, 1) == -1 ? 0 : 2);
}

[[noreturn]] void RunWithOpenStreams() {
  HoldStandardStreams();
  char byte = '\n';
  _exit(write(STDERR_FILENO, &byte, 1) == 1 ? 0 : 1);
}

TEST(StandardStreamsTest, NoFileTakesThePlaceOfAClosedStream) {
  EXPECT_EXIT(RunWithClosedStreams(), ::testing::ExitedWithCode(0), "");
}

TEST(StandardStreamsTest, WhatALibraryPutInItsPlaceIsNotWrittenTo) {
  EXPECT_EXIT(RunWithAStreamTakenByALibrary(), ::testing::ExitedWithCode(0),
              "");
}

TEST(StandardStreamsTest, OpenStreamsStay) {
  EXPECT_EXIT(RunWithOpenStreams(), ::testing::ExitedWithCode(0), "\n");
}

}  // namespace
}  // namespace assay::service
