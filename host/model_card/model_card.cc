// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Fills a card from a manifest.
#include "host/model_card/model_card.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "host/catalog/person_data.h"

namespace condyle {
namespace {

void Add(const char* name, const std::string& value, v1::ModelCard& card) {
  v1::SourceAttribute* attribute = card.add_source_attributes();
  attribute->set_number(card.source_attributes_size());
  attribute->set_name(name);
  attribute->set_value(value);
}

std::string Dates(const v1::SourceAttributes& attributes) {
  const std::string& released = attributes.release_date();
  const std::string& revised = attributes.revision_date();
  return absl::StrCat(released.empty() ? "" : absl::StrCat("released ", released),
                      released.empty() || revised.empty() ? "" : ", ",
                      revised.empty() ? "" : absl::StrCat("revised ", revised));
}

}  // namespace

v1::ModelCard MakeModelCard(const v1::PluginManifest& manifest, const PluginOrigin& origin) {
  v1::ModelCard card;
  *card.mutable_manifest() = manifest;
  const v1::SourceAttributes& attributes = manifest.source_attributes();
  Add("Bibliographic citation of the intervention (clinical research or guideline)",
      attributes.bibliographic_citation(), card);
  Add("Developer of the intervention (translation from clinical research or guideline)", attributes.developer(), card);
  Add("Funding source of the technical implementation for the intervention(s) development", attributes.funding_source(),
      card);
  Add("Release and, if applicable, revision dates of the intervention or reference source", Dates(attributes), card);
  for (PersonDataUse& use : PersonDataUses(manifest)) {
    v1::SourceAttribute* attribute = card.add_source_attributes();
    attribute->set_number(use.number);
    attribute->set_name(std::move(use.name));
    attribute->set_value(std::move(use.says));
    for (std::string& read : use.reads) attribute->add_reads(std::move(read));
    attribute->set_checked(use.checked);
    attribute->set_contradiction(std::move(use.contradiction));
  }
  card.set_predictive_attributes(
      manifest.has_source_attributes()
          ? "Not applicable: the manifest declares an evidence-based intervention, whose rules are authored, not "
            "fitted "
            "to training data."
          : "Not stated: the manifest has no source attributes, so it does not say whether its rules are authored or "
            "fitted to training data.");
  card.set_file_name(std::filesystem::path(origin.file).filename().string());
  card.set_file_sha256(origin.file_sha256);
  card.set_manifest_sha256(origin.manifest_sha256);
  card.set_signature(origin.signature);
  return card;
}

v1::ModelCards MakeModelCards(const Host& host) {
  v1::ModelCards cards;
  const std::vector<PluginOrigin> origins = host.Origins();
  size_t i = 0;
  for (const v1::PluginManifest& manifest : host.Manifests()) {
    *cards.add_cards() = MakeModelCard(manifest, i < origins.size() ? origins[i] : PluginOrigin());
    ++i;
  }
  return cards;
}

std::optional<v1::ModelCard> FindModelCard(const Host& host, const std::string& plugin_id) {
  const std::vector<v1::PluginManifest> manifests = host.Manifests();
  for (size_t i = 0; i < manifests.size(); ++i) {
    if (manifests[i].id() == plugin_id) return MakeModelCard(manifests[i], host.Origins().at(i));
  }
  return std::nullopt;
}

}  // namespace condyle
