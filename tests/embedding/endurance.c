/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * endurance CASE: opens and closes the host 200 times, asks it from 8 threads at once, and some 3,000 times in all, and
 * looks whether memory, descriptors, threads or processes are left behind.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

enum { kThreads = 8, kAsksPerThread = 40, kOpenings = 200, kAsks = 1500 };
/* Allocators keep some. A leak of one consultation, 200 kB, in each of 1,000 would be 200 MB. */
enum { kMayGrowKilobytes = 24 * 1024 };

static long Kilobytes(void) {
  long pages = 0, resident = 0;
  FILE* file = fopen("/proc/self/statm", "r");
  CHECK(file != NULL && fscanf(file, "%ld %ld", &pages, &resident) == 2);
  fclose(file);
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static int Entries(const char* path) {
  DIR* directory = opendir(path);
  int count = 0;
  CHECK(directory != NULL);
  while (readdir(directory) != NULL) ++count;
  closedir(directory);
  return count;
}

static void Ask(cndh_host* host, cndh_bytes input, const char* format, cndh_bytes* expected) {
  cndh_consult_options options = {.struct_size = sizeof options, .as_of = "2026-05-01T09:00:00Z"};
  cndh_result* result;
  cndh_bytes bytes;
  CHECK_STATUS(cndh_consult(host, input, &options, &result), CNDH_OK);
  CHECK_STATUS(cndh_result_get(result, format, &bytes), CNDH_OK);
  CHECK(bytes.size > 1000);
  if (expected != NULL && expected->data == NULL) {
    uint8_t* copy = malloc(bytes.size);
    memcpy(copy, bytes.data, bytes.size);
    expected->data = copy;
    expected->size = bytes.size;
  } else if (expected != NULL) {
    CHECK(bytes.size == expected->size && memcmp(bytes.data, expected->data, bytes.size) == 0);
  }
  cndh_result_free(result);
}

struct Shared {
  cndh_host* host;
  cndh_bytes input, expected;
  atomic_int asked;
};

static void* AskOften(void* argument) {
  struct Shared* shared = argument;
  for (int i = 0; i < kAsksPerThread; ++i) {
    Ask(shared->host, shared->input, "json", &shared->expected);
    ++shared->asked;
    cndh_result* result; /* calls of other kinds at the same time */
    CHECK_STATUS(cndh_health(shared->host, &result), CNDH_OK);
    cndh_result_free(result);
  }
  return NULL;
}

/* All threads get the same bytes. */
static void ManyThreads(cndh_bytes input) {
  cndh_options options = {.struct_size = sizeof options, .parallel = 4, .consultation_deadline_ms = 60000};
  struct Shared shared = {.input = input};
  CHECK_STATUS(cndh_open(&options, &shared.host, NULL), CNDH_OK);
  Ask(shared.host, input, "json", &shared.expected);
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i) CHECK(pthread_create(&threads[i], NULL, AskOften, &shared) == 0);
  for (int i = 0; i < kThreads; ++i) pthread_join(threads[i], NULL);
  CHECK(shared.asked == kThreads * kAsksPerThread);
  cndh_close(shared.host);
  free((void*)shared.expected.data);
}

static void OpenAndClose(cndh_bytes input, int times) {
  for (int i = 0; i < times; ++i) {
    cndh_options options = {.struct_size = sizeof options, .flags = i % 4 == 0 ? 0 : CNDH_IN_PROCESS};
    cndh_host* host;
    CHECK_STATUS(cndh_open(&options, &host, NULL), CNDH_OK);
    if (i % 2 == 0) Ask(host, input, "text", NULL);
    cndh_close(host);
  }
}

static void AskTimes(cndh_bytes input, int times) {
  static const char* const kFormats[] = {"json", "protobuf", "text", "html"};
  cndh_options options = {.struct_size = sizeof options, .flags = CNDH_IN_PROCESS};
  cndh_host* host;
  CHECK_STATUS(cndh_open(&options, &host, NULL), CNDH_OK);
  for (int i = 0; i < times; ++i) {
    Ask(host, input, kFormats[i % 4], NULL);
    cndh_result* refused;
    CHECK_STATUS(cndh_consult(host, BytesOf("{\"patient\":{\"ageYears\":300}}"), NULL, &refused), CNDH_REFUSED);
    cndh_result_free(refused);
  }
  cndh_close(host);
}

struct Reading {
  cndh_result* result;
  atomic_int wrong;
};

static void* Read(void* argument) {
  struct Reading* reading = argument;
  static const char* const kFormats[] = {"json", "protobuf", "text", "html"};
  for (int i = 0; i < 400; ++i) {
    cndh_bytes bytes;
    if (cndh_result_get(reading->result, kFormats[i % 4], &bytes) != CNDH_OK || bytes.size < 1000) ++reading->wrong;
    if (cndh_result_at(reading->result, "/urgency", &bytes) != CNDH_OK) ++reading->wrong;
  }
  return NULL;
}

/* One result, read by all threads, none of which has made a format before. */
static void ReadTogether(cndh_bytes input) {
  cndh_options options = {.struct_size = sizeof options, .flags = CNDH_IN_PROCESS};
  cndh_host* host;
  struct Reading reading = {.wrong = 0};
  CHECK_STATUS(cndh_open(&options, &host, NULL), CNDH_OK);
  CHECK_STATUS(cndh_consult(host, input, NULL, &reading.result), CNDH_OK);
  pthread_t threads[kThreads];
  for (int i = 0; i < kThreads; ++i) CHECK(pthread_create(&threads[i], NULL, Read, &reading) == 0);
  for (int i = 0; i < kThreads; ++i) pthread_join(threads[i], NULL);
  CHECK(reading.wrong == 0);
  cndh_result_free(reading.result);
  cndh_close(host);
}

int main(int argc, char** argv) {
  CHECK(argc == 2);
  const cndh_bytes input = ReadAll(argv[1]);
  ReadTogether(input);
  ManyThreads(input);
  OpenAndClose(input, kOpenings / 4);
  AskTimes(input, kAsks / 3);

  const long memory = Kilobytes();
  const int descriptors = Entries("/proc/self/fd"), threads = Entries("/proc/self/task");
  ManyThreads(input);
  OpenAndClose(input, kOpenings);
  AskTimes(input, kAsks);
  const long grown = Kilobytes() - memory;
  printf("grown by %ld kB, %d descriptors, %d threads\n", grown, Entries("/proc/self/fd") - descriptors,
         Entries("/proc/self/task") - threads);
  CHECK(grown < kMayGrowKilobytes);
  CHECK(Entries("/proc/self/fd") == descriptors);
  CHECK(Entries("/proc/self/task") == threads);
  CHECK(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
  free((void*)input.data);
  return 0;
}
