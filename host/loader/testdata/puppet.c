/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A plugin that does what its request says, however bad: "WORD" or "WORD ARGUMENT". Any other request comes back.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fixture.h"

struct cnd_instance {
  const cnd_host* host;
  unsigned calls;
};

static cnd_status create(const cnd_host* host, cnd_bytes config, cnd_instance** out, const cnd_sink* err) {
  (void)config;
  (void)err;
  *out = calloc(1, sizeof(**out));
  if (*out == NULL) return CND_EXHAUSTED;
  (*out)->host = host;
  return CND_OK;
}

static cnd_status say(const cnd_sink* sink, const char* text) {
  const cnd_bytes bytes = {(const uint8_t*)text, strlen(text)};
  return sink->write(sink->ctx, bytes);
}

static cnd_status refuse(const cnd_sink* sink, cnd_status status, const char* text) {
  const cnd_bytes bytes = {(const uint8_t*)text, strlen(text)};
  sink->fail(sink->ctx, status, bytes);
  return status;
}

static void put(int fd, const void* data, size_t size) {
  const char* at = data;
  while (size > 0) {
    const ssize_t n = write(fd, at, size);
    if (n <= 0) return;
    at += n;
    size -= (size_t)n;
  }
}

/* Writes count bytes in chunks of 4 KiB. Stops at the sink's word if polite. */
static cnd_status write_much(const cnd_sink* sink, unsigned long long count, int polite) {
  uint8_t chunk[4096];
  memset(chunk, 'x', sizeof(chunk));
  while (count > 0) {
    const cnd_bytes bytes = {chunk, count < sizeof(chunk) ? count : sizeof(chunk)};
    const cnd_status status = sink->write(sink->ctx, bytes);
    if (status != CND_OK && polite) return status;
    count -= bytes.size;
  }
  return CND_OK;
}

static void print_limit(char* out, size_t room, const char* name, int resource) {
  struct rlimit limit;
  const size_t used = strlen(out);
  if (getrlimit(resource, &limit) == 0) {
    snprintf(out + used, room - used, "%s=%llu\n", name, (unsigned long long)limit.rlim_cur);
  }
}

static cnd_status assess(cnd_instance* self, const cnd_call* call, cnd_bytes request, const cnd_sink* sink) {
  char word[32] = "";
  size_t length = 0;
  while (length < request.size && length + 1 < sizeof(word) && request.data[length] != ' ') {
    word[length] = (char)request.data[length];
    ++length;
  }
  const size_t skip = length < request.size ? length + 1 : length;
  const cnd_bytes argument = {request.data + skip, request.size - skip};
  char number[32] = "";
  if (argument.size < sizeof(number)) memcpy(number, argument.data, argument.size);
  ++self->calls;

  if (strcmp(word, "segv") == 0) {
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would make an exit code of it */
    raise(SIGSEGV);
  }
  if (strcmp(word, "abort") == 0) {
    fputs("about to abort: the fixture was told to\n", stderr);
    abort();
  }
  if (strcmp(word, "exit") == 0) _exit(atoi(number));
  if (strcmp(word, "hang") == 0) {
    for (;;) {
      __asm__ volatile("" ::: "memory");
    }
  }
  if (strcmp(word, "until_deadline") == 0) {
    while (self->host->mono_ns(self->host->ctx) < call->deadline_mono_ns) {
    }
    return refuse(sink, CND_DEADLINE, "the deadline came first");
  }
  if (strcmp(word, "late") == 0) { /* answers, but half a second after the deadline */
    while (self->host->mono_ns(self->host->ctx) < call->deadline_mono_ns + 500000000u) {
    }
    return say(sink, "late");
  }
  if (strcmp(word, "write") == 0) return write_much(sink, strtoull(number, NULL, 10), 1);
  if (strcmp(word, "write_on") == 0) return write_much(sink, strtoull(number, NULL, 10), 0);
  if (strcmp(word, "until_cancelled") == 0) {
    if (call->cancel == NULL) return refuse(sink, CND_UNSUPPORTED, "nobody can cancel");
    while (__atomic_load_n(call->cancel, __ATOMIC_ACQUIRE) == 0) {
    }
    return refuse(sink, CND_CANCELLED, "not wanted any more");
  }
  if (strcmp(word, "raw") == 0) { /* past the sink, straight into the channel */
    put(3, argument.data, argument.size);
    return say(sink, "raw");
  }
  if (strcmp(word, "raw_hang") == 0) {
    put(3, argument.data, argument.size);
    for (;;) {
      __asm__ volatile("" ::: "memory");
    }
  }
  if (strcmp(word, "hang_up") == 0) {
    close(3);
    for (;;) {
      __asm__ volatile("" ::: "memory");
    }
  }
  if (strcmp(word, "status") == 0) return refuse(sink, atoi(number), "the fixture was told to\nfail \xff");
  if (strcmp(word, "mute_status") == 0) return atoi(number);
  if (strcmp(word, "eat") == 0) { /* memory without end */
    for (;;) {
      char* block = malloc(1u << 20);
      if (block == NULL) return refuse(sink, CND_EXHAUSTED, "no more memory");
      memset(block, 1, 1u << 20);
    }
  }
  if (strcmp(word, "stderr") == 0) {
    put(2, argument.data, argument.size);
    return say(sink, "stderr");
  }
  if (strcmp(word, "stderr_flood") == 0) {
    char chunk[4096];
    memset(chunk, 'e', sizeof(chunk));
    size_t left = *number != 0 ? (size_t)atoll(number) : 256 * sizeof(chunk);
    for (; left > sizeof(chunk); left -= sizeof(chunk)) put(2, chunk, sizeof(chunk));
    put(2, chunk, left);
    return say(sink, "flooded");
  }
  if (strcmp(word, "close_stderr") == 0) {
    close(2);
    return say(sink, "closed");
  }
  if (strcmp(word, "log") == 0) {
    self->host->log(self->host->ctx, atoi(number), (cnd_bytes){(const uint8_t*)"logged words", 12});
    return say(sink, "logged");
  }
  if (strcmp(word, "as_of") == 0) {
    char text[64];
    snprintf(text, sizeof(text), "%lld", (long long)call->as_of_unix_ns);
    return say(sink, text);
  }
  if (strcmp(word, "calls") == 0) {
    char text[64];
    snprintf(text, sizeof(text), "%u", self->calls);
    return say(sink, text);
  }
  if (strcmp(word, "surroundings") == 0) { /* what a plugin finds in a worker */
    char text[1024] = "";
    extern char** environ;
    for (char** variable = environ; variable != NULL && *variable != NULL; ++variable) {
      snprintf(text + strlen(text), sizeof(text) - strlen(text), "env %s\n", *variable);
    }
    for (int fd = 0; fd < 1024; ++fd) {
      char path[64];
      char target[128] = "";
      snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
      if (readlink(path, target, sizeof(target) - 1) > 0) {
        if (strncmp(target, "socket", 6) == 0) target[6] = '\0';
        if (strncmp(target, "pipe", 4) == 0) target[4] = '\0';
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "fd %d %s\n", fd, target);
      }
    }
    print_limit(text, sizeof(text), "core", RLIMIT_CORE);
    print_limit(text, sizeof(text), "file", RLIMIT_FSIZE);
    print_limit(text, sizeof(text), "memory", RLIMIT_AS);
    return say(sink, text);
  }
  return sink->write(sink->ctx, request);
}

static const cnd_plugin table = {sizeof(cnd_plugin),
                                 CND_ABI_MAJOR,
                                 CND_ABI_MINOR,
                                 CND_FLAG_DETERMINISTIC,
                                 create,
                                 assess,
                                 (void (*)(cnd_instance*))free,
                                 NULL};

const cnd_plugin* condyle_entry_v1(const cnd_host* host) {
  (void)host;
  return &table;
}
