// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads plugin files, checks what they say of themselves and leaves out what cannot be trusted.
#include "host/catalog/plugin_catalog.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "host/catalog/manifest_check.h"
#include "host/catalog/note_reader.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace {

constexpr uint64_t kMaxFileBytes = 256u << 20;
// Faults of one manifest that are listed in full.
constexpr size_t kFaultsShown = 5;

using FileIdentity = std::pair<dev_t, ino_t>;

struct CloseFile {
  explicit CloseFile(int owned) : fd(owned) {}
  ~CloseFile() {
    if (fd >= 0) close(fd);
  }
  CloseFile(const CloseFile&) = delete;
  CloseFile& operator=(const CloseFile&) = delete;
  const int fd;
};

std::string BaseName(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  return slash == path.npos || slash + 1 == path.size() ? path : path.substr(slash + 1);
}

// A regular file, copied; or an error in words.
struct FileCopy {
  std::shared_ptr<const SealedFile> image;
  std::string bytes;      // of the image
  std::string directory;  // where the file really is, whatever links led there
  FileIdentity identity;
  std::string error;
};

// Without links. Empty if the system does not tell.
std::string RealDirectory(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  return error ? std::string() : real.string();
}

FileCopy ReadWhole(const std::string& path) {
  FileCopy file;
  // Not blocking: somebody may have put a FIFO there.
  const CloseFile opened(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (opened.fd < 0 || fstat(opened.fd, &status) != 0) {
    file.error = std::string("cannot be read: ") + strerror(errno);
    return file;
  }
  file.identity = {status.st_dev, status.st_ino};
  if (!S_ISREG(status.st_mode)) {
    file.error = "is not a regular file";
    return file;
  }
  if (static_cast<uint64_t>(status.st_size) > kMaxFileBytes) {
    file.error = "has " + std::to_string(status.st_size) + " bytes; plugins of at most " +
                 std::to_string(kMaxFileBytes) + " bytes are read";
    return file;
  }
  // Of what was opened: the path may lead elsewhere by now.
  std::error_code ignored;
  file.directory = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(opened.fd), ignored).parent_path();
  file.image = SealedFile::CopyOf(opened.fd, BaseName(path), kMaxFileBytes, &file.error);
  if (file.image != nullptr) file.image->Read(&file.bytes, &file.error);
  return file;
}

v1::PluginFailure Failure(const std::string& plugin_id, v1::FailureKind kind, std::string message,
                          const std::string& path) {
  v1::PluginFailure failure;
  failure.set_plugin_id(plugin_id);
  failure.set_kind(kind);
  failure.set_message(std::move(message));
  failure.set_file(path);
  return failure;
}

class Discovery {
 public:
  explicit Discovery(const SignatureRules& rules) : rules_(rules) {
    for (const std::string& directory : rules.exempt_directories) {
      if (std::string real = RealDirectory(directory); !real.empty()) exempt_.insert(std::move(real));
    }
  }

  PluginCatalog Run(const std::vector<std::string>& directories_and_files) {
    for (const std::string& path : directories_and_files) {
      struct stat status {};
      if (stat(path.c_str(), &status) != 0) {
        Fail(BaseName(path), v1::FAILURE_KIND_LOAD, path + ": cannot be read: " + strerror(errno), path);
      } else if (S_ISDIR(status.st_mode)) {
        ReadDirectory(path);
      } else {
        ReadPlugin(path);
      }
    }
    DropRepeatedIds();
    DropDisagreeing();
    std::sort(catalog_.plugins.begin(), catalog_.plugins.end(),
              [](const PluginFile& a, const PluginFile& b) { return a.manifest.id() < b.manifest.id(); });
    ReportMissingScreens();
    return std::move(catalog_);
  }

 private:
  void Fail(const std::string& plugin_id, v1::FailureKind kind, std::string message, const std::string& path) {
    catalog_.failures.push_back(Failure(plugin_id, kind, std::move(message), path));
  }

  void ReadDirectory(const std::string& path) {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
    if (directory == nullptr) {
      Fail(BaseName(path), v1::FAILURE_KIND_LOAD, path + ": cannot be read: " + strerror(errno), path);
      return;
    }
    errno = 0;
    while (const dirent* entry = readdir(directory.get())) {
      const std::string name = entry->d_name;
      if (name.size() > 3 && name.compare(name.size() - 3, 3, ".so") == 0) names.push_back(name);
    }
    if (errno != 0) {
      Fail(BaseName(path), v1::FAILURE_KIND_LOAD, path + ": cannot be read to its end: " + strerror(errno), path);
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) ReadPlugin(path + (path.back() == '/' ? "" : "/") + name);
  }

  void ReadPlugin(const std::string& path) {
    FileCopy file = ReadWhole(path);
    const bool opened = file.identity != FileIdentity();
    if (opened && !seen_.insert(file.identity).second) return;
    if (!file.error.empty()) {
      Fail(BaseName(path), v1::FAILURE_KIND_LOAD, path + " " + file.error, path);
      return;
    }
    PluginFile plugin;
    plugin.path = path;
    plugin.image = std::move(file.image);
    plugin.file_sha256 = Sha256Hex(file.bytes);
    const NoteResult note = ReadManifestNote(std::move(file.bytes));
    if (!note.error.empty()) {
      Fail(BaseName(path), v1::FAILURE_KIND_MANIFEST, path + ": " + note.error, path);
      return;
    }
    plugin.manifest_sha256 = Sha256Hex(note.description);
    if (plugin.file_sha256.empty() || plugin.manifest_sha256.empty()) {
      Fail(BaseName(path), v1::FAILURE_KIND_LOAD, path + ": SHA-256 failed: check the installation of OpenSSL", path);
      return;
    }
    if (!plugin.manifest.ParseFromString(note.description)) {
      Fail(BaseName(path), v1::FAILURE_KIND_MANIFEST,
           path + ": its manifest note holds no readable condyle.v1.PluginManifest; build it again", path);
      return;
    }
    const std::vector<std::string> faults = CheckManifest(plugin.manifest);
    if (!faults.empty()) {
      std::string message = path + ": its manifest breaks the rules: ";
      for (size_t i = 0; i < faults.size() && i < kFaultsShown; ++i) message += (i == 0 ? "" : ". ") + faults[i];
      if (faults.size() > kFaultsShown) {
        message += ". And " + std::to_string(faults.size() - kFaultsShown) + " more";
      }
      const bool id_is_sound = IsPluginId(plugin.manifest.id());
      Fail(id_is_sound ? plugin.manifest.id() : BaseName(path), v1::FAILURE_KIND_MANIFEST, std::move(message), path);
      return;
    }
    if (MayRun(file.directory, &plugin)) catalog_.plugins.push_back(std::move(plugin));
  }

  // False, with a failure, if the rules refuse it for its signature.
  bool MayRun(const std::string& directory, PluginFile* plugin) {
    if (rules_.without == WithoutSignature::kRun && !rules_.check_always) return true;
    const v1::PluginManifest& manifest = plugin->manifest;
    plugin->signature =
        CheckSignature(plugin->path, {manifest.id(), manifest.version(), plugin->file_sha256}, rules_.trust);
    const SignatureVerdict verdict = plugin->signature.verdict;
    const bool unknown = verdict == SignatureVerdict::kUnsigned || verdict == SignatureVerdict::kUnknownKey;
    if (verdict == SignatureVerdict::kGood || rules_.without == WithoutSignature::kRun ||
        (unknown && exempt_.count(directory) != 0)) {
      return true;
    }
    const v1::PluginFailure failure = Failure(manifest.id(), v1::FAILURE_KIND_SIGNATURE,
                                              plugin->path + ": " + plugin->signature.problem, plugin->path);
    if (rules_.without == WithoutSignature::kRunWithWarning) {
      catalog_.warnings.push_back(failure);
      return true;
    }
    catalog_.failures.push_back(failure);
    catalog_.unsigned_manifests.push_back(std::move(plugin->manifest));
    return false;
  }

  // Which of several files of one id is the right one is not ours to guess.
  void DropRepeatedIds() {
    std::map<std::string, std::vector<std::string>> paths_by_id;
    for (const PluginFile& plugin : catalog_.plugins) paths_by_id[plugin.manifest.id()].push_back(plugin.path);
    for (const auto& [id, paths] : paths_by_id) {
      if (paths.size() < 2) continue;
      for (const std::string& path : paths) {
        std::string others;
        for (const std::string& other : paths) {
          if (other != path) others += (others.empty() ? "" : ", ") + other;
        }
        Fail(id, v1::FAILURE_KIND_CONFLICT,
             path + ": the id " + id + " is also that of " + others + "; none of them is used. Remove all but one",
             path);
      }
    }
    const auto repeated = [&](const PluginFile& plugin) { return paths_by_id.at(plugin.manifest.id()).size() > 1; };
    catalog_.plugins.erase(std::remove_if(catalog_.plugins.begin(), catalog_.plugins.end(), repeated),
                           catalog_.plugins.end());
  }

  void DropDisagreeing() {
    std::vector<PluginFile> agreeing;
    for (PluginFile& plugin : catalog_.plugins) {
      std::string disagreement = catalog_.inputs.Add(plugin.manifest);
      if (disagreement.empty()) {
        agreeing.push_back(std::move(plugin));
      } else {
        Fail(plugin.manifest.id(), v1::FAILURE_KIND_CONFLICT, plugin.path + ": " + disagreement, plugin.path);
      }
    }
    catalog_.plugins = std::move(agreeing);
  }

  void ReportMissingScreens() {
    std::set<std::string> present;
    for (const PluginFile& plugin : catalog_.plugins) present.insert(plugin.manifest.id());
    struct Expectation {
      std::set<std::string> by;
      std::set<std::string> tags;
    };
    std::map<std::string, Expectation> missing;
    for (const PluginFile& plugin : catalog_.plugins) {
      for (const v1::ExpectedScreen& screen : plugin.manifest.expected_screens()) {
        if (present.count(screen.plugin_id()) != 0) continue;
        Expectation& expectation = missing[screen.plugin_id()];
        expectation.by.insert(plugin.manifest.id());
        expectation.tags.insert(screen.guards().begin(), screen.guards().end());
      }
    }
    for (const auto& [id, expectation] : missing) {
      Fail(id, v1::FAILURE_KIND_MISSING,
           "the safety screen " + id + " is not among the plugins, but " + Join(expectation.by) +
               " must run beside it; add it. Until then everything under these tags is held: " + Join(expectation.tags),
           {});
    }
  }

  static std::string Join(const std::set<std::string>& words) {
    std::string joined;
    for (const std::string& word : words) joined += (joined.empty() ? "" : ", ") + word;
    return joined;
  }

  const SignatureRules& rules_;
  std::set<std::string> exempt_;
  PluginCatalog catalog_;
  std::set<FileIdentity> seen_;
};

}  // namespace

PluginCatalog DiscoverPlugins(const std::vector<std::string>& directories_and_files, const SignatureRules& rules) {
  return Discovery(rules).Run(directories_and_files);
}

}  // namespace condyle
