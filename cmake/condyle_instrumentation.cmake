# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
#
# Sanitizers and coverage apply to everything in the tree, plugins included: half-instrumented programs give false alarms.
if(CONDYLE_SANITIZE)
  add_compile_options(-fsanitize=${CONDYLE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CONDYLE_SANITIZE})
endif()
if(CONDYLE_COVERAGE)
  add_compile_options(--coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()
if(CONDYLE_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "CONDYLE_FUZZ needs clang, whose libFuzzer it uses: cmake --preset fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link) # what libFuzzer steers by
endif()
