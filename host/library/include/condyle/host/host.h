// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The Condyle host as a library: open it on a set of plugins, give it cases, get consultations.
//
//   auto host = condyle::Host::Open({.plugins = {"/usr/lib/condyle/plugins"}});
//   if (!host.ok()) ...
//   condyle::Outcome outcome = (*host)->ConsultBytes(fhir_bundle_json);
//   if (outcome.refusal) ... else use outcome.consultation
#ifndef CONDYLE_HOST_HOST_H_
#define CONDYLE_HOST_HOST_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "condyle/v1/case.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "condyle/v1/manifest.pb.h"

namespace condyle {

struct HostOptions {
  // Directories and files, in order. Empty: DefaultPluginDirectories().
  std::vector<std::string> plugins;
  // Path of condyle-worker. Empty: beside the running program, else where it was installed.
  std::string worker;
  // Loads the plugins into this process. Faster; a plugin that crashes or hangs takes the process with it.
  bool in_process = false;
  // Longest time that one plugin may take for one answer.
  std::chrono::milliseconds deadline{5000};
  // How many consultations can run at the same time.
  int parallel = 1;
  // Inputs larger than this are refused. Bytes.
  size_t max_input_bytes = 16u << 20;
  // Memory of one worker; 0 = no limit. Bytes.
  uint64_t worker_memory_bytes = 512u << 20;
};

// Why an input was refused. See host/intake.
struct InputRefusal {
  // Where: a JSON pointer, a line and column, or a key.
  std::string path;
  // What was wrong and what is allowed.
  std::string message;
};

// Exactly one of the two is set.
struct Outcome {
  std::optional<v1::Consultation> consultation;
  std::optional<InputRefusal> refusal;
};

struct ConsultOptions {
  // Moment of assessment, RFC 3339; overrides the input's own.
  std::string as_of;
};

// Thread-safe. Destroying it ends its workers.
class Host {
 public:
  // Finds the plugins and reads their manifests; starts nothing. Broken plugins are named in each consultation's
  // plugin_failures; the status is an error only if not one plugin can be used (NotFound), or the worker program is
  // missing.
  static absl::StatusOr<std::unique_ptr<Host>> Open(const HostOptions& options);
  virtual ~Host() = default;

  // Assesses input in any accepted format: FHIR R4 Bundle or QuestionnaireResponse, Case JSON, Case text format.
  virtual Outcome ConsultBytes(std::string_view bytes, const ConsultOptions& options = {}) = 0;
  // Assesses a Case that the caller built.
  virtual Outcome Consult(const v1::Case& patient_case, const ConsultOptions& options = {}) = 0;

  // Manifests of the usable plugins, sorted by id.
  virtual std::vector<v1::PluginManifest> Manifests() const = 0;
  // Plugins that were left out, and missing screens.
  virtual const std::vector<v1::PluginFailure>& LoadFailures() const = 0;
  // FHIR R4 Questionnaire of all inputs, JSON.
  virtual std::string Questionnaire() const = 0;
  // Process ids of the live workers, in the order of Manifests(); empty in-process. For monitoring.
  virtual std::vector<pid_t> WorkerPids() const = 0;
};

// Beside the running program (../plugins, ../lib/condyle/plugins), else where Condyle was installed.
std::vector<std::string> DefaultPluginDirectories();

// Version of this library.
const char* HostVersion();

}  // namespace condyle

#endif  // CONDYLE_HOST_HOST_H_
