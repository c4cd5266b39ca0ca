// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Who made what of what: Devices and Provenance, by hash.
#include <algorithm>

#include "host/fhir/composer.h"

namespace condyle::fhir {
namespace {

struct Property {
  std::string_view name;
  std::string_view text;
};

void Properties(Writer& out, const std::vector<Property>& properties) {
  Writer::List list(out, "property");
  for (const Property& property : properties) {
    if (property.text.empty()) continue;
    const Writer::Scope element = list.Element();
    out.Concept("type", property.name);
    Writer::List values(out, "valueCode");
    values.Concept(property.text);
  }
}

void Hash(Writer::List& identifiers, Writer& out, std::string_view what, std::string_view hash) {
  if (hash.empty()) return;
  const Writer::Scope identifier = identifiers.Element();
  out.Concept("type", what);
  out.Uri("system", "urn:condyle:sha256");
  out.Text("value", hash);
}

void Named(Writer& out, std::string_view name, std::string_view version) {
  {
    Writer::List names(out, "deviceName");
    const Writer::Scope element = names.Element();
    out.Text("name", name);
    out.Code("type", "user-friendly-name");
  }
  if (version.empty()) return;
  Writer::List versions(out, "version");
  const Writer::Scope element = versions.Element();
  out.Text("value", version);
}

std::string FileName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

void Composer::Devices() {
  const v1::Receipt& receipt = c_.receipt();
  {
    const Entry entry(this, "Device", "device/");
    {
      Writer::List identifiers(out_, "identifier");
      Hash(identifiers, out_, "SHA-256 of the program", receipt.host_sha256());
    }
    out_.Code("status", "active");
    Named(out_, "Condyle", receipt.host_version());
    out_.Concept("type", "Clinical decision support software");
  }
  // Those that answered are among the runs, but for messages that were made without a receipt.
  for (const v1::Assessment& a : c_.assessments()) {
    const auto run = std::find_if(receipt.plugins().begin(), receipt.plugins().end(),
                                  [&](const v1::PluginRun& r) { return r.plugin_id() == a.plugin_id(); });
    DeviceOfPlugin(a.plugin_id(), a.plugin_version(),
                   run == receipt.plugins().end() ? v1::PluginRun::default_instance() : *run);
  }
  for (const v1::PluginRun& run : receipt.plugins()) {
    const bool answered = std::any_of(c_.assessments().begin(), c_.assessments().end(),
                                      [&](const v1::Assessment& a) { return a.plugin_id() == run.plugin_id(); });
    if (!answered) DeviceOfPlugin(run.plugin_id(), run.plugin_version(), run);
  }
}

void Composer::DeviceOfPlugin(const std::string& id, const std::string& version, const v1::PluginRun& run) {
  const Entry entry(this, "Device", Name("device/", id));
  {
    Writer::List identifiers(out_, "identifier");
    {
      const Writer::Scope identifier = identifiers.Element();
      out_.Uri("system", "urn:condyle:plugin");
      out_.Text("value", id);
    }
    Hash(identifiers, out_, "SHA-256 of the file", run.file_sha256());
    Hash(identifiers, out_, "SHA-256 of the manifest", run.manifest_sha256());
  }
  out_.Code("status", "active");
  Named(out_, vocabulary_.TitleOf(id), version);
  out_.Concept("type", "Plugin of clinical decision support software");
  Properties(out_, {{"file", FileName(run.file())},
                    {"isolation", run.isolation()},
                    {"sandbox", run.sandbox()},
                    {"restarts", run.restarts() == 0 ? "" : absl::StrCat(run.restarts())}});
  out_.Reference("parent", UrlOf("device/"), "Condyle");
}

void Composer::Provenances() {
  const std::vector<Made> made = std::move(made_);
  for (const Made& of : made) {
    const Entry entry(this, "Provenance", Name("provenance/", of.plugin_id));
    {
      Writer::List targets(out_, "target");
      for (const std::string& name : of.names) targets.Reference(UrlOf(name));
    }
    out_.Code("occurredDateTime", c_.as_of());
    out_.Code("recorded", c_.as_of());
    out_.Concept("activity",
                 of.plugin_id.empty() ? "Reconciliation of the plugins' answers" : "Assessment by a plugin");
    {
      Writer::List agents(out_, "agent");
      const Writer::Scope agent = agents.Element();
      {
        const Writer::Scope type = out_.Object("type");
        Writer::List codings(out_, "coding");
        const Writer::Scope coding = codings.Element();
        out_.CodingParts("http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                         of.plugin_id.empty() ? "assembler" : "author", "");
      }
      out_.Reference("who", DeviceOf(of.plugin_id), of.plugin_id.empty() ? "Condyle" : of.plugin_id);
    }
    ProvenanceEntities(of.plugin_id);
  }
}

void Composer::ProvenanceEntities(const std::string& plugin_id) {
  Writer::List entities(out_, "entity");
  const auto entity = [&](std::string_view what, const std::string& hash) {
    if (hash.empty()) return;
    const Writer::Scope element = entities.Element();
    out_.Code("role", "source");
    const Writer::Scope reference = out_.Object("what");
    out_.Identifier("identifier", "urn:condyle:sha256", hash);
    out_.Text("display", what);
  };
  if (plugin_id.empty()) return entity("The case after intake, SHA-256", c_.receipt().case_sha256());
  for (const v1::PluginRun& run : c_.receipt().plugins()) {
    if (run.plugin_id() != plugin_id) continue;
    entity("The request to the plugin, SHA-256", run.request_sha256());
    entity("The plugin's answer, SHA-256", run.response_sha256());
  }
}

}  // namespace condyle::fhir
