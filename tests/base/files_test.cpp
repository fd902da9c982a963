// SPDX-License-Identifier: MIT
#include "svgfusion/base/files.h"

#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "support/support.h"
#include "svgfusion/base/error.h"

namespace svgfusion::base {
namespace {

using test::message_of;
namespace fs = std::filesystem;

TEST(Files, WriteReplacesWholeAndLeavesNothingElse) {
  const test::TemporaryFolder folder;
  write_file(folder / "a.txt", "first");
  write_file(folder / "a.txt", "second");
  EXPECT_EQ(read_file(folder / "a.txt"), "second");
  write_file(folder / "a.txt", "third", Durability::kSyncedLater);
  sync_file_system(folder.path());
  EXPECT_EQ(read_file(folder / "a.txt"), "third");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(Files, ErrorsNameTheFileAndTheReason) {
  const test::TemporaryFolder folder;
  EXPECT_CONTAINS(message_of<FileError>([&] { read_file(folder / "missing"); }),
                  "missing: cannot be opened");
  EXPECT_CONTAINS(message_of<FileError>([&] { read_file(folder.path()); }), "is a folder");
  EXPECT_CONTAINS(message_of<FileError>([&] { write_file(folder / "no/such/x", "y"); }),
                  "cannot be created");
  EXPECT_CONTAINS(message_of<FileError>([&] { sync_file_system(folder / "no"); }),
                  "cannot be kept");
  test::write(folder / "file", "x");
  EXPECT_CONTAINS(message_of<FileError>([&] { ensure_folder(folder / "file"); }),
                  "cannot be created");
  EXPECT_CONTAINS(message_of<FileError>([&] { read_file(folder / "file", 0); }),
                  "larger than the limit");
}

TEST(Files, AnInterruptedFolderLeavesNothing) {
  const test::TemporaryFolder folder;
  {
    AtomicFolder target(folder / "step");
    write_file(target.path() / "a", "1");
    EXPECT_FALSE(fs::exists(folder / "step"));
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
  {
    AtomicFolder target(folder / "step");
    write_file(target.path() / "a", "1");
    target.commit();
  }
  {
    AtomicFolder target(folder / "step");
    write_file(target.path() / "a", "2");
    target.commit();
  }
  EXPECT_EQ(read_file(folder / "step/a"), "2");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(Files, LeftoversOfProcessesThatAreGoneAreRemoved) {
  const test::TemporaryFolder folder;
  const std::string own = std::to_string(::getpid());
  const pid_t gone = ::fork();
  if (gone == 0) ::_exit(0);
  ::waitpid(gone, nullptr, 0);
  const std::string other = std::to_string(gone);
  for (const std::string& name : {".a.json." + other + ".tmp", ".b.json." + own + ".tmp",
                                  std::string("c.tmp"), std::string(".d.tmp")}) {
    test::write(folder / name, "");
  }
  fs::create_directories(folder / (".step-7." + other + ".tmp.old"));
  remove_leftovers(folder.path());
  std::set<std::string> left;
  for (const auto& entry : fs::directory_iterator(folder.path()))
    left.insert(entry.path().filename().string());
  EXPECT_EQ(left, (std::set<std::string>{".b.json." + own + ".tmp", "c.tmp", ".d.tmp"}));
}

TEST(Files, ListsSortedByRelativePath) {
  const test::TemporaryFolder folder;
  for (const char* name : {"b/x.svg", "a.svg", "b/A.SVG", "c.txt"}) test::write(folder / name, "");
  std::vector<std::string> names;
  for (const fs::path& path : list_files(folder.path(), {".svg"}))
    names.push_back(path.lexically_relative(folder.path()).generic_string());
  EXPECT_EQ(names, (std::vector<std::string>{"a.svg", "b/A.SVG", "b/x.svg"}));
}

}  // namespace
}  // namespace svgfusion::base
