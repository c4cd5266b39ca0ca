/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * reload LIBRARY: loads and unloads the library again and again, as a program does whose own plugins use Condyle.
 */
#include <dlfcn.h>

#include "check.h"

int main(int argc, char** argv) {
  CHECK(argc == 2);
  for (int i = 0; i < 20; ++i) {
    void* library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) fprintf(stderr, "%s\n", dlerror());
    CHECK(library != NULL);
    cndh_status (*open_host)(const cndh_options*, cndh_host**, cndh_result**);
    void (*close_host)(cndh_host*);
    *(void**)&open_host = dlsym(library, "cndh_open");
    *(void**)&close_host = dlsym(library, "cndh_close");
    CHECK(open_host != NULL && close_host != NULL);
    cndh_host* host;
    CHECK_STATUS(open_host(NULL, &host, NULL), CNDH_OK);
    close_host(host);
    CHECK(dlclose(library) == 0);
  }
  return 0;
}
