/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A plugin that tries to get out of its worker in the way that its request names. If it succeeds it answers "escaped";
 * if it was refused and lives, "refused". Requests that are no way out are things that any plugin may do: "fine".
 * Built with FIXTURE_ESCAPE_AT_LOAD it tries while it is loaded.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"

struct cnd_instance {
  pid_t host;
};

static cnd_instance instance;

static int try_read(const char* path) {
  char byte;
  const int fd = open(path, O_RDONLY);
  return fd >= 0 && read(fd, &byte, 1) == 1;
}

static int try_connect(int family) {
  const int fd = socket(family, SOCK_STREAM, 0);
  if (fd < 0) return 0;
  const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = 9, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (const struct sockaddr*)&address, sizeof(address)) != 0) {
    /* refused by the other side, or the wrong family: the call itself was made */
  }
  return 1;
}

static int try_exec(void) {
  char* const arguments[] = {"true", NULL};
  execv("/bin/true", arguments);
  return 0;
}

static int try_fork(void) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  if (child > 0) waitpid(child, NULL, 0);
  return child > 0;
}

static int try_code(void) {
  void* page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static int try_swallow(void) { /* outlive a forbidden call by blocking its signal */
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGSYS);
  sigprocmask(SIG_BLOCK, &set, NULL);
  return try_read("/etc/hostname");
}

static void ignore(int signal_number) { (void)signal_number; }

static void* add_one(void* count) {
  ++*(int*)count;
  return NULL;
}

static int compare(const void* a, const void* b) { return *(const int*)a - *(const int*)b; }

/* What well-behaved plugins may do, all of it. */
static int live(void) {
  enum { kCount = 200000 };
  int* numbers = malloc(kCount * sizeof(int));
  if (numbers == NULL) return 0;
  for (int i = 0; i < kCount; ++i) numbers[i] = (i * 7919) % 104729;
  qsort(numbers, kCount, sizeof(int), compare);
  numbers = realloc(numbers, 4 * kCount * sizeof(int));
  if (numbers == NULL) return 0;
  free(numbers);
  pthread_t thread;
  int count = 0;
  if (pthread_create(&thread, NULL, add_one, &count) != 0) return 0;
  pthread_join(thread, NULL);
  struct timespec now;
  char text[64];
  snprintf(text, sizeof(text), "%.3f", 1.5);
  fprintf(stderr, "living\n");
  return count == 1 && clock_gettime(CLOCK_MONOTONIC, &now) == 0 && strcmp(text, "1.500") == 0;
}

/* 1: it got out. 0: it was refused and lives. */
static int escape(const char* way) {
  if (strcmp(way, "read_file") == 0) return try_read("/etc/hostname");
  if (strcmp(way, "read_environment") == 0) return try_read("/proc/self/environ");
  if (strcmp(way, "write_file") == 0) return open("/tmp/condyle_escape", O_CREAT | O_WRONLY, 0600) >= 0;
  if (strcmp(way, "stat_file") == 0) {
    struct stat info;
    return stat("/etc/hostname", &info) == 0;
  }
  if (strcmp(way, "delete_file") == 0) return unlink("/tmp/condyle_escape") == 0;
  if (strcmp(way, "tcp") == 0) return try_connect(AF_INET);
  if (strcmp(way, "unix_socket") == 0) return try_connect(AF_UNIX);
  if (strcmp(way, "exec") == 0) return try_exec();
  if (strcmp(way, "fork") == 0) return try_fork();
  if (strcmp(way, "stdout") == 0) {
    printf("words\n");
    return fflush(stdout) == 0;
  }
  if (strcmp(way, "kill_parent") == 0) return kill(instance.host, 0) == 0;
  if (strcmp(way, "ptrace") == 0) return ptrace(PTRACE_ATTACH, instance.host, NULL, NULL) == 0;
  if (strcmp(way, "read_parent") == 0) {
    char byte;
    struct iovec ours = {&byte, 1};
    struct iovec theirs = {(void*)&instance, 1};
    return process_vm_readv(instance.host, &ours, 1, &theirs, 1, 0) == 1;
  }
  if (strcmp(way, "make_code") == 0) return try_code();
  if (strcmp(way, "map_code") == 0) {
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
  }
  if (strcmp(way, "namespace") == 0) return unshare(CLONE_NEWUSER) == 0;
  if (strcmp(way, "dumpable") == 0) return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
  if (strcmp(way, "limits") == 0) {
    const struct rlimit limit = {8, 8};
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
  }
  if (strcmp(way, "memfd") == 0) return (int)syscall(SYS_memfd_create, "x", 0) >= 0;
  if (strcmp(way, "catch_sigsys") == 0) return signal(SIGSYS, ignore) != SIG_ERR;
  if (strcmp(way, "catch_sigsys_wide") == 0) { /* the kernel looks at the lower half of the number only */
    const unsigned long by_default[4] = {0};
    return syscall(SYS_rt_sigaction, (1L << 32) | SIGSYS, by_default, NULL, 8L) == 0;
  }
  if (strcmp(way, "block_sigsys") == 0) return try_swallow();
#if defined(__x86_64__)
  if (strcmp(way, "old_calls") == 0) { /* getpid by the 32-bit entry, whose numbers mean other calls */
    long result = 20;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    return result > 0;
  }
#endif
  return -1;
}

static cnd_status create(const cnd_host* host, cnd_bytes config, cnd_instance** out, const cnd_sink* err) {
  (void)host;
  (void)config;
  (void)err;
  instance.host = getppid();
#if defined(FIXTURE_ESCAPE_AT_LOAD)
  if (escape(FIXTURE_ESCAPE_AT_LOAD) == 1) fputs("escaped\n", stderr);
#endif
  *out = &instance;
  return CND_OK;
}

static cnd_status say(const cnd_sink* sink, const char* text) {
  const cnd_bytes bytes = {(const uint8_t*)text, strlen(text)};
  return sink->write(sink->ctx, bytes);
}

static cnd_status assess(cnd_instance* self, const cnd_call* call, cnd_bytes request, const cnd_sink* sink) {
  (void)self;
  (void)call;
  char way[32] = "";
  if (request.size < sizeof(way)) memcpy(way, request.data, request.size);
  if (strcmp(way, "live") == 0) return say(sink, live() ? "fine" : "cannot live");
  if (strcmp(way, "abort") == 0) abort();
  if (strcmp(way, "burn") == 0) {
    signal(SIGALRM, SIG_IGN); /* so that CPU time is what ends it */
    for (;;) {
      __asm__ volatile("" ::: "memory");
    }
  }
  const int escaped = escape(way);
  return say(sink, escaped == 1 ? "escaped" : escaped == 0 ? "refused" : "unknown");
}

static void destroy(cnd_instance* self) { (void)self; }

static const cnd_plugin table = {
    sizeof(cnd_plugin), CND_ABI_MAJOR, CND_ABI_MINOR, CND_FLAG_DETERMINISTIC, create, assess, destroy, NULL};

const cnd_plugin* condyle_entry_v1(const cnd_host* host) {
  (void)host;
  return &table;
}
