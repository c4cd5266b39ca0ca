// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Landlock by raw system calls: Debian 12 has no library for it, and its header is older than kernels are.
#ifndef CONDYLE_HOST_WORKER_LANDLOCK_H_
#define CONDYLE_HOST_WORKER_LANDLOCK_H_

#include <string>
#include <vector>

namespace condyle {

// Version of the interface, from 1; 0 if the kernel has no Landlock, or it is off, or may not be used.
int LandlockAbi();

// From now on this thread can read what lies beneath these paths and otherwise do nothing with files, as far as this
// version of the interface knows how to forbid it: neither TCP (4) nor signals or abstract sockets to others (6). Paths
// that do not exist are left out. Needs no_new_privs. False if the kernel refuses.
bool RestrictToReading(const std::vector<std::string>& paths, int abi);

}  // namespace condyle

#endif  // CONDYLE_HOST_WORKER_LANDLOCK_H_
