# SPDX-FileCopyrightText: The Condyle authors
# SPDX-License-Identifier: Apache-2.0
#
# cmake -DBUILD=<build dir> -DSOURCE=<source dir> -DLIBDIR=<lib/...> -DPYTHON=<python3> -DWORK=<scratch dir>
#   -P embedding_test.cmake
#
# Installs the build into a prefix; builds the examples of docs/examples/embedding and the programs of this folder
# against it, from copies outside the tree; and runs them.
function(run expected)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE error)
  if(NOT result STREQUAL expected)
    message(FATAL_ERROR "exit ${result} and not ${expected}: ${ARGN}\n${output}${error}")
  endif()
  set(output "${output}" PARENT_SCOPE)
  set(error "${error}" PARENT_SCOPE)
endfunction()

function(expect text what)
  string(FIND "${text}" "${what}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "this does not say \"${what}\":\n${text}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
set(prefix ${WORK}/prefix)
run(0 ${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
set(library ${prefix}/${LIBDIR}/libcondyle_host.so.1)
set(case ${SOURCE}/docs/examples/runner.bundle.json)
file(WRITE ${WORK}/impossible.json [[{"patient": {"ageYears": 300}}]])

# The library: its name, and nothing of its insides.
run(0 nm -D --defined-only ${library})
string(REGEX MATCHALL "[^\n]+" exports "${output}")
foreach(export IN LISTS exports)
  if(NOT export MATCHES " (T cndh_[a-z_]+@@CONDYLE_HOST_1|A CONDYLE_HOST_1)$")
    message(FATAL_ERROR "libcondyle_host.so.1 exports ${export}")
  endif()
endforeach()
run(0 readelf -d ${library})
expect("${output}" "soname: [libcondyle_host.so.1]")

# The header alone, by both languages and both compilers.
foreach(compiler gcc clang)
  run(0 ${compiler} -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c ${prefix}/include/condyle/host.h)
  run(0 ${compiler} -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ ${prefix}/include/condyle/host.h)
endforeach()

# The examples.
set(examples ${WORK}/examples)
file(COPY ${SOURCE}/docs/examples/embedding/ DESTINATION ${examples})
run(0 ${CMAKE_COMMAND} -S ${examples} -B ${examples}/build -G Ninja -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_PREFIX_PATH=${prefix})
run(0 ${CMAKE_COMMAND} --build ${examples}/build)
# The same in C with what pkg-config says and no CMake.
run(0 ${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${prefix}/${LIBDIR}/pkgconfig pkg-config --cflags --libs condyle-host)
string(STRIP "${output}" flags)
separate_arguments(flags UNIX_COMMAND "${flags}")
run(0 gcc -std=c11 -Wall -Wextra -Wpedantic -Werror ${examples}/assess.c -o ${WORK}/assess_pc ${flags}
    -Wl,-rpath,${prefix}/${LIBDIR})
set(python ${CMAKE_COMMAND} -E env CONDYLE_HOST_LIBRARY=${library} PYTHONDONTWRITEBYTECODE=1 ${PYTHON})
foreach(example "${examples}/build/assess_c" "${WORK}/assess_pc" "${examples}/build/assess_cpp"
        "${python};${examples}/assess.py")
  # The libraries know where they are; a program that has Condyle linked in is asked to say where the installation is,
  # which is not where it was configured to be.
  set(plugins)
  set(worker)
  if(example MATCHES cpp)
    set(plugins ${prefix}/${LIBDIR}/condyle/plugins)
    set(worker ${prefix}/libexec/condyle/condyle-worker)
  endif()
  run(0 ${example} ${case} ${plugins} ${worker})
  foreach(said "Urgency: URGENCY_" "Undecided: red_flag_screen" "Advice: " "On hold, not advice: " "Ask: ")
    expect("${output}" "${said}")
  endforeach()
  string(REGEX REPLACE "\n.*" "" first "${output}")
  list(APPEND urgencies "${first}")
  run(2 ${example} ${WORK}/impossible.json ${plugins} ${worker})
  expect("${error}" "/patient/ageYears")
  run(1 ${example} ${case} /nowhere)
  expect("${error}" "/nowhere")
  run(64 ${example})
  run(64 ${example} /nowhere/case.json ${plugins} ${worker})
endforeach()
list(REMOVE_DUPLICATES urgencies)
list(LENGTH urgencies different)
if(NOT different EQUAL 1)
  message(FATAL_ERROR "the examples do not say the same: ${urgencies}")
endif()

# The programs.
file(COPY ${SOURCE}/tests/embedding/ DESTINATION ${WORK}/source)
set(build ${WORK}/build)
run(0 ${CMAKE_COMMAND} -S ${WORK}/source -B ${build} -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=${prefix})
run(0 ${CMAKE_COMMAND} --build ${build})
run(0 ${build}/calls ${case} ${WORK}/audit.db)
run(0 ${prefix}/bin/condyle audit verify --store sqlite:${WORK}/audit.db)
run(0 ${build}/misuse ${case})
run(0 ${build}/foreign_protobuf ${case})
run(0 ${build}/reload ${library})
run(0 ${build}/endurance ${case})
message(STATUS "endurance: ${output}")
run(0 ${python} ${SOURCE}/tests/embedding/from_python.py ${examples} ${case})
execute_process(COMMAND ${build}/clash RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE error)
if(result EQUAL 0)
  message(FATAL_ERROR "both libraries in one process got on with each other: say so in docs/ehr/embedding.md")
endif()
expect("${error}" "File already exists in database")
