# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
#
# condyle_warnings: the warnings of our own code. Linked PRIVATE, so that no one else is bound by them.
add_library(condyle_warnings INTERFACE)
# -Wrestrict of GCC 12 fires on every inlined "text" + std::string (GCC bug 105651).
target_compile_options(condyle_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wcast-align -Wimplicit-fallthrough -Wno-missing-field-initializers
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> $<$<COMPILE_LANGUAGE:CXX>:-Woverloaded-virtual>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${CONDYLE_WERROR}>:-Werror>)
