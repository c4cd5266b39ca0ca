// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Candidate plugins, asked beside the current ones to see what they would answer differently. Nothing of it is advice.
#ifndef CONDYLE_HOST_LIBRARY_SHADOW_H_
#define CONDYLE_HOST_LIBRARY_SHADOW_H_

#include <map>
#include <string>
#include <vector>

#include "condyle/v1/case.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "host/library/plugin_set.h"

namespace condyle {

// Why a candidate cannot be given findings that were read by the current inputs: the first field of an input that
// decides how a value is read and that both declare differently. Empty if it can.
std::string FindMisreading(const v1::PluginManifest& candidate, const InputCatalog& current);

// Thread-safe. The current catalogue must outlive it.
class Shadow {
 public:
  // found: the candidates. Files that are no use are named in every run.
  Shadow(PluginCatalog found, const PluginCatalog& current, const DispatcherMaker& make);

  // Asks the candidates and adds a ShadowRun for each, sorted by id, those that are no use last. `replies` are the
  // current plugins', in the order of their catalogue. `like` gives moment, deadlines and cancellation.
  void Run(const v1::Case& checked_case, const Round& like, const std::vector<Reply>& replies,
           v1::Consultation* consultation) const;

 private:
  // The candidates that can be asked; notes why the others cannot.
  PluginCatalog Usable(PluginCatalog found);
  v1::ShadowRun StartOf(const PluginFile& candidate) const;
  void CompareAnswers(const PluginFile& candidate, const Reply& reply, const std::vector<Reply>& current_replies,
                      v1::ShadowRun* run) const;

  const PluginCatalog& current_;
  std::map<std::string, size_t> current_at_;  // id -> position
  std::vector<v1::ShadowRun> unusable_;
  const PluginSet candidates_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_LIBRARY_SHADOW_H_
