// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Loads a plugin file into this process and calls it through the C ABI. The only user of Boost.DLL; needs no protobuf
// and no abseil, so that condyle-worker can do without both.
#ifndef CONDYLE_HOST_LOADER_PLUGIN_LIBRARY_H_
#define CONDYLE_HOST_LOADER_PLUGIN_LIBRARY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "condyle/plugin.h"

namespace condyle {

// Name of a status, for example "CND_INTERNAL"; unknown values read as CND_INTERNAL, as plugin.h demands.
const char* StatusName(cnd_status status);

// Nanoseconds of CLOCK_MONOTONIC: the clock of every deadline, the same in the host and its workers.
uint64_t MonotonicNs();

// Receives what plugins log, on any thread. Null (the default) drops it. For the whole process.
using PluginLog = void (*)(int32_t level, std::string_view utf8);
void SetPluginLog(PluginLog log);

// How a call ended.
struct AssessResult {
  cnd_status status = CND_INTERNAL;
  // The answer passed the size limit. The status is CND_EXHAUSTED then, whatever the plugin made of it.
  bool too_large = false;
  // The plugin's words where status is not CND_OK; may be empty. Not checked to be UTF-8. At most 1 KiB.
  std::string error;
};

// A plugin's own state. One call at a time; different instances may run in parallel.
class PluginInstance {
 public:
  ~PluginInstance();
  PluginInstance(const PluginInstance&) = delete;
  PluginInstance& operator=(const PluginInstance&) = delete;

  // Puts the plugin's answer into *response, which is emptied first and keeps its capacity. *response is empty unless
  // the status is CND_OK.
  AssessResult Assess(const cnd_call& call, std::string_view request, size_t max_response_bytes,
                      std::string* response) noexcept;

 private:
  friend class PluginLibrary;
  PluginInstance(const cnd_plugin* table, cnd_instance* instance) : table_(table), instance_(instance) {}

  const cnd_plugin* const table_;
  cnd_instance* const instance_;
};

// A loaded plugin. Loading is for good: the code stays mapped until the process ends, because a library that is
// unloaded leaves thread-local destructors, registrations and tables behind that point into it.
class PluginLibrary {
 public:
  // Null if the file cannot be loaded or offers no usable table; then *error says why, with the dynamic linker's words.
  // Runs the plugin's constructors. Thread-safe.
  static std::unique_ptr<PluginLibrary> Load(const std::string& path, std::string* error) noexcept;

  // The same for a file that is open and does not change any more (sealed): its bytes are loaded whatever lies at the
  // path, which is for messages only. content: names the bytes, for example by their SHA-256; what this process has
  // loaded once is not loaded again. The descriptor stays the caller's; a copy of it stays open for good.
  static std::unique_ptr<PluginLibrary> LoadSealed(const std::string& path, int fd, const std::string& content,
                                                   std::string* error) noexcept;

  // Null if the plugin's create fails; then *error says why. config: what the plugin's documentation defines.
  // Thread-safe.
  std::unique_ptr<PluginInstance> Create(std::string_view config, std::string* error) const noexcept;

  // CND_FLAG_*.
  uint32_t flags() const { return table_->flags; }
  uint32_t abi_minor() const { return table_->abi_minor; }

 private:
  static std::unique_ptr<PluginLibrary> LoadFrom(const std::string& place, const std::string& path,
                                                 std::string* error) noexcept;
  explicit PluginLibrary(const cnd_plugin* table) : table_(table) {}

  const cnd_plugin* const table_;
};

// Checks a plugin's table. Empty, or what is wrong with it: a newer minor version and a longer table are fine; a null
// table, another major version, a table without a field of ABI 1.0 and a null function are not.
std::string CheckPluginTable(const cnd_plugin* table);

}  // namespace condyle

#endif  // CONDYLE_HOST_LOADER_PLUGIN_LIBRARY_H_
