# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0

# condyle_add_test(<name> SOURCES <file>... [LINK <target>...] [DEPENDS <target>...] [LABELS <label>...]
#                  [ONE])
# A GoogleTest program; each of its tests becomes one of CTest's, named <name>.<Suite>.<Case>. ONE: all of them together
# become one, for programs that start something large that their tests share.
function(condyle_add_test name)
  cmake_parse_arguments(arg "ONE" "" "SOURCES;LINK;DEPENDS;LABELS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LINK} condyle_warnings GTest::gmock GTest::gtest GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  if(arg_DEPENDS)
    add_dependencies(${name} ${arg_DEPENDS})
  endif()
  if(arg_ONE)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT 600 LABELS "${arg_LABELS}")
    return()
  endif()
  gtest_discover_tests(${name} TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 600 LABELS "${arg_LABELS}")
endfunction()
