// SPDX-License-Identifier: MIT
#include <iostream>

#include "seeds.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: svgfusion-fuzz-seeds FOLDER\n";
    return 2;
  }
  svgfusion::fuzz::write_seeds(SVGFUSION_SOURCE_DIR "/data/icons/svg", argv[1]);
}
