// SPDX-License-Identifier: MIT
// A fixed size for batches, to which icons of no weight fill them up: every batch then has the same
// shapes, and a CUDA graph can replay its step.
#pragma once

#include "svgfusion/model/icon_batch.h"

namespace svgfusion::model {

struct BatchSizes {
  std::int64_t icons = 0, contours = 0, lines = 0, cubics = 0;  // commands: all but icons

  static BatchSizes of(const icon::TokenIcon& icon);
  BatchSizes& operator+=(const BatchSizes& other);
  BatchSizes operator-(const BatchSizes& other) const;
  friend bool operator==(const BatchSizes&, const BatchSizes&) = default;
};

class BatchRoom {
 public:
  // Room for batches of `batch_size` icons drawn from some whose sizes are `icons`: for each size
  // the mean of such a batch and 2.5 standard deviations.
  BatchRoom(const std::vector<BatchSizes>& icons, std::int64_t batch_size,
            const icon::TokenLimits& limits);

  const BatchSizes& sizes() const { return sizes_; }
  // The icons with those that fill up what is left; nothing where they do not fit. On the CPU.
  std::optional<IconBatch> filled(std::vector<icon::TokenIcon> icons,
                                  std::vector<std::int64_t> labels) const;

 private:
  // Whether contours and icons are enough, and not too many, for the rest of what is left.
  bool can_fill(const BatchSizes& left) const;
  std::vector<icon::TokenIcon> filling(const BatchSizes& left) const;

  icon::TokenLimits limits_;
  BatchSizes sizes_;
};

}  // namespace svgfusion::model
