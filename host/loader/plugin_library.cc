// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// dlopen through Boost.DLL, the host's table, and calls with everything checked that can be.
#include "host/loader/plugin_library.h"

#include <fcntl.h>
#include <time.h>

#include <atomic>
#include <boost/dll/shared_library.hpp>
#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <map>
#include <mutex>
#include <type_traits>
#include <vector>

namespace condyle {
namespace {

constexpr size_t kMaxErrorBytes = 1024;

std::atomic<PluginLog> plugin_log{nullptr};

std::string_view View(cnd_bytes bytes) {
  if (bytes.data == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes.data), static_cast<size_t>(bytes.size)};
}

cnd_bytes Bytes(std::string_view view) { return {reinterpret_cast<const uint8_t*>(view.data()), view.size()}; }

void HostLog(void*, int32_t level, cnd_bytes utf8) noexcept {
  if (PluginLog log = plugin_log.load(std::memory_order_acquire)) log(level, View(utf8));
}

uint64_t HostMonotonicNs(void*) noexcept { return MonotonicNs(); }

const void* HostExtension(void*, const char*) noexcept { return nullptr; }

constexpr cnd_host kHost = {sizeof(cnd_host), CND_ABI_MAJOR, CND_ABI_MINOR,   0,
                            nullptr,          HostLog,       HostMonotonicNs, HostExtension};

// Where a plugin's answer and its words go during one call.
struct Answer {
  std::string* response = nullptr;  // null: nothing may be written (create)
  size_t max_bytes = 0;
  bool too_large = false;
  bool out_of_memory = false;
  std::string error;
};

cnd_status SinkWrite(void* ctx, cnd_bytes chunk) noexcept {
  auto* answer = static_cast<Answer*>(ctx);
  if (answer->response == nullptr || (chunk.data == nullptr && chunk.size != 0)) return CND_MISUSE;
  if (answer->too_large || answer->out_of_memory) return CND_EXHAUSTED;
  if (chunk.size > answer->max_bytes - answer->response->size()) {
    answer->too_large = true;
    return CND_EXHAUSTED;
  }
  try {
    answer->response->append(View(chunk));
  } catch (const std::exception&) {
    answer->out_of_memory = true;
    return CND_EXHAUSTED;
  }
  return CND_OK;
}

void SinkFail(void* ctx, cnd_status, cnd_bytes utf8) noexcept {
  auto* answer = static_cast<Answer*>(ctx);
  try {
    answer->error.assign(View(utf8).substr(0, kMaxErrorBytes));
  } catch (const std::exception&) {
    answer->error.clear();
  }
}

cnd_sink SinkTo(Answer* answer) { return {sizeof(cnd_sink), 0, answer, SinkWrite, SinkFail}; }

// Keeps the library loaded for good, reachable so that leak checkers see it is meant.
void KeepLoaded(boost::dll::shared_library library) {
  static std::mutex mutex;
  static auto* const libraries = new std::vector<boost::dll::shared_library>;
  const std::lock_guard<std::mutex> lock(mutex);
  for (const boost::dll::shared_library& known : *libraries) {
    if (known == library) return;
  }
  libraries->push_back(std::move(library));
}

// Where the dynamic linker finds these bytes; empty, with errno, if the descriptor is none. It knows libraries by their
// names: the descriptor behind a name is never closed, or another plugin would be taken for the first that had its
// number.
std::string PlaceOf(int fd, const std::string& content) {
  static std::mutex mutex;
  static auto* const kept = new std::map<std::string, int>;
  const std::lock_guard<std::mutex> lock(mutex);
  auto at = kept->find(content);
  if (at == kept->end()) {
    const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) return {};
    at = kept->emplace(content, copy).first;
  }
  // By number and not as "self", so that debuggers find it too; by what /proc calls this process, not by getpid(),
  // which is another in a container that sees its host's /proc.
  std::error_code ignored;
  const std::string process = std::filesystem::read_symlink("/proc/self", ignored).string();
  return "/proc/" + (process.empty() ? "self" : process) + "/fd/" + std::to_string(at->second);
}

// What stands in a message for the place that was loaded.
std::string Renamed(std::string text, const std::string& place, const std::string& path) {
  if (place == path) return text;
  for (size_t at = text.find(place); at != text.npos; at = text.find(place, at + path.size())) {
    text.replace(at, place.size(), path);
  }
  return text;
}

bool Reaches(const cnd_plugin& table, size_t field_offset, size_t field_size) {
  return table.struct_size >= field_offset + field_size;
}

}  // namespace

const char* StatusName(cnd_status status) {
  switch (status) {
    case CND_OK:
      return "CND_OK";
    case CND_INVALID_INPUT:
      return "CND_INVALID_INPUT";
    case CND_INSUFFICIENT_DATA:
      return "CND_INSUFFICIENT_DATA";
    case CND_UNSUPPORTED:
      return "CND_UNSUPPORTED";
    case CND_CANCELLED:
      return "CND_CANCELLED";
    case CND_DEADLINE:
      return "CND_DEADLINE";
    case CND_EXHAUSTED:
      return "CND_EXHAUSTED";
    case CND_MISUSE:
      return "CND_MISUSE";
    default:
      return "CND_INTERNAL";
  }
}

uint64_t MonotonicNs() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

void SetPluginLog(PluginLog log) { plugin_log.store(log, std::memory_order_release); }

std::string CheckPluginTable(const cnd_plugin* table) {
  if (table == nullptr) {
    return std::string(CND_ENTRY_SYMBOL) + " returned NULL: the plugin refuses to run in this host, which offers ABI " +
           std::to_string(CND_ABI_MAJOR) + "." + std::to_string(CND_ABI_MINOR);
  }
  if (Reaches(*table, offsetof(cnd_plugin, abi_major), sizeof(table->abi_major)) && table->abi_major != CND_ABI_MAJOR) {
    return "the plugin's table has abi_major " + std::to_string(table->abi_major) + "; this host takes only " +
           std::to_string(CND_ABI_MAJOR);
  }
  struct Field {
    const char* name;
    size_t end;
  };
  constexpr Field kFields[] = {{"abi_major", offsetof(cnd_plugin, abi_minor)},
                               {"abi_minor", offsetof(cnd_plugin, flags)},
                               {"flags", offsetof(cnd_plugin, create)},
                               {"create", offsetof(cnd_plugin, assess)},
                               {"assess", offsetof(cnd_plugin, destroy)},
                               {"destroy", offsetof(cnd_plugin, extension)},
                               {"extension", sizeof(cnd_plugin)}};
  for (const Field& field : kFields) {
    if (table->struct_size < field.end) {
      return "the plugin's table is too short: struct_size is " + std::to_string(table->struct_size) + ", so " +
             field.name + " is missing; ABI 1.0 has " + std::to_string(sizeof(cnd_plugin)) + " bytes";
    }
  }
  const char* null_function = table->create == nullptr    ? "create"
                              : table->assess == nullptr  ? "assess"
                              : table->destroy == nullptr ? "destroy"
                                                          : nullptr;
  if (null_function != nullptr) return std::string("the plugin's table has NULL for ") + null_function;
  return {};
}

std::unique_ptr<PluginLibrary> PluginLibrary::Load(const std::string& path, std::string* error) noexcept {
  return LoadFrom(path, path, error);
}

std::unique_ptr<PluginLibrary> PluginLibrary::LoadSealed(const std::string& path, int fd, const std::string& content,
                                                         std::string* error) noexcept {
  try {
    const std::string place = PlaceOf(fd, content);
    if (!place.empty()) return LoadFrom(place, path, error);
    *error = path + ": cannot load: its copy in memory: " + strerror(errno);
  } catch (const std::exception&) {
    error->clear();  // out of memory
  }
  return nullptr;
}

std::unique_ptr<PluginLibrary> PluginLibrary::LoadFrom(const std::string& place, const std::string& path,
                                                       std::string* error) noexcept {
  try {
    // The overload that throws: the one with an error_code loses dlerror's words. rtld_now: a missing symbol is found
    // here and not in the middle of an assessment. Never rtld_deepbind: it breaks sanitizers and custom allocators.
    boost::dll::shared_library library(place, boost::dll::load_mode::rtld_now);
    if (!library.has(CND_ENTRY_SYMBOL)) {
      KeepLoaded(std::move(library));
      *error = path + ": not a Condyle plugin: it does not export " + CND_ENTRY_SYMBOL;
      return nullptr;
    }
    using Entry = const cnd_plugin*(const cnd_host*);
    Entry& entry = library.get<Entry>(CND_ENTRY_SYMBOL);
    KeepLoaded(library);
    const cnd_plugin* table = entry(&kHost);
    if (std::string problem = CheckPluginTable(table); !problem.empty()) {
      *error = path + ": " + problem;
      return nullptr;
    }
    return std::unique_ptr<PluginLibrary>(new PluginLibrary(table));
  } catch (const std::exception& e) {
    try {
      *error = "cannot load: " + Renamed(e.what(), place, path);
    } catch (const std::exception&) {
      error->clear();
    }
  } catch (...) {
    error->clear();  // a constructor of the plugin threw something of its own
  }
  return nullptr;
}

std::unique_ptr<PluginInstance> PluginLibrary::Create(std::string_view config, std::string* error) const noexcept {
  try {
    Answer answer;
    const cnd_sink sink = SinkTo(&answer);
    cnd_instance* instance = nullptr;
    const cnd_status status = table_->create(&kHost, Bytes(config), &instance, &sink);
    if (status != CND_OK) {
      *error = std::string("create failed with ") + StatusName(status) +
               (answer.error.empty() ? " and did not say why" : ": " + answer.error);
      return nullptr;
    }
    if (instance == nullptr) {
      *error = "create returned CND_OK and no instance";
      return nullptr;
    }
    return std::unique_ptr<PluginInstance>(new PluginInstance(table_, instance));
  } catch (const std::exception&) {
    error->clear();  // out of memory
  }
  return nullptr;
}

PluginInstance::~PluginInstance() { table_->destroy(instance_); }

AssessResult PluginInstance::Assess(const cnd_call& call, std::string_view request, size_t max_response_bytes,
                                    std::string* response) noexcept {
  AssessResult result;
  response->clear();
  Answer answer;
  answer.response = response;
  answer.max_bytes = max_response_bytes;
  const cnd_sink sink = SinkTo(&answer);
  result.status = table_->assess(instance_, &call, Bytes(request), &sink);
  result.too_large = answer.too_large;
  if (answer.too_large || answer.out_of_memory) result.status = CND_EXHAUSTED;
  if (result.status != CND_OK) {
    response->clear();
    result.error = std::move(answer.error);
  }
  return result;
}

}  // namespace condyle
