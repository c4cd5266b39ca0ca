// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Writes FHIR elements: what is empty is left out, and texts are brought into what FHIR allows.
#ifndef CONDYLE_HOST_FHIR_WRITER_H_
#define CONDYLE_HOST_FHIR_WRITER_H_

#include <string>
#include <string_view>
#include <vector>

#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "host/questionnaire/json_writer.h"

namespace condyle::fhir {

// Systems and extensions of Condyle's own: "urn:condyle:grade".
inline constexpr std::string_view kOwn = "urn:condyle:";
inline constexpr std::string_view kUcum = "http://unitsofmeasure.org";

// "STATUS_INSUFFICIENT_DATA" without its prefix: "insufficient-data".
std::string EnumCode(std::string_view name, std::string_view prefix);
std::string CodeOf(v1::Status status);
std::string CodeOf(v1::Urgency urgency);
std::string CodeOf(v1::Grade grade);
std::string CodeOf(v1::RiskLevel level);
std::string CodeOf(v1::StageState state);
std::string CodeOf(v1::Direction direction);
std::string CodeOf(v1::CriterionState state);
std::string CodeOf(v1::Effect effect);
std::string CodeOf(v1::FailureKind kind);

// A code of one of Condyle's systems, as a coding of a concept.
struct OwnCode {
  // Without kOwn: "status".
  std::string_view system;
  std::string code;
};

class Writer {
 public:
  // Closes an object or array at its end. Must not outlive the writer.
  class Scope {
   public:
    Scope(Writer* out, bool object) : out_(out), object_(object) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope() { object_ ? out_->json_.EndObject() : out_->json_.EndArray(); }

   private:
    Writer* out_;
    bool object_;
  };

  // An array that is there once something is in it. Nothing else of the object may be written while it is open.
  class List {
   public:
    List(Writer& out, std::string_view key) : out_(out), key_(key) {}
    List(const List&) = delete;
    List& operator=(const List&) = delete;
    ~List() {
      if (open_) out_.json_.EndArray();
    }
    // The next element, an object.
    [[nodiscard]] Scope Element();
    // The next element, a string; nothing if it is empty.
    void Text(std::string_view text);
    void Reference(std::string_view reference, std::string_view display = {});
    // {"text": TEXT}, for annotations and concepts; nothing if it is empty.
    void Note(std::string_view text);
    void Concept(std::string_view text, const OwnCode& code = {});
    // Extensions of Condyle's own; nothing if the value is empty.
    void CodeExtension(std::string_view name, std::string_view code);
    void TextExtension(std::string_view name, std::string_view text);
    void NumberExtension(std::string_view name, double number);
    void BoolExtension(std::string_view name, bool value);
    void GradeExtension(v1::Grade grade);
    void SideExtension(v1::Side side);
    // What opens and closes stands around it: for arrays that other functions fill.
    void Open();

   private:
    [[nodiscard]] Scope Extension(std::string_view name);

    Writer& out_;
    std::string key_;
    bool open_ = false;
  };

  Writer() : json_(JsonLayout::kCompact) {}

  [[nodiscard]] Scope Object();
  [[nodiscard]] Scope Object(std::string_view key);

  // Nothing if it is empty.
  void Text(std::string_view key, std::string_view text);
  void Code(std::string_view key, std::string_view code);
  void Uri(std::string_view key, std::string_view uri);
  void Number(std::string_view key, double number);
  void Bool(std::string_view key, bool value);
  // system, code, display as they are; of a Coding that is open.
  void CodingParts(std::string_view system, std::string_view code, std::string_view display);
  void Concept(std::string_view key, std::string_view text, const OwnCode& code = {});
  // As Concept where FHIR demands one: "not named" if it is empty.
  void NamedConcept(std::string_view key, std::string_view text, const OwnCode& code = {});
  void Reference(std::string_view key, std::string_view reference, std::string_view display = {});
  void Identifier(std::string_view key, std::string_view system, std::string_view value);
  // {"value":..,"unit":..,"system":UCUM,"code":..}
  void Quantity(std::string_view key, double value, std::string_view unit);
  void Range(std::string_view key, double low, double high, std::string_view unit);
  // Text as a generated narrative: a paragraph for each line that is not empty.
  void Narrative(const std::vector<std::string>& lines);
  // The same, made elsewhere.
  void NarrativeDiv(std::string_view div);

  JsonWriter& json() { return json_; }
  std::string Take() { return json_.Take(); }

 private:
  JsonWriter json_;
};

// "left", "right" or empty.
std::string_view SideWord(v1::Side side);

}  // namespace condyle::fhir

#endif  // CONDYLE_HOST_FHIR_WRITER_H_
