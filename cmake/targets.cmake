# plumbline_library(NAME SOURCES ... DEPS other folders ... LINK packages ... [TORCH])
#   one static library per folder, named plumbline_NAME.
# plumbline_test(FOLDER NAME SOURCES ... DEPS folders ... [TORCH])
#   one test program for a folder, its cases registered with CTest.

add_library(plumbline_options INTERFACE)
target_include_directories(plumbline_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(plumbline_options INTERFACE -Wall -Wextra -Wshadow -Werror
  $<$<CONFIG:Release>:-Wno-restrict>)  # GCC 12 sees overlaps in std::string that are not there
target_compile_definitions(plumbline_options INTERFACE PLUMBLINE_VERSION="${PROJECT_VERSION}")
set(PLUMBLINE_TEST_SECONDS 900)  # of programs that work for long
if(PLUMBLINE_SANITIZE)
  set(PLUMBLINE_TEST_SECONDS 3600)
  # For targets with std::regex, in whose own code GCC 12 then sees uninitialised members.
  set(PLUMBLINE_REGEX_OPTIONS -Wno-maybe-uninitialized)
  set(sanitize -fsanitize=${PLUMBLINE_SANITIZE} -fno-omit-frame-pointer)
  if(PLUMBLINE_SANITIZE MATCHES undefined)
    list(APPEND sanitize -fno-sanitize=vptr -fno-sanitize-recover=undefined)
  endif()
  add_compile_options(${sanitize})
  add_link_options(${sanitize})
endif()

# plumbline_pch(NAME LINK packages HEADERS ... OPTIONS ...): torch's headers, precompiled once.
function(plumbline_pch name)
  cmake_parse_arguments(arg "" "" "LINK;HEADERS;OPTIONS" ${ARGN})
  file(WRITE ${CMAKE_BINARY_DIR}/${name}.cpp "")
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE plumbline_options plumbline_torch ${arg_LINK})
  target_compile_options(${name} PRIVATE ${arg_OPTIONS} -fpch-preprocess)
  target_precompile_headers(${name} PRIVATE
    <ATen/ATen.h> <ATen/core/grad_mode.h> <cstdint> <map> <memory> <optional> <string> <vector> ${arg_HEADERS})
endfunction()

# Compiling tests costs more than running them: torch's headers are precompiled for them once more,
# with GoogleTest's, for compilation without optimisation.
if(PLUMBLINE_TORCH AND PLUMBLINE_PCH)
  plumbline_pch(plumbline_pch)
  if(PLUMBLINE_TESTS)
    plumbline_pch(plumbline_test_pch LINK GTest::gmock HEADERS <gmock/gmock.h> OPTIONS -O0)
  endif()
endif()

# Gives a target torch and, where built, a precompiled header, by default that of libraries.
function(plumbline_use_torch target)
  set(pch ${ARGN})
  if(NOT pch)
    set(pch plumbline_pch)
  endif()
  target_link_libraries(${target} PUBLIC plumbline_torch)
  if(PLUMBLINE_PCH)
    # The header is compiled with -fPIC; executables would take -fPIE and could not use it.
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "EXECUTABLE")
      set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
      target_compile_options(${target} PRIVATE -fPIC)
    endif()
    target_compile_options(${target} PRIVATE -fpch-preprocess)
    target_precompile_headers(${target} REUSE_FROM ${pch})
  endif()
endfunction()

function(plumbline_library name)
  cmake_parse_arguments(arg "TORCH" "" "SOURCES;DEPS;LINK" ${ARGN})
  add_library(plumbline_${name} STATIC ${arg_SOURCES})
  target_link_libraries(plumbline_${name} PRIVATE plumbline_options)
  foreach(dep ${arg_DEPS})
    target_link_libraries(plumbline_${name} PUBLIC plumbline_${dep})
  endforeach()
  target_link_libraries(plumbline_${name} PUBLIC ${arg_LINK})
  if(arg_TORCH)
    plumbline_use_torch(plumbline_${name})
  endif()
endfunction()

function(plumbline_test folder)
  cmake_parse_arguments(arg "TORCH" "" "SOURCES;DEPS;LINK;LABELS" ${ARGN})
  set(target ${folder}_test)
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE plumbline_options GTest::gmock GTest::gtest GTest::gtest_main ${arg_LINK})
  foreach(dep ${folder} ${arg_DEPS})
    target_link_libraries(${target} PRIVATE plumbline_${dep})
  endforeach()
  target_compile_options(${target} PRIVATE -O0)
  set(label fast)
  if(arg_TORCH)
    plumbline_use_torch(${target} plumbline_test_pch)
    set(label torch)
  endif()
  if(arg_LABELS)
    set(label ${arg_LABELS})
  endif()
  # One CTest entry per program: loading libtorch costs more than most cases do.
  add_test(NAME ${folder} COMMAND ${target} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${folder} PROPERTIES LABELS ${label} TIMEOUT 600)
endfunction()
