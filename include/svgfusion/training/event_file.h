// SPDX-License-Identifier: MIT
// TensorBoard's event files: framed records (TFRecord) of Event messages in protocol-buffer wire
// format, written without either library. metrics.jsonl stays the source of truth.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace svgfusion::training {

// CRC-32C (Castagnoli; RFC 3720, appendix B.4), which guards the records.
std::uint32_t crc32c(std::string_view bytes);

class EventFile {
 public:
  // Makes a new file in `folder`, named by the time and the process. TensorBoard drops what earlier
  // files say of steps after `first_step`. Throws FileError.
  EventFile(const std::filesystem::path& folder, std::int64_t first_step);

  void scalars(std::int64_t step, const std::map<std::string, double>& values);
  // A PNG file as an image.
  void image(std::int64_t step, const std::string& tag, std::string_view png);

 private:
  void event(std::int64_t step, std::string_view fields);

  std::filesystem::path path_;
};

}  // namespace svgfusion::training
