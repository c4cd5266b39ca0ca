// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the parts of Condyle are: in a build tree or an installation, found from the running program.
#ifndef CONDYLE_HOST_LIBRARY_LOCATIONS_H_
#define CONDYLE_HOST_LIBRARY_LOCATIONS_H_

#include <string>
#include <vector>

#include "host/trust/own_file.h"

namespace condyle {

// The directory that all is found from: that of the running program; where this code is in a shared library, that of
// the programs of its installation or build. Empty if the system does not tell.
std::string ProgramDirectory();
std::string ProgramDirectory(const OwnFile& own);

// Where condyle-worker may be, most likely first, for a program in this directory. Build tree: beside it, or in ../bin.
// Installation: the libexec directory. Last the place it was configured to be installed to.
std::vector<std::string> WorkerCandidates(const std::string& program_directory);

// The same for condyle-checker-probe.
std::vector<std::string> CheckerProbeCandidates(const std::string& program_directory);

// The first of these that can be executed; empty if none can.
std::string FirstExecutable(const std::vector<std::string>& places);

// As WorkerCandidates, for plugin directories of an installation.
std::vector<std::string> InstalledPluginDirectories(const std::string& program_directory);

// The same, with that of a build tree.
std::vector<std::string> PluginDirectoryCandidates(const std::string& program_directory);

}  // namespace condyle

#endif  // CONDYLE_HOST_LIBRARY_LOCATIONS_H_
