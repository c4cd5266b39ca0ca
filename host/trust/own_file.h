// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The file that the host's code was loaded from: the running program, or the shared library that another program
// loaded.
#ifndef CONDYLE_HOST_TRUST_OWN_FILE_H_
#define CONDYLE_HOST_TRUST_OWN_FILE_H_

#include <string>

namespace condyle {

struct OwnFile {
  // Absolute. Empty if the system does not tell.
  std::string path;
  // Not the program itself.
  bool is_library = false;
};

// Found once per process. Thread-safe.
const OwnFile& FindOwnFile();

// A descriptor for reading it, whatever has become of its path; -1 if it cannot be had: the file of a library is gone
// or another by now. The caller closes it.
int OpenOwnFile();

}  // namespace condyle

#endif  // CONDYLE_HOST_TRUST_OWN_FILE_H_
