// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// FHIR R4 resources that say what a service is and what its plugins do, made of their manifests.
#ifndef CONDYLE_HOST_FHIR_DEFINITIONS_H_
#define CONDYLE_HOST_FHIR_DEFINITIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "condyle/v1/manifest.pb.h"
#include "host/fhir/vocabulary.h"

namespace condyle::fhir {

// JSON on one line each. Thread-safe.

// One plugin: what it is for, what it may recommend, its sources.
std::string PlanDefinitionOf(const v1::PluginManifest& manifest, const Vocabulary& vocabulary);
// All of them together: what $apply of "condyle" asks.
std::string PlanDefinitionOfAll(const std::vector<v1::PluginManifest>& manifests, const Vocabulary& vocabulary,
                                std::string_view version);
// What one plugin reads, and its source attributes.
std::string LibraryOf(const v1::PluginManifest& manifest, const Vocabulary& vocabulary);
// Of the operation $evaluate.
std::string EvaluateDefinition(const Vocabulary& vocabulary);

// date: YYYY-MM-DD.
std::string CapabilityStatementOf(const Vocabulary& vocabulary, std::string_view version, std::string_view date);

}  // namespace condyle::fhir

#endif  // CONDYLE_HOST_FHIR_DEFINITIONS_H_
