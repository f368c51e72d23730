# One interface target, plumbline_torch, around libtorch. Nothing else sees torch's paths.
#
# The libraries are named directly instead of through find_package(Torch): the CUDA wheel's package
# file insists on a CUDA toolkit even for host-only code, and this way the CPU and the CUDA wheel
# build alike. libtorch is found through Torch_DIR (<root>/share/cmake/Torch or <root>), else in .venv.
if(Torch_DIR)
  get_filename_component(torch_root ${Torch_DIR} ABSOLUTE)
  if(NOT EXISTS ${torch_root}/include/torch)
    get_filename_component(torch_root ${Torch_DIR}/../../.. ABSOLUTE)
  endif()
else()
  file(GLOB torch_candidates ${CMAKE_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch)
  list(APPEND torch_candidates ${CMAKE_SOURCE_DIR}/.venv)  # named in the error when there is none
  list(GET torch_candidates 0 torch_root)
endif()
if(NOT EXISTS ${torch_root}/lib/libtorch_cpu.so)
  message(FATAL_ERROR "[build] looking for libtorch: expected libtorch_cpu.so below '${torch_root}/lib'.\n"
          "Hint: run ./dev setup, or set Torch_DIR to libtorch's share/cmake/Torch.")
endif()
file(STRINGS ${torch_root}/share/cmake/Torch/TorchConfig.cmake torch_abi REGEX "GLIBCXX_USE_CXX11_ABI=0")
if(torch_abi)
  message(FATAL_ERROR "[build] checking libtorch: expected the C++11 ABI, got a pre-C++11 ABI build.")
endif()
message(STATUS "libtorch: ${torch_root}")

add_library(plumbline_torch INTERFACE)
# After the system's folders: the wheel carries headers of its own fmt, which would win over Debian's
# and then miss their library. Folders named this way count as system headers too.
target_compile_options(plumbline_torch INTERFACE
  "SHELL:-idirafter ${torch_root}/include" "SHELL:-idirafter ${torch_root}/include/torch/csrc/api/include")
# The wheel's own OpenMP runtime, by file: -fopenmp at link time would add the system's as a second one.
file(GLOB torch_gomp ${torch_root}/lib/libgomp*.so*)
target_link_libraries(plumbline_torch INTERFACE
  -Wl,--no-as-needed ${torch_root}/lib/libtorch.so ${torch_root}/lib/libtorch_cpu.so
  ${torch_root}/lib/libc10.so -Wl,--as-needed ${torch_gomp})
target_compile_options(plumbline_torch INTERFACE -fopenmp)
set(CMAKE_BUILD_RPATH ${torch_root}/lib)
