// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle_fuzz_seeds OUTPUT: writes the first inputs of those targets whose inputs are no files of the project: framed
// or sealed, and made here of manifests, answers in text format and worked cases.
#include <google/protobuf/text_format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "condyle/v1/pack.pb.h"
#include "host/archive/receipt.h"
#include "host/catalog/elf_image_for_test.h"
#include "host/library/requests.h"
#include "host/reconcile/reconcile.h"
#include "host/worker/channel.h"
#include "sdk/manifest_tool/merge.h"
#include "tests/fuzz/support/framed.h"
#include "tests/fuzz/support/plugins.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

namespace fs = std::filesystem;

fs::path output;

void Write(const std::string& target, const std::string& name, std::string_view bytes) {
  fs::create_directories(output / target);
  std::ofstream file(output / target / name, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  Require(file.flush().good(), "a seed can be written", name);
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Small enough that changes reach everything: some inputs, with what hangs on them.
v1::PluginManifest CutDown(const v1::PluginManifest& whole) {
  v1::PluginManifest manifest = whole;
  const auto keep = [](auto* list, int count) {
    while (list->size() > count) list->RemoveLast();
  };
  keep(manifest.mutable_inputs(), 5);
  keep(manifest.mutable_citations(), 2);
  keep(manifest.mutable_contradictions(), 2);
  keep(manifest.mutable_emits(), 2);
  keep(manifest.mutable_side_codings(), 2);
  return manifest;
}

void Manifests() {
  std::string framed;
  for (const PluginFile& plugin : TreeCatalog().plugins) {
    const v1::PluginManifest small = CutDown(plugin.manifest);
    const std::string bytes = small.SerializeAsString();
    Write("manifest_note", small.id(), ElfImage({ManifestNote(bytes)}));
    AppendFrame(bytes, &framed);
    if (framed.size() == bytes.size() + 4) continue;
    Write("vocabulary_merge", small.id(), framed);
    framed.clear();
    AppendFrame(bytes, &framed);
  }
  const std::string note = ManifestNote("x");
  Write("manifest_note", "two_notes", ElfImage({note + note}));
  Write("manifest_note", "two_segments",
        ElfImage({NoteBytes(std::string("GNU\0", 4), 3, "build-id-20-bytes..."), note}));
  Write("manifest_note", "no_note", ElfImage({}));
}

void Sources() {
  v1::Pack pack;
  const v1::PluginManifest& manifest = TreeCatalog().plugins[0].manifest;
  v1::ManifestSource source;
  *source.mutable_plugin() = CutDown(manifest);
  source.mutable_plugin()->clear_inputs();
  source.mutable_plugin()->clear_citations();
  source.mutable_plugin()->clear_emits();
  for (int i = 0; i < 4; ++i) {
    *pack.add_inputs() = manifest.inputs(i);
    source.add_uses(manifest.inputs(i).key());
  }
  *pack.mutable_contradictions() = source.plugin().contradictions();
  *pack.add_citations() = manifest.citations(0);
  source.add_cites(manifest.citations(0).key());
  v1::RecommendationSpec* advice = pack.add_recommendations();
  advice->set_id("rest");
  advice->set_category("activity");
  advice->add_tags("load.running");
  advice->set_grade(v1::GRADE_GUIDELINE);
  advice->set_text("Rest.");
  advice->add_citations(manifest.citations(0).key());
  source.mutable_plugin()->add_emits("rest");
  v1::ExpectedScreen* screen = pack.add_screens();
  screen->set_plugin_id("red_flag_screen");
  screen->add_guards("load");
  std::string framed;
  AppendFrame(pack.SerializeAsString(), &framed);
  AppendFrame(source.SerializeAsString(), &framed);
  Write("manifest_source", "small", framed);
}

std::string Piece(std::string_view bytes) {
  Require(bytes.size() < 128, "a piece is short");
  return static_cast<char>(bytes.size()) + std::string(bytes);
}

void Frames() {
  const auto frame = [](FrameType type, std::string_view payload) {
    FrameHeader header;
    header.type = type;
    header.sequence = 7;
    header.length = payload.size();
    return std::string(reinterpret_cast<const char*>(&header), sizeof(header)) + std::string(payload);
  };
  const ReadyPayload ready;
  const std::string first = frame(FrameType::kReady, {reinterpret_cast<const char*>(&ready), sizeof(ready)});
  const std::string answer = frame(FrameType::kAnswer, "an answer of a plugin");
  const std::string failed = frame(FrameType::kStartFailed, "it could not be loaded");
  const std::string asked = frame(FrameType::kAssess, std::string(sizeof(AssessPrefix), '\0') + "request");
  Write("worker_channel", "ready_then_answer", std::string(1, '\0') + Piece(first) + Piece(answer));
  Write("worker_channel", "start_failed", std::string(1, '\0') + Piece(failed));
  Write("worker_channel", "asked_in_pieces",
        std::string(1, '\1') + Piece(asked.substr(0, 10)) + Piece(asked.substr(10, 20)) + Piece(asked.substr(30)));
  Write("worker_channel", "two_at_once", std::string(1, '\0') + Piece(answer + answer));
  // More than the reader's buffer holds, in pieces of (255 - 127) * 512 bytes.
  const std::string large = frame(FrameType::kAssess, std::string(150000, 'r'));
  std::string pieces(1, '\1');
  for (size_t at = 0; at < large.size(); at += 65536) pieces += '\xFF' + large.substr(at, 65536);
  Write("worker_channel", "large", pieces);
}

// The answers of corpus/hostile_assessment, as bytes; and a receipt of each, with the requests of a worked case.
void AnswersAndReceipts(const fs::path& answers, const fs::path& worked_case) {
  const PluginCatalog& catalog = TreeCatalog();
  const IntakeResult read = ReadCase(ReadFile(worked_case), catalog.inputs, {});
  Require(std::holds_alternative<CheckedCase>(read), "the worked case is accepted", worked_case.string());
  const CheckedCase& checked = std::get<CheckedCase>(read);
  const std::vector<std::string> requests = RequestBuilder(catalog).Build(checked.value);
  for (const fs::directory_entry& entry : fs::directory_iterator(answers)) {
    if (entry.path().extension() != ".textproto") continue;
    v1::Assessment answer;
    Require(google::protobuf::TextFormat::ParseFromString(ReadFile(entry.path()), &answer), "an answer can be read",
            entry.path().string());
    const std::string bytes = answer.SerializeAsString();
    const std::string name = entry.path().stem().string();
    Write("hostile_assessment", name, bytes);
    std::vector<Reply> replies(catalog.plugins.size());
    for (size_t i = 0; i < replies.size(); ++i) {
      if (catalog.plugins[i].manifest.id() == answer.plugin_id()) {
        replies[i].response = bytes;
      } else {
        replies[i].failure.emplace().set_kind(v1::FAILURE_KIND_DEADLINE);
        replies[i].failure->set_message("It did not answer in time.");
      }
    }
    v1::Consultation consultation = Reconcile(checked, catalog, replies, "0", "worker");
    AddHashes(checked.value, requests, replies, consultation.mutable_receipt());
    const auto json = ArchiveToJson(MakeArchive(checked.value, requests, replies, consultation));
    Require(json.ok(), "a receipt can be written");
    Write("receipt", name, *json);
  }
}

// The words of a target's format with the keys of all inputs, for libFuzzer.
void Dictionary(const fs::path& own, const std::string& target) {
  std::string lines = ReadFile(own);
  for (const CatalogInput& entry : TreeCatalog().inputs.inputs()) {
    lines += "\"" + entry.input.key() + "\"\n";
    if (!entry.input.unit().empty()) lines += "\"" + entry.input.unit() + "\"\n";
  }
  fs::create_directories(output / "dictionaries");
  std::ofstream(output / "dictionaries" / (target + ".dict"), std::ios::binary) << lines;
}

}  // namespace
}  // namespace condyle::fuzz

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  using namespace condyle::fuzz;
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s OUTPUT\n", argv[0]);
    return 64;
  }
  output = argv[1];
  const fs::path source = CONDYLE_SOURCE_DIR;
  const fs::path here = source / "tests" / "fuzz";
  Manifests();
  Sources();
  Frames();
  AnswersAndReceipts(here / "corpus" / "hostile_assessment",
                     source / "tests" / "end_to_end" / "cases" / "v39_buttock_pain_nothing_else.case.json");
  for (const char* target : {"fhir_intake", "case_json", "case_text"}) {
    Dictionary(here / "dictionaries" / (std::string(target) + ".dict"), target);
  }
  return 0;
}
