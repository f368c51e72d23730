# plumbline_library(NAME SOURCES ... DEPS other folders ... LINK packages ... [TORCH])
#   one static library per folder, named plumbline_NAME.
# plumbline_test(FOLDER NAME SOURCES ... DEPS folders ... [TORCH])
#   one test program for a folder, its cases registered with CTest.

add_library(plumbline_options INTERFACE)
target_include_directories(plumbline_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(plumbline_options INTERFACE -Wall -Wextra -Wshadow -Werror
  $<$<CONFIG:Release>:-Wno-restrict>)  # GCC 12 sees overlaps in std::string that are not there
target_compile_definitions(plumbline_options INTERFACE PLUMBLINE_VERSION="${PROJECT_VERSION}")
if(PLUMBLINE_SANITIZE)
  set(sanitize -fsanitize=${PLUMBLINE_SANITIZE} -fno-omit-frame-pointer)
  if(PLUMBLINE_SANITIZE MATCHES undefined)
    list(APPEND sanitize -fno-sanitize=vptr -fno-sanitize-recover=undefined)
  endif()
  # GCC 12 sees uninitialised values in an instrumented std::regex that are not there.
  add_compile_options(${sanitize} -Wno-maybe-uninitialized)
  add_link_options(${sanitize})
endif()

if(PLUMBLINE_TORCH AND PLUMBLINE_PCH)
  file(WRITE ${CMAKE_BINARY_DIR}/pch.cpp "")
  add_library(plumbline_pch OBJECT ${CMAKE_BINARY_DIR}/pch.cpp)
  target_link_libraries(plumbline_pch PRIVATE plumbline_options plumbline_torch)
  target_compile_options(plumbline_pch PRIVATE -fpch-preprocess)
  target_precompile_headers(plumbline_pch PRIVATE
    <ATen/ATen.h> <ATen/core/grad_mode.h>
    <cstdint> <map> <memory> <optional> <string> <vector>)
endif()

# Gives a target torch and, where built, the shared precompiled header.
function(plumbline_use_torch target)
  target_link_libraries(${target} PUBLIC plumbline_torch)
  if(PLUMBLINE_PCH)
    # The header is compiled with -fPIC; executables would take -fPIE and could not use it.
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "EXECUTABLE")
      set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
      target_compile_options(${target} PRIVATE -fPIC)
    endif()
    target_compile_options(${target} PRIVATE -fpch-preprocess)
    target_precompile_headers(${target} REUSE_FROM plumbline_pch)
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
  set(label fast)
  # Compiling tests costs more than running them.
  if(arg_TORCH)
    plumbline_use_torch(${target})
    target_compile_options(${target} PRIVATE -O1)  # the precompiled header takes no -O0
    set(label torch)
  else()
    target_compile_options(${target} PRIVATE -O0)
  endif()
  if(arg_LABELS)
    set(label ${arg_LABELS})
  endif()
  # One CTest entry per program: loading libtorch costs more than most cases do.
  add_test(NAME ${folder} COMMAND ${target} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${folder} PROPERTIES LABELS ${label} TIMEOUT 600)
endfunction()
