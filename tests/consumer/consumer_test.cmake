# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
#
# cmake -DBUILD=<build dir> -DSOURCE=<tests/consumer> -DWORK=<scratch dir> -P consumer_test.cmake
#
# Installs the build into a prefix, builds the consumer project from a copy outside the tree, once with g++ and once
# with clang, and has the installed host load both plugins.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "exit ${result}: ${ARGV}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK})
set(prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
file(COPY ${SOURCE}/ DESTINATION ${WORK}/source)

set(plugins)
foreach(compiler g++ clang++)
  string(REPLACE "++" "xx" id "consumer_${compiler}")
  set(build ${WORK}/build-${compiler})
  run(${CMAKE_COMMAND} -S ${WORK}/source -B ${build} -G Ninja -DCMAKE_CXX_COMPILER=${compiler} -DCMAKE_BUILD_TYPE=Release
      -DCMAKE_PREFIX_PATH=${prefix} -DCONSUMER_ID=${id})
  run(${CMAKE_COMMAND} --build ${build})
  run(${CMAKE_CTEST_COMMAND} --test-dir ${build} --no-tests=error --output-on-failure)
  set(plugin ${build}/plugins/condyle_${id}.so)
  run(nm -D --defined-only ${plugin})
  string(REGEX MATCHALL "[^\n]+" exports "${output}")
  if(NOT exports MATCHES "^[0-9a-f]+ T condyle_entry_v1$")
    message(FATAL_ERROR "${plugin} exports more or less than condyle_entry_v1:\n${output}")
  endif()
  list(APPEND plugins ${plugin})
endforeach()

# The same source somewhere else gives the same file.
set(elsewhere ${WORK}/elsewhere/deeper)
file(COPY ${SOURCE}/ DESTINATION ${elsewhere}/source)
run(${CMAKE_COMMAND} -S ${elsewhere}/source -B ${elsewhere}/build -G Ninja -DCMAKE_CXX_COMPILER=g++
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=${prefix} -DCONSUMER_ID=consumer_gxx)
run(${CMAKE_COMMAND} --build ${elsewhere}/build --target condyle_consumer_gxx)
file(SHA256 ${WORK}/build-g++/plugins/condyle_consumer_gxx.so here)
file(SHA256 ${elsewhere}/build/plugins/condyle_consumer_gxx.so there)
if(NOT here STREQUAL there)
  message(FATAL_ERROR "condyle_consumer_gxx.so is another file when it is built in ${elsewhere}")
endif()

file(WRITE ${WORK}/case.json [[{"asOf": "2026-05-01T09:00:00Z", "patient": {"ageYears": 30},
  "findings": [{"key": "consumer.temperature", "quantity": {"value": 312.15, "unit": "K"}}]}]])
set(options)
foreach(plugin IN LISTS plugins)
  list(APPEND options --plugins ${plugin})
endforeach()
run(${prefix}/bin/condyle assess ${WORK}/case.json --format json ${options})
foreach(expected "\"pluginId\":\"consumer_gxx\"" "\"pluginId\":\"consumer_clangxx\"" "STATUS_POSITIVE" "look_again")
  string(FIND "${output}" "${expected}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "the installed host did not say ${expected}:\n${output}")
  endif()
endforeach()

# The embedding program and the installed plugins, with no path given to the command line tool.
execute_process(COMMAND ${WORK}/build-g++/embed ${prefix}/libexec/condyle/condyle-worker ${plugins}
                INPUT_FILE ${WORK}/case.json RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0 OR NOT output STREQUAL "consumer_clangxx STATUS_POSITIVE\nconsumer_gxx STATUS_POSITIVE\n")
  message(FATAL_ERROR "embed: exit ${result}: ${output}")
endif()
run(${prefix}/bin/condyle plugins list)

# The worked example of docs/writing-a-plugin.md, by both compilers. The checker finds nothing, warnings included.
file(COPY ${SOURCE}/../../docs/examples/plugin/ DESTINATION ${WORK}/example)
foreach(compiler g++ clang++)
  set(build ${WORK}/example/build-${compiler})
  run(${CMAKE_COMMAND} -S ${WORK}/example -B ${build} -G Ninja -DCMAKE_CXX_COMPILER=${compiler} -DCMAKE_BUILD_TYPE=Release
      -DCMAKE_PREFIX_PATH=${prefix})
  run(${CMAKE_COMMAND} --build ${build})
  run(${CMAKE_CTEST_COMMAND} --test-dir ${build} --no-tests=error --output-on-failure)
  run(${prefix}/bin/condyle plugins check ${build}/plugins/condyle_ottawa_ankle.so --level 5 --strict
      --cases ${WORK}/example/cases)
endforeach()
