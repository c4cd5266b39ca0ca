/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Asks Condyle about one patient, in C: urgency, red flags, advice, what is on hold, what failed. No other library.
 *
 *   cc -std=c11 assess.c -o assess $(pkg-config --cflags --libs condyle-host)
 *   ./assess bundle.json [PLUGINS]
 *
 * Exit codes are those of `condyle assess`: 0 complete, 1 Condyle failed, 2 refused, 3 a plugin failed, 64 usage.
 */
#include <condyle/host.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text of a result. A 0 follows its bytes, so that it may be printed as it is. "" if it is not there. */
static const char* At(cndh_result* result, const char* pointer) {
  cndh_bytes value;
  return cndh_result_at(result, pointer, &value) == CNDH_OK ? (const char*)value.data : "";
}

/* The same of element i of a list: AtElement(r, "/recommendations", 0, "/text"). */
static const char* AtElement(cndh_result* result, const char* list, uint64_t i, const char* field) {
  char pointer[128];
  snprintf(pointer, sizeof pointer, "%s/%llu%s", list, (unsigned long long)i, field);
  return At(result, pointer);
}

static uint64_t Count(const cndh_result* result, const char* list) {
  uint64_t count = 0;
  return cndh_result_count(result, list, &count) == CNDH_OK ? count : 0;
}

static void Print(cndh_result* consultation) {
  printf("Urgency: %s\n", At(consultation, "/urgency"));

  /* Safety screens that found something, or that could not decide: that is not the same as having found nothing. */
  for (uint64_t i = 0; i < Count(consultation, "/assessments"); ++i) {
    const char* urgency = AtElement(consultation, "/assessments", i, "/urgency");
    const char* status = AtElement(consultation, "/assessments", i, "/status");
    const int urgent = strcmp(urgency, "URGENCY_EMERGENCY") == 0 || strcmp(urgency, "URGENCY_URGENT") == 0;
    if ((urgent && strcmp(status, "STATUS_POSITIVE") == 0) || strcmp(status, "STATUS_INSUFFICIENT_DATA") == 0) {
      printf("%s: %s: %s\n", strcmp(status, "STATUS_POSITIVE") == 0 ? "RED FLAG" : "Undecided",
             AtElement(consultation, "/assessments", i, "/pluginId"),
             AtElement(consultation, "/assessments", i, "/summary"));
    }
  }
  for (uint64_t i = 0; i < Count(consultation, "/recommendations"); ++i) {
    printf("Advice: %s\n", AtElement(consultation, "/recommendations", i, "/text"));
  }
  for (uint64_t i = 0; i < Count(consultation, "/withheld"); ++i) {
    printf("On hold, not advice: %s (%s)\n", AtElement(consultation, "/withheld", i, "/recommendation/text"),
           AtElement(consultation, "/withheld", i, "/reason"));
  }
  for (uint64_t i = 0; i < Count(consultation, "/nextQuestions"); ++i) {
    printf("Ask: %s\n", AtElement(consultation, "/nextQuestions", i, "/question"));
  }
  for (uint64_t i = 0; i < Count(consultation, "/pluginFailures"); ++i) {
    printf("NO ANSWER from %s: %s\n", AtElement(consultation, "/pluginFailures", i, "/pluginId"),
           AtElement(consultation, "/pluginFailures", i, "/message"));
  }
  printf("%s\n", At(consultation, "/disclaimer"));
}

static int Assess(cndh_host* host, cndh_bytes input) {
  cndh_consult_options options = {.struct_size = sizeof options, .question_budget_ms = 100};
  cndh_result* result = NULL;
  int exit_code = 1;
  switch (cndh_consult(host, input, &options, &result)) {
    case CNDH_OK:
      Print(result);
      exit_code = Count(result, "/pluginFailures") == 0 ? 0 : 3;
      break;
    case CNDH_REFUSED: {
      /* The patient data cannot be so. Not an error of the program: show it to who can correct them. */
      cndh_bytes path, message;
      cndh_result_refusal(result, &path, &message);
      fprintf(stderr, "refused: %s: %s\n", (const char*)path.data, (const char*)message.data);
      exit_code = 2;
      break;
    }
    default: /* statuses are an open set */
      fprintf(stderr, "no answer: %s\n", (const char*)cndh_result_error(result).data);
  }
  cndh_result_free(result);
  return exit_code;
}

/* The whole file, to be freed; NULL if it cannot be read. */
static uint8_t* ReadAll(const char* path, uint64_t* size) {
  FILE* file = fopen(path, "rb");
  uint8_t* bytes = NULL;
  size_t room = 0, used = 0;
  while (file != NULL && !feof(file) && !ferror(file)) {
    if (used == room) {
      uint8_t* larger = realloc(bytes, room = room == 0 ? 1 << 16 : room * 2);
      if (larger == NULL) break;
      bytes = larger;
    }
    used += fread(bytes + used, 1, room - used, file);
  }
  const int whole = file != NULL && feof(file) && !ferror(file);
  if (file != NULL) fclose(file);
  if (!whole) {
    free(bytes);
    return NULL;
  }
  *size = used;
  return bytes;
}

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    fprintf(stderr, "usage: %s FILE [PLUGINS]\n", argv[0]);
    return 64;
  }
  cndh_bytes input = {NULL, 0};
  uint8_t* bytes = ReadAll(argv[1], &input.size);
  input.data = bytes;
  if (bytes == NULL) {
    fprintf(stderr, "%s cannot be read\n", argv[1]);
    return 64;
  }
  const char* plugins[] = {argc > 2 ? argv[2] : NULL};
  cndh_options options = {.struct_size = sizeof options, .plugins = plugins, .plugin_count = argc > 2 ? 1 : 0};
  cndh_host* host = NULL;
  cndh_result* opened = NULL;
  int exit_code = 1;
  if (cndh_open(&options, &host, &opened) == CNDH_OK) {
    exit_code = Assess(host, input);
  } else {
    fprintf(stderr, "Condyle cannot run: %s\n", (const char*)cndh_result_error(opened).data);
  }
  cndh_result_free(opened);
  cndh_close(host);
  free(bytes);
  return exit_code;
}
