# Uses ccache where it is installed; it is not needed.
find_program(PLUMBLINE_CCACHE ccache)
if(PLUMBLINE_CCACHE)
  # Without this sloppiness ccache misses every file that uses the precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${PLUMBLINE_CCACHE})
endif()
