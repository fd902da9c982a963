// SPDX-License-Identifier: MIT
// A library that NVTX loads into a tool as it loads a profiler (NVTX_INJECTION64_PATH): writes a
// line to the file SVGFUSION_NVTX_OUTPUT for each range that begins, "+name", or ends, "-".
#include <nvtx3/nvToolsExt.h>

#include <cstdio>
#include <cstdlib>

namespace {

std::FILE* out = nullptr;

int begin(const char* name) {
  std::fprintf(out, "+%s\n", name);
  return 0;
}
int end() {
  std::fputs("-\n", out);
  return 0;
}

}  // namespace

extern "C" int InitializeInjectionNvtx2(NvtxGetExportTableFunc_t table_of) {
  const char* path = std::getenv("SVGFUSION_NVTX_OUTPUT");
  out = path == nullptr ? nullptr : std::fopen(path, "w");
  const auto* callbacks =
      static_cast<const NvtxExportTableCallbacks*>(table_of(NVTX_ETID_CALLBACKS));
  NvtxFunctionTable table = nullptr;
  unsigned size = 0;
  if (out == nullptr || callbacks == nullptr ||
      callbacks->GetModuleFunctionTable(NVTX_CB_MODULE_CORE, &table, &size) == 0 ||
      size <= NVTX_CBID_CORE_RangePop)
    return 0;
  *table[NVTX_CBID_CORE_RangePushA] = reinterpret_cast<NvtxFunctionPointer>(&begin);
  *table[NVTX_CBID_CORE_RangePop] = reinterpret_cast<NvtxFunctionPointer>(&end);
  return 1;
}
