// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// foreign_protobuf CASE: a program with messages of its own, full run-time, JSON and reflection, and Condyle through
// its C interface. It reads the consultation with the lite messages that plugins use.
#include <google/protobuf/util/json_util.h>

#include <iostream>
#include <string>

#include "check.h"
#include "condyle/v1/consultation.pb.h"
#include "foreign.pb.h"

int main(int argc, char** argv) {
  CHECK(argc == 2);
  foreign::Note note;
  CHECK(google::protobuf::util::JsonStringToMessage(R"({"text":"own","numbers":[1,2]})", &note).ok());

  const cndh_bytes input = ReadAll(argv[1]);
  cndh_options options{};
  options.struct_size = sizeof options;
  cndh_host* host = nullptr;
  CHECK_STATUS(cndh_open(&options, &host, nullptr), CNDH_OK);
  cndh_result* result = nullptr;
  CHECK_STATUS(cndh_consult(host, input, nullptr, &result), CNDH_OK);
  cndh_bytes bytes, urgency;
  CHECK_STATUS(cndh_result_get(result, "protobuf", &bytes), CNDH_OK);
  condyle::v1::Consultation consultation;
  CHECK(consultation.ParseFromArray(bytes.data, static_cast<int>(bytes.size)));
  CHECK_STATUS(cndh_result_at(result, "/urgency", &urgency), CNDH_OK);
  CHECK(Is(urgency, condyle::v1::Urgency_Name(consultation.urgency()).c_str()));
  CHECK(consultation.assessments_size() == 7);
  cndh_result_free(result);
  cndh_close(host);
  free(const_cast<uint8_t*>(input.data));

  std::string json;
  CHECK(google::protobuf::util::MessageToJsonString(note, &json).ok());
  CHECK(json == R"({"text":"own","numbers":[1,2]})");
  return 0;
}
