/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Compiled as strict C11: the C interface needs no C++. */
#include "condyle/plugin.h"

const cnd_plugin* condyle_entry_v1(const cnd_host* host) {
  (void)host;
  return NULL;
}
