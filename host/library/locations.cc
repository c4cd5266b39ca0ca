// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Lookup of the worker and the plugins.
#include "host/library/locations.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "condyle/host/host.h"
#include "host/library/install_paths.h"
#include "host/trust/own_file.h"

namespace condyle {
namespace {

namespace fs = std::filesystem;

// A directory called "plugins" beside some other program is none of ours unless it holds a library.
bool HoldsPlugins(const fs::path& directory) {
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".so") return true;
  }
  return false;
}

std::vector<std::string> HelperCandidates(const std::string& program_directory, const char* name) {
  std::vector<std::string> places;
  if (!program_directory.empty()) {
    fs::path here(program_directory);
    places.push_back((here / name).string());
    places.push_back((here.parent_path() / "bin" / name).string());
    places.push_back((here.parent_path() / kInstallLibexecDir / "condyle" / name).string());
  }
  places.push_back((fs::path(kInstallFullLibexecDir) / "condyle" / name).string());
  return places;
}

}  // namespace

// Whoever loads the host as a shared library may be a program of any kind, in /usr/bin: what lies around it is none of
// ours. What lies around the library is.
std::string ProgramDirectory(const OwnFile& own) {
  if (own.path.empty()) return {};
  const fs::path directory = fs::path(own.path).parent_path();
  if (!own.is_library) return directory.string();
  const fs::path below = kInstallLibDir;
  if (below.is_absolute()) return {};
  fs::path prefix = directory;
  for (auto part = below.begin(); part != below.end(); ++part) prefix = prefix.parent_path();
  return (prefix / "bin").string();
}

std::string ProgramDirectory() { return ProgramDirectory(FindOwnFile()); }

std::string FirstExecutable(const std::vector<std::string>& places) {
  for (const std::string& place : places) {
    if (access(place.c_str(), X_OK) == 0) return place;
  }
  return {};
}

std::vector<std::string> WorkerCandidates(const std::string& program_directory) {
  return HelperCandidates(program_directory, "condyle-worker");
}

std::vector<std::string> CheckerProbeCandidates(const std::string& program_directory) {
  return HelperCandidates(program_directory, "condyle-checker-probe");
}

std::vector<std::string> InstalledPluginDirectories(const std::string& program_directory) {
  std::vector<std::string> places;
  if (!program_directory.empty()) {
    const fs::path up = fs::path(program_directory).parent_path();
    places.push_back((up / kInstallLibDir / "condyle" / "plugins").string());
  }
  places.push_back((fs::path(kInstallFullLibDir) / "condyle" / "plugins").string());
  return places;
}

std::vector<std::string> PluginDirectoryCandidates(const std::string& program_directory) {
  std::vector<std::string> places = InstalledPluginDirectories(program_directory);
  if (!program_directory.empty()) {
    places.insert(places.begin(), (fs::path(program_directory).parent_path() / "plugins").string());
  }
  return places;
}

std::vector<std::string> DefaultPluginDirectories() {
  std::vector<std::string> places = PluginDirectoryCandidates(ProgramDirectory());
  for (const std::string& place : places) {
    if (HoldsPlugins(place)) return {place};
  }
  // None: the place of the installation, so that the failure names it.
  return {places.back()};
}

}  // namespace condyle
