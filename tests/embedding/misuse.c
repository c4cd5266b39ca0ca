/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * misuse CASE: every call with every NULL, wrong sizes, and options of a later version. Nothing crashes, everything is
 * told, and the host goes on working.
 */
#include "check.h"

static void WithoutAHost(cndh_bytes input) {
  cndh_result* result = NULL;
  cndh_override override_ = {.struct_size = sizeof override_};
#define EACH(call)                                  \
  CHECK_STATUS(call, CNDH_MISUSE);                  \
  CHECK(cndh_result_status(result) == CNDH_MISUSE); \
  CHECK(Holds(cndh_result_error(result), "NULL"));  \
  cndh_result_free(result);                         \
  result = NULL
  EACH(cndh_consult(NULL, input, NULL, &result));
  EACH(cndh_what_if(NULL, input, NULL, &result));
  EACH(cndh_replay(NULL, input, &result));
  EACH(cndh_record_override(NULL, &override_, &result));
  EACH(cndh_record_feedback(NULL, NULL, 0, &result));
  EACH(cndh_manifests(NULL, &result));
  EACH(cndh_plugin_failures(NULL, &result));
  EACH(cndh_health(NULL, &result));
  EACH(cndh_questionnaire(NULL, &result));
  EACH(cndh_model_card(NULL, NULL, &result));
  EACH(cndh_open(NULL, NULL, &result));
#undef EACH
  CHECK_STATUS(cndh_open(NULL, NULL, NULL), CNDH_MISUSE);
}

static void WithoutAResult(cndh_host* host, cndh_bytes input) {
  cndh_bytes bytes = {NULL, 7};
  uint64_t number = 7;
  CHECK_STATUS(cndh_consult(host, input, NULL, NULL), CNDH_MISUSE);
  CHECK_STATUS(cndh_what_if(host, input, NULL, NULL), CNDH_MISUSE);
  CHECK_STATUS(cndh_manifests(host, NULL), CNDH_MISUSE);
  CHECK_STATUS(cndh_result_status(NULL), CNDH_MISUSE);
  CHECK(Is(cndh_result_error(NULL), "") && Is(cndh_result_formats(NULL), ""));
  CHECK_STATUS(cndh_result_refusal(NULL, &bytes, &bytes), CNDH_MISUSE);
  CHECK(Is(bytes, ""));
  CHECK_STATUS(cndh_result_get(NULL, "json", &bytes), CNDH_MISUSE);
  CHECK_STATUS(cndh_result_at(NULL, "/urgency", &bytes), CNDH_MISUSE);
  CHECK_STATUS(cndh_result_count(NULL, "/x", &number), CNDH_MISUSE);
  CHECK(number == 0 && cndh_result_cancelled(NULL) == 0);
  CHECK_STATUS(cndh_result_audit(NULL, &number, &bytes), CNDH_MISUSE);
  cndh_result_free(NULL);
  cndh_close(NULL);
  cndh_cancel_request(NULL);
  cndh_cancel_free(NULL);
  CHECK_STATUS(cndh_delivery_set(NULL, input), CNDH_MISUSE);
}

static void ReadingWrong(cndh_host* host, cndh_bytes input) {
  cndh_result* result;
  cndh_bytes bytes;
  uint64_t number;
  CHECK_STATUS(cndh_consult(host, input, NULL, &result), CNDH_OK);
  CHECK_STATUS(cndh_result_get(result, NULL, &bytes), CNDH_MISUSE);
  CHECK_STATUS(cndh_result_get(result, "json", NULL), CNDH_MISUSE);
  CHECK_STATUS(cndh_result_get(result, "pdf", &bytes), CNDH_UNSUPPORTED);
  CHECK_STATUS(cndh_result_get(result, "receipt", &bytes), CNDH_UNSUPPORTED);
  CHECK_STATUS(cndh_result_at(result, NULL, &bytes), CNDH_MISUSE);
  CHECK_STATUS(cndh_result_at(result, "/urgency", NULL), CNDH_MISUSE);
  CHECK_STATUS(cndh_result_at(result, "/recommendations", &bytes), CNDH_MISUSE);
  CHECK_STATUS(cndh_result_count(result, "/urgency", &number), CNDH_MISUSE);
  CHECK_STATUS(cndh_result_count(result, "/recommendations", NULL), CNDH_MISUSE);
  CHECK_STATUS(cndh_result_refusal(result, &bytes, NULL), CNDH_NOT_FOUND);
  CHECK_STATUS(cndh_result_audit(result, NULL, NULL), CNDH_NOT_FOUND);
  cndh_result_free(result);
}

static void BadInput(cndh_host* host) {
  cndh_result* result;
  cndh_bytes path, message, none = {NULL, 5};
  CHECK_STATUS(cndh_consult(host, none, NULL, &result), CNDH_MISUSE);
  CHECK(Holds(cndh_result_error(result), "no data"));
  cndh_result_free(result);
  none.size = 0;
  CHECK_STATUS(cndh_consult(host, none, NULL, &result), CNDH_REFUSED);
  CHECK_STATUS(cndh_result_refusal(result, &path, &message), CNDH_OK);
  CHECK(message.size > 0);
  CHECK_STATUS(cndh_result_get(result, "json", &path), CNDH_NOT_FOUND);
  CHECK_STATUS(cndh_result_at(result, "/urgency", &path), CNDH_NOT_FOUND);
  cndh_result_free(result);
  CHECK_STATUS(cndh_consult(host, BytesOf("{\"patient\":{\"ageYears\":300}}"), NULL, &result), CNDH_REFUSED);
  CHECK_STATUS(cndh_result_refusal(result, &path, NULL), CNDH_OK);
  CHECK(Is(path, "/patient/ageYears"));
  CHECK(!Holds(cndh_result_error(result), "300"));
  cndh_result_free(result);
  CHECK_STATUS(cndh_replay(host, BytesOf("{}"), &result), CNDH_REFUSED);
  cndh_result_free(result);
}

static void WrongSizes(cndh_host* host, cndh_bytes input) {
  cndh_result* result;
  cndh_host* other = (cndh_host*)&other;
  cndh_options options = {.struct_size = 0};
  CHECK_STATUS(cndh_open(&options, &other, &result), CNDH_MISUSE);
  CHECK(other == NULL && Holds(cndh_result_error(result), "struct_size is 0"));
  cndh_result_free(result);
  cndh_consult_options consult = {.struct_size = 1 << 20};
  CHECK_STATUS(cndh_consult(host, input, &consult, &result), CNDH_MISUSE);
  cndh_result_free(result);
  /* A caller of a later version, which asks for nothing new, and then for something. */
  struct {
    cndh_consult_options known;
    uint64_t unknown;
  } newer = {.known = {.struct_size = sizeof newer}};
  CHECK_STATUS(cndh_consult(host, input, &newer.known, &result), CNDH_OK);
  cndh_result_free(result);
  newer.unknown = 1;
  CHECK_STATUS(cndh_consult(host, input, &newer.known, &result), CNDH_UNSUPPORTED);
  CHECK(Holds(cndh_result_error(result), "later version"));
  cndh_result_free(result);
  /* One of an earlier version. */
  consult.struct_size = 8;
  CHECK_STATUS(cndh_consult(host, input, &consult, &result), CNDH_OK);
  cndh_result_free(result);
  cndh_what_if_options what_if = {.struct_size = sizeof what_if, .budget_ms = -1};
  CHECK_STATUS(cndh_what_if(host, input, &what_if, &result), CNDH_MISUSE);
  cndh_result_free(result);
  cndh_override override_ = {.struct_size = sizeof override_, .side = 9};
  CHECK_STATUS(cndh_record_override(host, &override_, &result), CNDH_MISUSE);
  cndh_result_free(result);
  CHECK_STATUS(cndh_record_override(host, NULL, &result), CNDH_MISUSE);
  cndh_result_free(result);
  const cndh_feedback* reports[] = {NULL};
  CHECK_STATUS(cndh_record_feedback(host, reports, 1, &result), CNDH_MISUSE);
  cndh_result_free(result);
}

static void CannotOpen(void) {
  cndh_result* result;
  cndh_host* host;
  const char* nowhere[] = {"/nowhere"};
  cndh_options options = {.struct_size = sizeof options, .plugins = nowhere, .plugin_count = 1};
  CHECK_STATUS(cndh_open(&options, &host, &result), CNDH_NOT_FOUND);
  CHECK(host == NULL && Holds(cndh_result_error(result), "/nowhere"));
  cndh_result_free(result);
  CHECK_STATUS(cndh_open(&options, &host, NULL), CNDH_NOT_FOUND);
  cndh_options worker = {.struct_size = sizeof worker, .worker = "/nowhere"};
  CHECK_STATUS(cndh_open(&worker, &host, &result), CNDH_UNAVAILABLE);
  cndh_result_free(result);
  cndh_options both = {.struct_size = sizeof both, .flags = CNDH_IN_PROCESS, .require_sandbox = "strict"};
  CHECK_STATUS(cndh_open(&both, &host, &result), CNDH_MISUSE);
  cndh_result_free(result);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  const cndh_bytes input = ReadAll(argv[1]);
  cndh_host* host;
  cndh_options options = {.struct_size = sizeof options, .flags = CNDH_IN_PROCESS};
  CHECK_STATUS(cndh_open(&options, &host, NULL), CNDH_OK);
  WithoutAHost(input);
  WithoutAResult(host, input);
  ReadingWrong(host, input);
  BadInput(host);
  WrongSizes(host, input);
  CannotOpen();
  cndh_close(host);
  free((void*)input.data);
  return 0;
}
