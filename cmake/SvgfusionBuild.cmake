# Compiler settings shared by every target of this project.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

find_program(SVGFUSION_CCACHE ccache)
if(SVGFUSION_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${SVGFUSION_CCACHE}")
endif()

add_library(svgfusion_settings INTERFACE)
target_compile_options(svgfusion_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough -Wno-missing-field-initializers)
if(SVGFUSION_WARNINGS_AS_ERRORS)
  target_compile_options(svgfusion_settings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
  # It sees writes beyond what std::vector<bool> and the like have allocated, inlined from LibTorch's headers.
  target_compile_options(svgfusion_settings INTERFACE -Wno-array-bounds -Wno-stringop-overflow)
endif()
if(SVGFUSION_SANITIZE)
  target_compile_options(svgfusion_settings INTERFACE -fsanitize=${SVGFUSION_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 sees ghosts in <regex> under sanitizers.
    target_compile_options(svgfusion_settings INTERFACE -Wno-maybe-uninitialized)
  endif()
  target_link_options(svgfusion_settings INTERFACE -fsanitize=${SVGFUSION_SANITIZE})
endif()

if(SVGFUSION_FUZZ)
  target_compile_options(svgfusion_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

# svgfusion_precompile(TARGET header...): parses these once for all files of TARGET. LibTorch's take half of a file's time.
# With -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON each file must find all it needs by its own includes.
function(svgfusion_precompile target)
  if(CMAKE_DISABLE_PRECOMPILE_HEADERS)
    return()
  endif()
  target_precompile_headers(${target} PRIVATE ${ARGN})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC forgets what in such a header is a system's, and then warns of what its optimiser makes of the standard library.
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread -Wno-restrict
      -Wno-maybe-uninitialized -fpch-preprocess)
  endif()
  # What ccache wants, as the last option above, before it keeps objects that were made so; another launcher is left alone.
  if(SVGFUSION_CCACHE AND CMAKE_CXX_COMPILER_LAUNCHER STREQUAL SVGFUSION_CCACHE)
    set_target_properties(${target} PROPERTIES CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${SVGFUSION_CCACHE}")
  endif()
endfunction()

# svgfusion_batches(TARGET): compiles its sources some at a time. Most of a file's time goes into what LibTorch's headers
# instantiate: one that took 15 s took 16 together with three others. Their unnamed namespaces become one, so names in them
# must differ. -DCMAKE_UNITY_BUILD=OFF compiles each file alone.
function(svgfusion_batches target)
  if(NOT DEFINED CMAKE_UNITY_BUILD OR CMAKE_UNITY_BUILD)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE BATCH UNITY_BUILD_BATCH_SIZE 6)
  endif()
endfunction()

# svgfusion_rooms(TARGET room...): the sources of these rooms under src/ as a part of TARGET.
function(svgfusion_rooms target)
  foreach(room ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/${room}/*.cpp")
    target_sources(${target} PRIVATE ${sources})
  endforeach()
endfunction()
