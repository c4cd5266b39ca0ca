/* SPDX-FileCopyrightText: The Condyle authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What every fixture plugin has: the note with its manifest.
 */
#ifndef CONDYLE_HOST_LOADER_TESTDATA_FIXTURE_H_
#define CONDYLE_HOST_LOADER_TESTDATA_FIXTURE_H_

#include "condyle/plugin.h"

/* The build defines FIXTURE_NOTE: the file with the serialized manifest. */
__asm__(
    ".pushsection .note.condyle, \"a\", %note\n"
    ".balign 4\n"
    ".long 8, 2f - 1f, 0x434D0001\n"
    ".asciz \"Condyle\"\n"
    "1: .incbin \"" FIXTURE_NOTE
    "\"\n"
    "2: .balign 4\n"
    ".popsection\n");

#endif /* CONDYLE_HOST_LOADER_TESTDATA_FIXTURE_H_ */
