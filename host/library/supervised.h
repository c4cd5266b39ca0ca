// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the host tells of how its plugins were run, and what it demands of their supervision.
#ifndef CONDYLE_HOST_LIBRARY_SUPERVISED_H_
#define CONDYLE_HOST_LIBRARY_SUPERVISED_H_

#include <chrono>
#include <string>
#include <vector>

#include "condyle/host/host.h"
#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/dispatcher.h"

namespace condyle {

// Time for one plugin's answer, and for a whole consultation.
struct Deadlines {
  std::chrono::nanoseconds call;
  std::chrono::nanoseconds consultation;
};

// Empty, or which option cannot be used, and what is allowed.
std::string FindUnusable(const HostOptions& options);

Deadlines DeadlinesOf(const HostOptions& options);
SupervisionOptions SupervisionOf(const Supervision& supervision);

// Puts into a consultation how each plugin was run: sandbox and restarts into its receipt, what it wrote to standard
// error among the notices. In the order of the catalogue, as its receipt is.
void NoteRuns(const PluginCatalog& catalog, const std::vector<Reply>& replies, v1::Consultation* consultation);

// How long each plugin that was asked took.
std::vector<PluginTime> TimesOf(const PluginCatalog& catalog, const std::vector<Reply>& replies);

// Whether some plugin was not heard because the consultation was cancelled.
bool WasCancelled(const std::vector<Reply>& replies);

std::vector<PluginHealth> HealthOf(const PluginCatalog& catalog, const Dispatcher& dispatcher);

}  // namespace condyle

#endif  // CONDYLE_HOST_LIBRARY_SUPERVISED_H_
