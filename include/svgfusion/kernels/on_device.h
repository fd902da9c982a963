// SPDX-License-Identifier: MIT
// Marks functions that the CPU's and the GPU's kernels share.
#pragma once

#ifdef __CUDACC__
#define SVGFUSION_ON_DEVICE __host__ __device__
#else
#define SVGFUSION_ON_DEVICE
#endif
