# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0

# condyle_add_pack(<name> PARTS <file.textproto>...)
#
# What the plugins of a pack share: an interface target <name> with the generated header <name>/pack.h (namespace
# condyle::<name>: input, answer, cite, advice, condition), to be named as PACK by its plugins.
function(condyle_add_pack name)
  cmake_parse_arguments(arg "" "" "PARTS" ${ARGN})
  if(NOT arg_PARTS)
    message(FATAL_ERROR "condyle_add_pack(${name}): PARTS is missing")
  endif()
  set(parts)
  foreach(part IN LISTS arg_PARTS)
    cmake_path(ABSOLUTE_PATH part BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    list(APPEND parts ${part})
  endforeach()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(header ${generated}/${name}/pack.h)
  list(TRANSFORM parts PREPEND --pack= OUTPUT_VARIABLE options)
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${generated}/${name}
    COMMAND condyle::manifest ${options} --namespace condyle::${name} --header ${header}
    COMMAND ${CMAKE_COMMAND} -E touch ${header}
    DEPENDS ${parts} condyle::manifest
    COMMENT "Pack ${name}"
    VERBATIM)
  add_custom_target(${name}_header DEPENDS ${header})
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_header)
  target_include_directories(${name} INTERFACE ${generated})
  target_link_libraries(${name} INTERFACE condyle::sdk)
  set_target_properties(${name} PROPERTIES CONDYLE_PACK_PARTS "${parts}")
endfunction()

# condyle_add_plugin(<id> SOURCES <file>... [MANIFEST <file.textproto>] [PACK <pack>] [LINK <target>...]
#                    [TEST <file>...] [CASES <directory>])
#
# A plugin condyle_<id>.so, in ${CMAKE_BINARY_DIR}/plugins unless CONDYLE_PLUGIN_OUTPUT_DIRECTORY says otherwise.
#   SOURCES   its own sources. They see the generated header <id>/manifest.h (namespace condyle::<id>: kPluginId,
#             kPluginVersion, input, answer, cite, advice), which holds just what the manifest declares, and the
#             conditions of the pack (condition).
#   MANIFEST  condyle.v1.ManifestSource in text format; default manifest.textproto.
#   PACK      the pack (condyle_add_pack) from which the manifest takes inputs, citations and recommendations.
#   LINK      further static libraries, built position-independent with hidden symbols.
#   TEST      GoogleTest sources, linked with the plugin's own objects and condyle::testing; if BUILD_TESTING.
#   CASES     directory of worked patients, run by `condyle cases` with all plugins of the output directory; if
#             BUILD_TESTING.
# The result exports exactly one symbol, condyle_entry_v1, and has no text relocations, no executable stack and
# immediate binding. Optimised builds of one source with one compiler give the same file in every directory.
function(condyle_add_plugin id)
  cmake_parse_arguments(arg "" "MANIFEST;PACK;CASES" "SOURCES;LINK;TEST" ${ARGN})
  if(NOT id MATCHES "^[a-z][a-z0-9_]*$")
    message(FATAL_ERROR "condyle_add_plugin: id '${id}' must be lower-case letters, digits and '_'")
  endif()
  if(NOT arg_SOURCES)
    message(FATAL_ERROR "condyle_add_plugin(${id}): SOURCES is missing")
  endif()
  if(NOT arg_MANIFEST)
    set(arg_MANIFEST manifest.textproto)
  endif()
  set(manifest ${arg_MANIFEST})
  cmake_path(ABSOLUTE_PATH manifest BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set(parts)
  if(arg_PACK)
    get_target_property(parts ${arg_PACK} CONDYLE_PACK_PARTS)
  endif()
  list(TRANSFORM parts PREPEND --pack= OUTPUT_VARIABLE options)

  set(generated ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(header ${generated}/${id}/manifest.h)
  set(note ${generated}/${id}/manifest_note.cc)
  set(binary ${generated}/${id}/manifest.binpb)
  add_custom_command(
    OUTPUT ${header} ${note} ${binary}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${generated}/${id}
    COMMAND condyle::manifest --manifest ${manifest} ${options} --namespace condyle::${id} --header ${header}
            --note ${note} --binary ${binary}
    COMMAND ${CMAKE_COMMAND} -E touch ${header} ${note} ${binary}
    DEPENDS ${manifest} ${parts} condyle::manifest
    COMMENT "Manifest of ${id}"
    VERBATIM)

  # The plugin's objects, shared by the plugin and its tests.
  set(objects condyle_${id}_objects)
  add_library(${objects} OBJECT ${arg_SOURCES} ${header})
  set_target_properties(${objects} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
                        C_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_include_directories(${objects} PUBLIC ${generated})
  target_link_libraries(${objects} PUBLIC condyle::sdk ${arg_PACK} ${arg_LINK})
  if(TARGET condyle_warnings)
    target_link_libraries(${objects} PRIVATE condyle_warnings)
  endif()

  set(plugin condyle_${id})
  add_library(${plugin} MODULE ${note})
  if(NOT CONDYLE_PLUGIN_OUTPUT_DIRECTORY)
    set(CONDYLE_PLUGIN_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
  endif()
  set_target_properties(${plugin} PROPERTIES PREFIX "" OUTPUT_NAME condyle_${id} POSITION_INDEPENDENT_CODE ON
                        CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
                        LIBRARY_OUTPUT_DIRECTORY ${CONDYLE_PLUGIN_OUTPUT_DIRECTORY} BUILD_RPATH "" SKIP_BUILD_RPATH ON
                        LINK_DEPENDS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
  target_link_libraries(${plugin} PRIVATE ${objects})
  target_compile_options(${objects} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  # No directory in the file. Debug builds keep theirs, for debuggers. The last map that fits counts: build trees lie
  # within source trees.
  set(directories -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=${CMAKE_BINARY_DIR}/=build/)
  foreach(target IN ITEMS ${objects} ${plugin})
    target_compile_options(${target} PRIVATE "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:${directories}>")
  endforeach()
  target_link_options(
    ${plugin} PRIVATE LINKER:--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map LINKER:--exclude-libs,ALL
    LINKER:-z,now LINKER:-z,relro LINKER:-z,noexecstack LINKER:-z,text LINKER:--build-id=sha1 LINKER:--gc-sections)
  if(NOT CONDYLE_SANITIZE)
    target_link_options(${plugin} PRIVATE LINKER:-z,defs) # sanitizer run-times leave symbols for the program
  endif()

  if(arg_TEST AND BUILD_TESTING)
    include(GoogleTest)
    add_executable(${plugin}_test ${arg_TEST})
    set_target_properties(${plugin}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    target_link_libraries(${plugin}_test PRIVATE ${objects} condyle::testing GTest::gmock GTest::gtest
                          GTest::gtest_main)
    if(TARGET condyle_warnings)
      target_link_libraries(${plugin}_test PRIVATE condyle_warnings)
    endif()
    gtest_discover_tests(${plugin}_test TEST_PREFIX plugin.${id}. DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60)
  endif()
  if(arg_CASES AND BUILD_TESTING)
    set(cases ${arg_CASES})
    cmake_path(ABSOLUTE_PATH cases BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    add_test(NAME plugin.${id}.cases COMMAND condyle::cli cases ${cases} --plugins ${CONDYLE_PLUGIN_OUTPUT_DIRECTORY})
    set_tests_properties(plugin.${id}.cases PROPERTIES TIMEOUT 120)
  endif()
endfunction()
