/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * calls CASE STORE: every call as it is meant, with workers and an audit trail in the new file STORE.
 */
#include "check.h"

#define COUNT(result, pointer, number)                                   \
  do {                                                                   \
    uint64_t counted = 0;                                                \
    CHECK_STATUS(cndh_result_count(result, pointer, &counted), CNDH_OK); \
    CHECK(counted number);                                               \
  } while (0)

/* The formats of a consultation, and that all bytes outlive the host. */
static cndh_result* Formats(cndh_host* host, cndh_bytes input) {
  cndh_consult_options options = {.struct_size = sizeof options,
                                  .flags = CNDH_RECEIPT,
                                  .question_budget_ms = 50,
                                  .as_of = "2026-05-01T09:00:00Z",
                                  .user = "user-1",
                                  .organisation = "org-1"};
  cndh_result* result;
  CHECK_STATUS(cndh_consult(host, input, &options, &result), CNDH_OK);
  CHECK(cndh_result_error(result).size == 0 && cndh_result_cancelled(result) == 0);
  CHECK(Is(cndh_result_formats(result), "json protobuf text html fhir receipt times"));
  cndh_bytes bytes, again;
  static const struct {
    const char *format, *holds;
  } kFormats[] = {{"json", "\"urgency\":\"URGENCY_"}, {"text", "ROUTINE"},
                  {"html", "<!DOCTYPE html>"},        {"receipt", "\"checkedCase\""},
                  {"fhir", "\"GuidanceResponse\""},   {"times", "\"microseconds\""}};
  for (size_t i = 0; i < sizeof kFormats / sizeof *kFormats; ++i) {
    CHECK_STATUS(cndh_result_get(result, kFormats[i].format, &bytes), CNDH_OK);
    CHECK(Holds(bytes, kFormats[i].holds));
    CHECK_STATUS(cndh_result_get(result, kFormats[i].format, &again), CNDH_OK);
    CHECK(bytes.data == again.data && bytes.size == again.size);
  }
  CHECK_STATUS(cndh_result_get(result, "protobuf", &bytes), CNDH_OK);
  CHECK(bytes.size > 1000);
  CHECK_STATUS(cndh_result_at(result, "/asOf", &bytes), CNDH_OK);
  CHECK(Is(bytes, "2026-05-01T09:00:00Z"));
  CHECK_STATUS(cndh_result_at(result, "/receipt/plugins/0/isolation", &bytes), CNDH_OK);
  CHECK(Is(bytes, "worker"));
  COUNT(result, "/assessments", == 7);
  COUNT(result, "/pluginFailures", == 0);
  return result;
}

static void Replays(cndh_host* host, cndh_result* consultation) {
  cndh_bytes receipt, value;
  cndh_result* result;
  CHECK_STATUS(cndh_result_get(consultation, "receipt", &receipt), CNDH_OK);
  CHECK_STATUS(cndh_replay(host, receipt, &result), CNDH_OK);
  CHECK_STATUS(cndh_result_at(result, "/identical", &value), CNDH_OK);
  CHECK(Is(value, "true"));
  COUNT(result, "/differences", == 0);
  COUNT(result, "/remarks", == 0);
  cndh_result_free(result);
}

static void Audit(cndh_host* host, cndh_result* consultation) {
  uint64_t sequence, after;
  cndh_bytes hash, advice;
  cndh_result* result;
  CHECK_STATUS(cndh_result_audit(consultation, &sequence, &hash), CNDH_OK);
  CHECK(sequence > 0 && hash.size == 64);
  CHECK_STATUS(cndh_result_at(consultation, "/recommendations/0/id", &advice), CNDH_OK);
  cndh_override override_ = {.struct_size = sizeof override_,
                             .sequence = sequence,
                             .hash = (const char*)hash.data,
                             .advice_id = (const char*)advice.data,
                             .reason_code = "patient-declined",
                             .text = "would rather wait",
                             .user = "user-2"};
  CHECK_STATUS(cndh_record_override(host, &override_, &result), CNDH_OK);
  CHECK_STATUS(cndh_result_audit(result, &after, NULL), CNDH_OK);
  CHECK(after > sequence);
  COUNT(result, "/records", == 1);
  cndh_result_free(result);
  override_.advice_id = "no_such_advice";
  override_.sequence = 999999;
  CHECK_STATUS(cndh_record_override(host, &override_, &result), CNDH_NOT_FOUND);
  cndh_result_free(result);
  override_.reason_code = "";
  override_.sequence = sequence;
  CHECK_STATUS(cndh_record_override(host, &override_, &result), CNDH_MISUSE);
  CHECK(Holds(cndh_result_error(result), "reason_code"));
  cndh_result_free(result);
}

static void WithoutATrail(cndh_bytes input) {
  cndh_host* host;
  cndh_result* result;
  cndh_options options = {.struct_size = sizeof options, .flags = CNDH_IN_PROCESS};
  CHECK_STATUS(cndh_open(&options, &host, NULL), CNDH_OK);
  CHECK_STATUS(cndh_consult(host, input, NULL, &result), CNDH_OK);
  CHECK_STATUS(cndh_result_audit(result, NULL, NULL), CNDH_NOT_FOUND);
  cndh_result_free(result);
  cndh_override override_ = {.struct_size = sizeof override_, .hash = "", .advice_id = "x", .reason_code = "x"};
  CHECK_STATUS(cndh_record_override(host, &override_, &result), CNDH_UNAVAILABLE);
  cndh_result_free(result);
  cndh_close(host);
}

static void Cancel(cndh_host* host, cndh_bytes input) {
  cndh_cancel* cancel = cndh_cancel_new();
  CHECK(cancel != NULL);
  cndh_cancel_request(cancel);
  cndh_consult_options options = {.struct_size = sizeof options, .cancel = cancel};
  cndh_result* result;
  cndh_bytes kind;
  CHECK_STATUS(cndh_consult(host, input, &options, &result), CNDH_OK);
  CHECK(cndh_result_cancelled(result) == 1);
  COUNT(result, "/pluginFailures", > 0);
  CHECK_STATUS(cndh_result_at(result, "/pluginFailures/0/kind", &kind), CNDH_OK);
  CHECK(Is(kind, "FAILURE_KIND_CANCELLED"));
  cndh_result_free(result);
  cndh_cancel_free(cancel);
}

static void WhatItSaysOfItself(cndh_host* host, cndh_bytes input) {
  cndh_result* result;
  cndh_bytes value;
  CHECK_STATUS(cndh_manifests(host, &result), CNDH_OK);
  COUNT(result, "/manifests", == 7);
  CHECK_STATUS(cndh_result_at(result, "/manifests/0/sourceAttributes/developer", &value), CNDH_OK);
  CHECK(Is(value, "The Condyle authors"));
  cndh_result_free(result);
  CHECK_STATUS(cndh_plugin_failures(host, &result), CNDH_OK);
  COUNT(result, "/failures", == 0);
  cndh_result_free(result);
  CHECK_STATUS(cndh_health(host, &result), CNDH_OK);
  COUNT(result, "/plugins", == 7);
  COUNT(result, "/workerPids", == 7);
  CHECK_STATUS(cndh_result_at(result, "/plugins/0/circuit", &value), CNDH_OK);
  CHECK(Is(value, "closed"));
  cndh_result_free(result);
  CHECK_STATUS(cndh_questionnaire(host, &result), CNDH_OK);
  CHECK_STATUS(cndh_result_get(result, "json", &value), CNDH_OK);
  CHECK(Holds(value, "\"Questionnaire\""));
  cndh_result_free(result);
  cndh_what_if_options options = {.struct_size = sizeof options, .budget_ms = 200};
  CHECK_STATUS(cndh_what_if(host, input, &options, &result), CNDH_OK);
  COUNT(result, "/statuses", == 7);
  CHECK_STATUS(cndh_result_get(result, "text", &value), CNDH_OK);
  CHECK(value.size > 0);
  cndh_result_free(result);
}

static void ModelCards(cndh_host* host) {
  cndh_result* result;
  cndh_bytes value;
  CHECK_STATUS(cndh_model_card(host, "red_flag_screen", &result), CNDH_OK);
  CHECK(Is(cndh_result_formats(result), "json protobuf html text"));
  CHECK_STATUS(cndh_result_get(result, "html", &value), CNDH_OK);
  CHECK(Holds(value, "170.315(b)(11)"));
  cndh_result_free(result);
  CHECK_STATUS(cndh_model_card(host, NULL, &result), CNDH_OK);
  CHECK_STATUS(cndh_result_get(result, "json", &value), CNDH_OK);
  CHECK(Holds(value, "stress_fracture_screen"));
  cndh_result_free(result);
  CHECK_STATUS(cndh_model_card(host, "nobody", &result), CNDH_NOT_FOUND);
  CHECK(Holds(cndh_result_error(result), "red_flag_screen"));
  cndh_result_free(result);
}

int main(int argc, char** argv) {
  CHECK(argc == 3);
  const cndh_bytes input = ReadAll(argv[1]);
  char store[4096];
  CHECK(snprintf(store, sizeof store, "sqlite:%s", argv[2]) < (int)sizeof store);
  cndh_options options = {.struct_size = sizeof options, .audit = store, .parallel = 2};
  cndh_host* host;
  cndh_result* opened;
  CHECK_STATUS(cndh_open(&options, &host, &opened), CNDH_OK);
  COUNT(opened, "/failures", == 0);
  cndh_result_free(opened);
  CHECK(strlen(cndh_version()) >= 5);
  CHECK(cndh_interface_minor() == CNDH_INTERFACE_MINOR);
  cndh_result* consultation = Formats(host, input);
  Replays(host, consultation);
  Audit(host, consultation);
  Cancel(host, input);
  WhatItSaysOfItself(host, input);
  ModelCards(host);
  cndh_close(host);
  cndh_bytes html;
  CHECK_STATUS(cndh_result_get(consultation, "html", &html), CNDH_OK);
  CHECK(Holds(html, "</html>"));
  cndh_result_free(consultation);
  WithoutATrail(input);
  free((void*)input.data);
  return 0;
}
