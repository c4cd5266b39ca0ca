// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The clocks of this process. A program's own definitions come before those of libraries, so the plugin and libstdc++
// are bound to these (the build exports them): a plugin that looks at the time of day sees the one that the probe has
// chosen.
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "host/checker/probe/probe.h"

namespace condyle::checker {
namespace {

int64_t shift_seconds = 0;

}  // namespace

void ShiftTime(int64_t seconds) { shift_seconds = seconds; }

static int Now(clockid_t clock, timespec* now) {
  const int result = static_cast<int>(syscall(SYS_clock_gettime, clock, now));
  const bool of_day = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
  if (result == 0 && of_day) now->tv_sec += shift_seconds;
  return result;
}

}  // namespace condyle::checker

extern "C" {

__attribute__((visibility("default"))) int clock_gettime(clockid_t clock, timespec* now) noexcept {
  return condyle::checker::Now(clock, now);
}

__attribute__((visibility("default"))) int gettimeofday(timeval* __restrict now, void* __restrict) noexcept {
  timespec precise{};
  const int result = condyle::checker::Now(CLOCK_REALTIME, &precise);
  if (result == 0) *now = {precise.tv_sec, precise.tv_nsec / 1000};
  return result;
}

__attribute__((visibility("default"))) time_t time(time_t* out) noexcept {
  timespec precise{};
  if (condyle::checker::Now(CLOCK_REALTIME, &precise) != 0) return -1;
  if (out != nullptr) *out = precise.tv_sec;
  return precise.tv_sec;
}

__attribute__((visibility("default"))) int timespec_get(timespec* out, int base) noexcept {
  return base == TIME_UTC && condyle::checker::Now(CLOCK_REALTIME, out) == 0 ? base : 0;
}
}
