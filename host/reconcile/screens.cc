// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Fail safe: a screen without an answer holds what it guards.
#include "host/reconcile/screens.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

// What became of a screen, for the reason of a hold.
const char* InWords(v1::FailureKind kind) {
  switch (kind) {
    case v1::FAILURE_KIND_LOAD:
      return "it could not be loaded";
    case v1::FAILURE_KIND_MANIFEST:
      return "its file has no usable manifest";
    case v1::FAILURE_KIND_CONFLICT:
      return "it is in conflict with another plugin";
    case v1::FAILURE_KIND_MISSING:
      return "it is not among the plugins";
    case v1::FAILURE_KIND_CRASHED:
      return "it crashed";
    case v1::FAILURE_KIND_DEADLINE:
      return "it ran out of time";
    case v1::FAILURE_KIND_BAD_ANSWER:
      return "its answer could not be used";
    case v1::FAILURE_KIND_REPORTED:
      return "it reported that it could not answer";
    case v1::FAILURE_KIND_SIGNATURE:
      return "it has no signature that is good here";
    case v1::FAILURE_KIND_SUSPENDED:
      return "it failed too often in a row and was not asked";
    case v1::FAILURE_KIND_CANCELLED:
      return "the consultation was cancelled before it answered";
    default:
      return "it failed";
  }
}

std::vector<v1::Hold> Holds(const Screen& screen, const std::string& reason) {
  std::vector<v1::Hold> holds;
  for (const std::string& tag : screen.guards) {
    v1::Hold& hold = holds.emplace_back();
    hold.set_by(kHostHoldsBy);
    hold.set_tag(tag);
    hold.set_effect(v1::EFFECT_HOLD);
    hold.set_reason(reason);
  }
  return holds;
}

template <typename Tags>
void AddGuards(const Tags& tags, Screen& screen) {
  for (const std::string& tag : tags) {
    if (std::find(screen.guards.begin(), screen.guards.end(), tag) == screen.guards.end()) screen.guards.push_back(tag);
  }
}

}  // namespace

Screen& Screens::Named(const std::string& id) {
  for (Screen& screen : screens_) {
    if (screen.id == id) return screen;
  }
  screens_.push_back({id, id, {}, -1});
  return screens_.back();
}

Screens::Screens(const PluginCatalog& catalog) : of_plugin_(catalog.plugins.size(), -1) {
  for (const PluginFile& plugin : catalog.plugins) {
    const v1::PluginManifest& manifest = plugin.manifest;
    if (manifest.role() == v1::PLUGIN_ROLE_SAFETY_SCREEN) AddGuards(manifest.guards(), Named(manifest.id()));
    for (const v1::ExpectedScreen& expected : manifest.expected_screens()) {
      AddGuards(expected.guards(), Named(expected.plugin_id()));
    }
  }
  const auto is_plugin = [&](const std::string& id) {
    return std::any_of(catalog.plugins.begin(), catalog.plugins.end(),
                       [&](const PluginFile& plugin) { return plugin.manifest.id() == id; });
  };
  for (const v1::PluginManifest& manifest : catalog.unsigned_manifests) {
    if (manifest.role() != v1::PLUGIN_ROLE_SAFETY_SCREEN || is_plugin(manifest.id())) continue;
    AddGuards(manifest.guards(), Named(manifest.id()));
  }
  for (size_t s = 0; s < screens_.size(); ++s) {
    Screen& screen = screens_[s];
    const auto plugin = std::find_if(catalog.plugins.begin(), catalog.plugins.end(),
                                     [&](const PluginFile& p) { return p.manifest.id() == screen.id; });
    if (plugin != catalog.plugins.end()) {
      screen.plugin = static_cast<int>(plugin - catalog.plugins.begin());
      if (!plugin->manifest.title().empty()) {
        screen.name = absl::StrCat(screen.id, " (", plugin->manifest.title(), ")");
      }
      of_plugin_[static_cast<size_t>(screen.plugin)] = static_cast<int>(s);
      continue;
    }
    // The catalogue names it among its failures if its file is there and broken.
    const auto failure = std::find_if(catalog.failures.begin(), catalog.failures.end(),
                                      [&](const v1::PluginFailure& f) { return f.plugin_id() == screen.id; });
    v1::FailureKind kind = v1::FAILURE_KIND_MISSING;
    if (failure != catalog.failures.end()) {
      kind = failure->kind();
    } else {
      v1::PluginFailure& missing = missing_failures_.emplace_back();
      missing.set_plugin_id(screen.id);
      missing.set_kind(kind);
      missing.set_message(
          "Other plugins expect this safety screen beside them, and it is not among the plugins. Add it.");
    }
    missing_ = true;
    for (v1::Hold& hold : HoldsOfFailed(screen, kind)) missing_holds_.push_back(std::move(hold));
  }
}

const Screen* Screens::Of(size_t plugin) const {
  const int at = of_plugin_[plugin];
  return at < 0 ? nullptr : &screens_[static_cast<size_t>(at)];
}

std::vector<v1::Hold> HoldsOfFailed(const Screen& screen, v1::FailureKind kind) {
  return Holds(screen, absl::StrCat("The safety screen ", screen.name, " has not answered: ", InWords(kind),
                                    ". What it guards is on hold until it answers; no answer is not a negative one."));
}

std::vector<v1::Hold> HoldsOfUndecided(const Screen& screen) {
  return Holds(
      screen,
      absl::StrCat("The safety screen ", screen.name,
                   " has not answered its question yet: findings are missing. What it guards is on hold until it is "
                   "decided; undecided is not negative."));
}

}  // namespace condyle
