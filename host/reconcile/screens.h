// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The safety screens of a set of plugins, and what the host holds while one of them gives no answer.
#ifndef CONDYLE_HOST_RECONCILE_SCREENS_H_
#define CONDYLE_HOST_RECONCILE_SCREENS_H_

#include <string>
#include <vector>

#include "condyle/v1/consultation.pb.h"
#include "host/catalog/plugin_catalog.h"

namespace condyle {

// Who sets the holds that the host itself puts on what an unanswered screen guards.
inline constexpr char kHostHoldsBy[] = "condyle";

// A screen that is among the plugins, that one of them expects, or that was left out for its signature.
struct Screen {
  std::string id;
  // For people: id and title.
  std::string name;
  // Each once.
  std::vector<std::string> guards;
  // Position in the catalogue; -1 if it is not among the plugins.
  int plugin = -1;
};

// Immutable; holds no reference to the catalogue.
class Screens {
 public:
  explicit Screens(const PluginCatalog& catalog);

  const std::vector<Screen>& all() const { return screens_; }
  // Null if this plugin is no screen.
  const Screen* Of(size_t plugin) const;
  // Whether one is not here that is expected or was left out.
  bool missing() const { return missing_; }
  // Failures that name the screens which no plugin file stands for, and the holds of all that are not here.
  const std::vector<v1::PluginFailure>& missing_failures() const { return missing_failures_; }
  const std::vector<v1::Hold>& missing_holds() const { return missing_holds_; }

 private:
  Screen& Named(const std::string& id);

  std::vector<Screen> screens_;
  std::vector<int> of_plugin_;  // index into screens_, -1 for none
  bool missing_ = false;
  std::vector<v1::PluginFailure> missing_failures_;
  std::vector<v1::Hold> missing_holds_;
};

// The holds of a screen that failed in this way.
std::vector<v1::Hold> HoldsOfFailed(const Screen& screen, v1::FailureKind kind);
// The holds of a screen that answered "insufficient data".
std::vector<v1::Hold> HoldsOfUndecided(const Screen& screen);

}  // namespace condyle

#endif  // CONDYLE_HOST_RECONCILE_SCREENS_H_
