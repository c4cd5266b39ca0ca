// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Model cards: what a plugin is, for whom, and on what basis, from its manifest alone (docs/ehr/model-card.md).
#ifndef CONDYLE_HOST_MODEL_CARD_MODEL_CARD_H_
#define CONDYLE_HOST_MODEL_CARD_MODEL_CARD_H_

#include <optional>
#include <string>

#include "condyle/host/host.h"
#include "condyle/v1/model_card.pb.h"
#include "host/report/report.h"

namespace condyle {

// All of it is thread-safe, and gives equal bytes for equal input.

v1::ModelCard MakeModelCard(const v1::PluginManifest& manifest, const PluginOrigin& origin);

// Of all plugins of a host, in the order of its manifests.
v1::ModelCards MakeModelCards(const Host& host);
// Nothing if it has no such plugin.
std::optional<v1::ModelCard> FindModelCard(const Host& host, const std::string& plugin_id);

// One page that loads nothing and runs nothing, for screen, telephone and paper. HTML that is well-formed XML; every
// text is escaped.
std::string ToHtml(const v1::ModelCard& card);
// All cards on one page, with a table of contents.
std::string ToHtml(const v1::ModelCards& cards);
// A page with a line for each card, each a link to `link_prefix` + the plugin's id ("/plugins/"). For services.
std::string ToHtmlIndex(const v1::ModelCards& cards, const std::string& link_prefix);

// For terminals. options.basis: inputs and citations too.
std::string ToText(const v1::ModelCard& card, const TextOptions& options);

// JSON: ToJson of host/report/report.h.

}  // namespace condyle

#endif  // CONDYLE_HOST_MODEL_CARD_MODEL_CARD_H_
