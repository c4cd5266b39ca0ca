// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The two seccomp filters of a worker. A forbidden call ends the process with SIGSYS.
#ifndef CONDYLE_HOST_WORKER_SYSCALL_FILTER_H_
#define CONDYLE_HOST_WORKER_SYSCALL_FILTER_H_

namespace condyle {

// Names on stderr the call that was forbidden, then ends the process. Before the first filter: it forbids to change it.
void NameForbiddenCalls();

// Forbids what loading a library never needs: network, programs, processes, other processes' memory, signals to others,
// namespaces, mounts, kernel modules, keys, clocks. Threads are permitted. False if the kernel refuses.
bool FilterForLoading();

// Permits memory, threads, time, signals to itself, and input and output on stderr and the channel; nothing else.
// For all threads. False if the kernel refuses.
bool FilterForCalling();

}  // namespace condyle

#endif  // CONDYLE_HOST_WORKER_SYSCALL_FILTER_H_
