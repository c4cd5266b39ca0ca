/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Plugins that go wrong (or nearly) while they are loaded. Each is this file with one FIXTURE_... defined.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fixture.h"

struct cnd_instance {
  int unused;
};

static cnd_instance instance;

#if defined(FIXTURE_ABORT_IN_CONSTRUCTOR)
__attribute__((constructor)) static void start(void) {
  static const char words[] = "constructor: giving up\n";
  if (write(2, words, sizeof(words) - 1) > 0) abort();
  abort();
}
#elif defined(FIXTURE_EXIT_IN_CONSTRUCTOR)
__attribute__((constructor)) static void start(void) { _exit(0); }
#elif defined(FIXTURE_HANG_IN_CONSTRUCTOR)
__attribute__((constructor)) static void start(void) {
  for (;;) {
    __asm__ volatile("" ::: "memory");
  }
}
#elif defined(FIXTURE_SLOW_START)
__attribute__((constructor)) static void start(void) {
  const struct timespec pause = {0, 100 * 1000 * 1000};
  nanosleep(&pause, NULL);
}
#elif defined(FIXTURE_MISSING_SYMBOL)
int fixture_symbol_that_nobody_defines(void);
#endif

static cnd_status create(const cnd_host* host, cnd_bytes config, cnd_instance** out, const cnd_sink* err) {
  (void)host;
  (void)config;
#if defined(FIXTURE_CREATE_FAILS)
  (void)out;
  static const char words[] = "the table of norms is damaged";
  err->fail(err->ctx, CND_INTERNAL, (cnd_bytes){(const uint8_t*)words, sizeof(words) - 1});
  return CND_INTERNAL;
#elif defined(FIXTURE_CREATE_GIVES_NOTHING)
  (void)out;
  (void)err;
  return CND_OK;
#else
  (void)err;
  *out = &instance;
  return CND_OK;
#endif
}

static cnd_status assess(cnd_instance* self, const cnd_call* call, cnd_bytes request, const cnd_sink* response) {
  (void)self;
  (void)call;
#if defined(FIXTURE_MISSING_SYMBOL)
  if (fixture_symbol_that_nobody_defines() != 0) return CND_INTERNAL;
#endif
  return response->write(response->ctx, request);
}

static void destroy(cnd_instance* self) { (void)self; }

/* A table of a later minor version: longer than the one that this host knows. */
struct longer_table {
  cnd_plugin known;
  const void* later[4];
};

static struct longer_table table = {
    {sizeof(cnd_plugin), CND_ABI_MAJOR, CND_ABI_MINOR, CND_FLAG_DETERMINISTIC, create, assess, destroy, NULL},
    {NULL, NULL, NULL, NULL}};

#if defined(FIXTURE_NO_ENTRY)
CND_EXPORT const cnd_plugin* another_entry(const cnd_host* host);
#define condyle_entry_v1 another_entry
#endif

const cnd_plugin* condyle_entry_v1(const cnd_host* host) {
  (void)host;
  (void)instance;
#if defined(FIXTURE_REFUSES_HOST)
  return NULL;
#elif defined(FIXTURE_WRONG_MAJOR)
  table.known.abi_major = CND_ABI_MAJOR + 1;
#elif defined(FIXTURE_SHORT_TABLE)
  table.known.struct_size = offsetof(cnd_plugin, destroy);
#elif defined(FIXTURE_NULL_ASSESS)
  table.known.assess = NULL;
#elif defined(FIXTURE_NEWER_MINOR)
  table.known.struct_size = sizeof(table);
  table.known.abi_minor = CND_ABI_MINOR + 98;
  table.known.flags |= 0x80000000u;
#endif
  return &table.known;
}
