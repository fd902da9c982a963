# FindLibTorch: LibTorch from a pip wheel or an unpacked libtorch archive, as imported targets, without running
# Torch's own CMake package (which fails on CUDA wheels without a toolkit, and rewrites global flags).
#
# Looks in, first to last: LibTorch_ROOT, the environment's LIBTORCH, .venv of the source tree, python3's torch.
#
#   LibTorch::Torch            include folders, libraries, rpath
#   LibTorch::CUDA             for CUDA graphs, NCCL and NVTX: their headers and libraries, where this is a CUDA build
#                              and all of them are found
#   LibTorch::Threads          to use LibTorch's own threads (at::parallel_for), which is compiled into who calls it:
#                              -fopenmp, and the OpenMP library that LibTorch brings rather than a second one
#   LibTorch_VERSION           as in 2.13.0
#   LibTorch_WITH_CUDA         whether it is a CUDA build
#   LibTorch_CUDA_VERSION      of that build, where the wheel says so
if(NOT LibTorch_ROOT AND DEFINED ENV{LIBTORCH})
  set(LibTorch_ROOT "$ENV{LIBTORCH}")
endif()
if(NOT LibTorch_ROOT)
  foreach(_python "${CMAKE_SOURCE_DIR}/.venv/bin/python" python3)
    # find_spec does not import torch: quick, and it works without a driver.
    execute_process(
      COMMAND "${_python}" -c
        "import importlib.util as u, os; s = u.find_spec('torch'); print(os.path.dirname(s.origin) if s else '')"
      OUTPUT_VARIABLE _found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE _failed)
    if(NOT _failed AND _found)
      set(LibTorch_ROOT "${_found}")
      break()
    endif()
  endforeach()
endif()

set(_where HINTS "${LibTorch_ROOT}" NO_DEFAULT_PATH)
find_path(LibTorch_INCLUDE_DIR torch/csrc/api/include/torch/torch.h ${_where} PATH_SUFFIXES include)
foreach(_name torch torch_cpu c10 torch_cuda c10_cuda)
  find_library(LibTorch_${_name}_LIBRARY ${_name} ${_where} PATH_SUFFIXES lib)
endforeach()

set(LibTorch_VERSION "")
foreach(_header torch/headeronly/version.h torch/csrc/api/include/torch/version.h)  # 2.10 and later, earlier
  if(NOT LibTorch_VERSION AND EXISTS "${LibTorch_INCLUDE_DIR}/${_header}")
    file(STRINGS "${LibTorch_INCLUDE_DIR}/${_header}" _lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
    string(REGEX MATCHALL "[0-9]+" _numbers "${_lines}")
    string(REPLACE ";" "." LibTorch_VERSION "${_numbers}")
  endif()
endforeach()
set(LibTorch_CUDA_VERSION "")
if(EXISTS "${LibTorch_ROOT}/version.py")
  file(STRINGS "${LibTorch_ROOT}/version.py" _line REGEX "^cuda")
  if(_line MATCHES "'([0-9.]+)'")
    set(LibTorch_CUDA_VERSION "${CMAKE_MATCH_1}")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_torch_LIBRARY LibTorch_torch_cpu_LIBRARY LibTorch_c10_LIBRARY LibTorch_INCLUDE_DIR
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "run scripts/setup.sh, or set LIBTORCH to a folder with LibTorch's include and lib")

set(LibTorch_WITH_CUDA FALSE)
if(LibTorch_torch_cuda_LIBRARY AND LibTorch_c10_cuda_LIBRARY)
  set(LibTorch_WITH_CUDA TRUE)
endif()

if(LibTorch_FOUND AND NOT TARGET LibTorch::Torch)
  add_library(LibTorch::Torch INTERFACE IMPORTED)
  target_include_directories(LibTorch::Torch SYSTEM INTERFACE
    "${LibTorch_INCLUDE_DIR}" "${LibTorch_INCLUDE_DIR}/torch/csrc/api/include")
  target_compile_definitions(LibTorch::Torch INTERFACE USE_DISTRIBUTED)
  set(_libraries ${LibTorch_torch_LIBRARY} ${LibTorch_torch_cpu_LIBRARY} ${LibTorch_c10_LIBRARY})
  if(LibTorch_WITH_CUDA)
    list(APPEND _libraries ${LibTorch_torch_cuda_LIBRARY} ${LibTorch_c10_cuda_LIBRARY})
  endif()
  # torch_cuda registers its kernels in static initialisers; nothing else refers to it, so the linker must be
  # told to keep it.
  # The C++ library comes first: libtorch.so of some CUDA wheels (2.11) exports functions of
  # std::filesystem that it cannot run itself, and what comes first is called.
  string(REPLACE ";" " " _libraries "-lstdc++;${_libraries}")
  get_filename_component(_library_dir "${LibTorch_torch_LIBRARY}" DIRECTORY)
  target_link_libraries(LibTorch::Torch INTERFACE "-Wl,--push-state,--no-as-needed ${_libraries} -Wl,--pop-state")
  target_link_options(LibTorch::Torch INTERFACE "-Wl,-rpath,${_library_dir}" "-Wl,--disable-new-dtags")
  add_library(LibTorch::Threads INTERFACE IMPORTED)
  target_compile_options(LibTorch::Threads INTERFACE -fopenmp)
  file(GLOB _openmp "${_library_dir}/libgomp*.so*" "${_library_dir}/../../torch.libs/libgomp*.so*")
  if(_openmp)
    list(GET _openmp 0 _openmp)
    target_link_libraries(LibTorch::Threads INTERFACE "${_openmp}")
  else()
    target_link_options(LibTorch::Threads INTERFACE -fopenmp)
  endif()
  if(LibTorch_WITH_CUDA)
    get_filename_component(_site "${LibTorch_ROOT}" DIRECTORY)
    # cuda_runtime.h includes this one, which wheels leave out: they alone are no toolkit.
    find_path(LibTorch_CUDART_INCLUDE_DIR crt/host_config.h
      HINTS "$ENV{CUDA_HOME}/include" /usr/local/cuda/include
            "${_site}/nvidia/cu13/include" "${_site}/nvidia/cuda_runtime/include")
    set(_nvidia "${_site}/nvidia/cu13" "${_site}/nvidia/cuda_runtime" "${_site}/nvidia/nccl" "${_site}/nvidia/nvtx"
      "$ENV{CUDA_HOME}" /usr/local/cuda)
    find_path(LibTorch_NCCL_INCLUDE_DIR nccl.h HINTS ${_nvidia} PATH_SUFFIXES include)
    find_path(LibTorch_NVTX_INCLUDE_DIR nvtx3/nvToolsExt.h HINTS ${_nvidia} PATH_SUFFIXES include)
    # The wheels hold libraries under their versioned names alone.
    find_library(LibTorch_CUDART_LIBRARY NAMES libcudart.so.13 libcudart.so.12 cudart HINTS ${_nvidia}
      PATH_SUFFIXES lib lib64)
    find_library(LibTorch_NCCL_LIBRARY NAMES libnccl.so.2 nccl HINTS ${_nvidia} PATH_SUFFIXES lib lib64)
    if(LibTorch_CUDART_INCLUDE_DIR AND LibTorch_NCCL_INCLUDE_DIR AND LibTorch_NVTX_INCLUDE_DIR
       AND LibTorch_CUDART_LIBRARY AND LibTorch_NCCL_LIBRARY)
      add_library(LibTorch::CUDA INTERFACE IMPORTED)
      target_include_directories(LibTorch::CUDA SYSTEM INTERFACE "${LibTorch_CUDART_INCLUDE_DIR}"
        "${LibTorch_NCCL_INCLUDE_DIR}" "${LibTorch_NVTX_INCLUDE_DIR}")
      target_link_libraries(LibTorch::CUDA INTERFACE LibTorch::Torch "${LibTorch_CUDART_LIBRARY}"
        "${LibTorch_NCCL_LIBRARY}" ${CMAKE_DL_LIBS})
      foreach(_library "${LibTorch_CUDART_LIBRARY}" "${LibTorch_NCCL_LIBRARY}")
        get_filename_component(_library_dir "${_library}" DIRECTORY)
        target_link_options(LibTorch::CUDA INTERFACE "-Wl,-rpath,${_library_dir}")
      endforeach()
    else()
      message(STATUS "LibTorch is a CUDA build, but the CUDA toolkit's headers, NCCL or NVTX are not all here: "
        "GPUs work, but without CUDA graphs and NCCL")
    endif()
  endif()
endif()
