// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Whether this build has the address or the thread sanitizer, which leave no room for a sandbox: they reserve terabytes
// of address space for their own books, and read /proc and start a symbolizer when they have something to report.
#ifndef CONDYLE_HOST_WORKER_SANITIZED_H_
#define CONDYLE_HOST_WORKER_SANITIZED_H_

namespace condyle {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace condyle

#endif  // CONDYLE_HOST_WORKER_SANITIZED_H_
