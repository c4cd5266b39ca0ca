// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Code generation.
#include "sdk/manifest_tool/emit.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "condyle/plugin.h"

namespace condyle::manifest_tool {
namespace {

const std::set<std::string>& Keywords() {
  static const std::set<std::string> kKeywords = {
      "alignas",   "alignof",   "and",      "and_eq",   "asm",       "auto",     "bitand",   "bitor",   "bool",
      "break",     "case",      "catch",    "char",     "class",     "compl",    "concept",  "const",   "consteval",
      "constexpr", "constinit", "continue", "co_await", "co_return", "co_yield", "decltype", "default", "delete",
      "do",        "double",    "else",     "enum",     "explicit",  "export",   "extern",   "false",   "float",
      "for",       "friend",    "goto",     "if",       "inline",    "int",      "long",     "mutable", "namespace",
      "new",       "noexcept",  "not",      "not_eq",   "nullptr",   "operator", "or",       "or_eq",   "private",
      "protected", "public",    "register", "requires", "return",    "short",    "signed",   "sizeof",  "static",
      "struct",    "switch",    "template", "this",     "throw",     "true",     "try",      "typedef", "typeid",
      "typename",  "union",     "unsigned", "using",    "virtual",   "void",     "volatile", "while",   "xor",
      "xor_eq",    "linux",     "unix"};
  return kKeywords;
}

// A C++ name for one part of a key; empty if there is none.
std::string Name(std::string part) {
  std::replace(part.begin(), part.end(), '-', '_');
  std::replace(part.begin(), part.end(), '.', '_');
  if (part.empty() || std::isdigit(static_cast<unsigned char>(part[0])) || Keywords().contains(part)) return "";
  for (char c : part) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') return "";
  }
  return part;
}

std::string Literal(const std::string& text) {
  std::string out = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20 || c == 0x7F) {
      static const char kOctal[] = "01234567";
      out += {'\\', kOctal[c >> 6], kOctal[(c >> 3) & 7], kOctal[c & 7]};
    } else {
      out += static_cast<char>(c);
    }
  }
  return out + "\"";
}

// "exam.thigh_thrust" -> {"exam", "thigh_thrust"}; a key without a dot has no section.
bool Split(const std::string& key, std::string* section, std::string* leaf) {
  const size_t dot = key.find('.');
  *section = dot == std::string::npos ? "" : Name(key.substr(0, dot));
  *leaf = Name(dot == std::string::npos ? key : key.substr(dot + 1));
  return !leaf->empty() && (dot == std::string::npos || !section->empty());
}

std::string Declaration(const v1::Input& input, const std::string& leaf) {
  std::string type = input.sided() ? "Sided" : "";
  std::string arguments = Literal(input.key());
  switch (input.type()) {
    case v1::INPUT_TYPE_QUANTITY:
      type += "QuantityInput";
      arguments += ", " + Literal(input.unit());
      break;
    case v1::INPUT_TYPE_CODED:
      type += "CodedInput";
      break;
    case v1::INPUT_TYPE_DATE:
      type += "DateInput";
      break;
    default:
      type += "BooleanInput";
  }
  return "inline constexpr ::condyle::" + type + " " + leaf + "{" + arguments + "};\n";
}

std::string Join(const google::protobuf::RepeatedPtrField<std::string>& parts, const char* separator) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : separator) + part;
  return out;
}

// "{"http://...", "M53.3", ...}", the members of condyle::ConditionCode in their order.
std::string Initializer(const v1::Coding& coding) {
  return "{" + Literal(coding.system()) + ", " + Literal(coding.code()) + ", " + Literal(coding.display()) + ", " +
         Literal(coding.valid_from()) + ", " + Literal(coding.valid_to()) + ", " + Literal(coding.checked_to()) + "}";
}

// Empty if an id makes no C++ name; *error then says which.
std::string EmitConditions(const std::vector<v1::ConditionSpec>& conditions, std::string* error) {
  std::string codes, out;
  for (const v1::ConditionSpec& spec : conditions) {
    const std::string name = Name(spec.id());
    if (name.empty() || name == "codes") {
      *error = "condition \"" + spec.id() + "\" makes no C++ name";
      return "";
    }
    out += "inline constexpr ::condyle::Condition " + name + "{" + Literal(spec.text());
    if (!spec.codings().empty()) {
      codes += "inline constexpr ::condyle::ConditionCode " + name + "[] = {\n";
      for (const v1::Coding& coding : spec.codings()) codes += "    " + Initializer(coding) + ",\n";
      codes += "};\n";
      out += ", codes::" + name;
    }
    out += "};\n";
  }
  return "namespace condition {\nnamespace codes {\n" + codes + "}  // namespace codes\n" + out +
         "}  // namespace condition\n";
}

}  // namespace

std::string EmitHeader(const Constants& constants, std::string* error) {
  std::string guard = "CONDYLE_GENERATED_" + constants.name_space + "_H_";
  for (char& c : guard) c = std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(c)) : '_';
  std::string out = "// Generated by condyle-manifest. Do not edit.\n#ifndef " + guard + "\n#define " + guard +
                    "\n\n#include <string_view>\n\n#include \"condyle/sdk/answer.h\"\n#include "
                    "\"condyle/sdk/citation.h\"\n#include \"condyle/sdk/input.h\"\n\nnamespace " +
                    constants.name_space + " {\n\n";
  if (!constants.id.empty()) {
    out += "inline constexpr std::string_view kPluginId = " + Literal(constants.id) +
           ";\ninline constexpr std::string_view kPluginVersion = " + Literal(constants.version) + ";\n\n";
  }
  std::string inputs, answers;
  for (const v1::Input& input : constants.inputs) {
    std::string section, leaf;
    if (!Split(input.key(), &section, &leaf)) {
      *error = "input \"" + input.key() + "\" makes no C++ name: letters, digits and '_', one or two parts, no keyword";
      return "";
    }
    const std::string open = section.empty() ? "" : "namespace " + section + " { ";
    const std::string close = section.empty() ? "" : "}";
    std::string declaration = Declaration(input, leaf);
    declaration.pop_back();
    inputs += "// " + input.question() + "\n" + open + declaration + (close.empty() ? "" : " " + close) + "\n";
    if (input.answers().empty()) continue;
    answers += open + "namespace " + leaf + " {\n";
    for (const v1::Answer& answer : input.answers()) {
      const std::string name = Name(answer.code());
      if (name.empty()) {
        *error = "answer \"" + answer.code() + "\" of input \"" + input.key() + "\" makes no C++ name";
        return "";
      }
      answers += "inline constexpr ::condyle::AnswerCode " + name + "{" + Literal(answer.code()) + "};\n";
    }
    answers += "}" + std::string(close.empty() ? "" : " }") + "\n";
  }
  out += "namespace input {\n" + inputs + "}  // namespace input\n\nnamespace answer {\n" + answers +
         "}  // namespace answer\n\nnamespace cite {\n";
  for (const v1::Citation& citation : constants.citations) {
    const std::string name = Name(citation.key());
    if (name.empty()) {
      *error = "citation \"" + citation.key() + "\" makes no C++ name";
      return "";
    }
    out += "// " + citation.title() + "\ninline constexpr ::condyle::Citation " + name + "{" + Literal(citation.key()) +
           "};\n";
  }
  out += "}  // namespace cite\n\nnamespace advice {\n";
  for (const v1::RecommendationSpec& spec : constants.recommendations) {
    const std::string name = Name(spec.id());
    if (name.empty()) {
      *error = "recommendation \"" + spec.id() + "\" makes no C++ name";
      return "";
    }
    std::string citations;
    for (const std::string& key : spec.citations()) {
      citations += (citations.empty() ? "" : ", ") + std::string("::condyle::Citation{") + Literal(key) + "}";
    }
    out += "inline constexpr ::condyle::Advice " + name + "{\n    " + Literal(spec.id()) + ", " +
           Literal(spec.category()) + ", " + Literal(Join(spec.tags(), ";")) +
           ", ::condyle::v1::" + v1::Grade_Name(spec.grade()) + ",\n    " + Literal(spec.text()) + ",\n    " +
           Literal(spec.phase()) + ", " + Literal(spec.dose()) + ",\n    ::condyle::Citations{" + citations +
           "},\n    " + Literal(spec.sources_differ()) + ",\n    " + Literal(spec.patient_text()) + "};\n";
  }
  const std::string conditions = EmitConditions(constants.conditions, error);
  if (conditions.empty()) return "";
  return out + "}  // namespace advice\n\n" + conditions + "\n}  // namespace " + constants.name_space +
         "\n\n#endif  // " + guard + "\n";
}

std::string EmitNote(const v1::PluginManifest& manifest) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    manifest.SerializeToCodedStream(&coded);
  }
  const size_t padded = (bytes.size() + 3) / 4 * 4;
  std::string out =
      "// Generated by condyle-manifest. Do not edit.\n#include <cstdint>\n\nnamespace {\nstruct Note {\n"
      "  uint32_t name_size, description_size, type;\n  char name[8];\n  unsigned char description[" +
      std::to_string(padded) +
      "];\n};\n}  // namespace\n\n__attribute__((section(\".note.condyle\"), used, aligned(4)))\n"
      "const Note condyle_manifest_note = {\n    "
      "8, " +
      std::to_string(bytes.size()) + ", " + std::to_string(CND_NOTE_MANIFEST) + "u, \"" CND_NOTE_OWNER "\", {\n";
  for (size_t i = 0; i < bytes.size(); ++i) {
    out += std::to_string(static_cast<unsigned char>(bytes[i])) + (i % 32 == 31 ? ",\n" : ",");
  }
  return out + "}};\n";
}

}  // namespace condyle::manifest_tool
