#include "plumbline/formats/zip_archive.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "tests/support/scratch.h"
#include "tests/unit/formats/binary.h"

namespace plumbline::formats {
namespace {

using support::error_text;
using testing::HasSubstr;

const Zip kTwo = zip_of({{"a", "first"}, {"folder/b", "second!"}});

ZipArchive open(std::string_view bytes) { return ZipArchive(FileView(bytes, "some.zip")); }

std::string refusal(const std::string& bytes) {
  const std::string text = error_text<DataError>([&] { open(bytes); });
  EXPECT_THAT(text, HasSubstr("some.zip"));
  return text;
}

// kTwo with these bytes of one of its parts replaced.
std::string damaged(size_t begin, size_t position, const std::string& by) {
  return patched(kTwo.bytes, begin + position, by);
}

// The archive behind a zip64 end record and its locator.
std::string widened(const Zip& zip, uint64_t count, uint64_t size, uint64_t begin) {
  const std::string end64 = "PK\6\6" + le<uint64_t>(44) + le<uint32_t>(0) + le<uint32_t>(0) +
                            le<uint32_t>(0) + le(count) + le(count) + le(size) + le(begin);
  const std::string locator = "PK\6\7" + le<uint32_t>(0) + le<uint64_t>(zip.end) + le<uint32_t>(1);
  std::string bytes = zip.bytes;
  return bytes.insert(zip.end, end64 + locator);
}

TEST(ZipArchive, ShowsStoredEntriesInPlace) {
  const ZipArchive archive = open(kTwo.bytes);
  EXPECT_THAT(archive.entries(), testing::ElementsAre(testing::Pair("a", "first"),
                                                      testing::Pair("folder/b", "second!")));
  EXPECT_EQ(archive.entries().at("a").data(), kTwo.bytes.data() + 31);
  EXPECT_TRUE(open(zip_of({}).bytes).entries().empty());
}

TEST(ZipArchive, FindsTheEndBeforeAComment) {
  const std::string comment = "PK\5\6 is how a comment may begin";
  const std::string bytes =
      damaged(kTwo.end, 20, le(static_cast<uint16_t>(comment.size()))) + comment;
  EXPECT_EQ(open(bytes).entries().size(), 2u);
  EXPECT_THAT(refusal(kTwo.bytes + "x"), HasSubstr("no end of a central directory"));
}

TEST(ZipArchive, ReadsZip64) {
  const Zip zip = zip_of({{"a", "first"}, {"b", "second"}});
  const size_t begin = zip.directory[0], size = zip.end - begin;
  const std::string bytes = widened(zip, 2, size, begin);
  EXPECT_EQ(open(bytes).entries().size(), 2u);
  const size_t end = bytes.size() - 22;
  const std::string full = patched(bytes, end + 8, std::string(12, '\xff'));
  EXPECT_EQ(open(full).entries().at("b"), "second");

  EXPECT_THAT(refusal(patched(bytes, end + 16, le<uint32_t>(1))), HasSubstr("disagree"));
  EXPECT_THAT(refusal(widened(zip, 3, size, begin)), HasSubstr("disagree"));
  for (const uint64_t huge : {uint64_t{1} << 63, UINT64_MAX, uint64_t{1} << 40}) {
    const auto hostile = [&](size_t at) { return patched(full, zip.end + at, le(huge)); };
    EXPECT_THAT(refusal(hostile(4)), HasSubstr("of another size"));
    EXPECT_THAT(refusal(patched(hostile(24), zip.end + 32, le(huge))), HasSubstr("at most"));
    EXPECT_THAT(refusal(hostile(40)), HasSubstr("a directory of"));
    EXPECT_THAT(refusal(hostile(48)), HasSubstr("a directory of"));
    EXPECT_THAT(refusal(hostile(56 + 8)), HasSubstr("no zip64 end record"));
  }
  EXPECT_THAT(refusal(damaged(kTwo.end, 16, le(UINT32_MAX))), HasSubstr("disagree"));
}

TEST(ZipArchive, ReadsZip64Entries) {
  // One entry "a" of "first" whose directory entry keeps sizes and place in an extra field.
  Zip zip = zip_of({{"a", "first"}});
  const std::string extra = le<uint16_t>(7) + le<uint16_t>(1) + "x" + le<uint16_t>(1) +
                            le<uint16_t>(24) + le<uint64_t>(5) + le<uint64_t>(5) + le<uint64_t>(0);
  const size_t entry = zip.directory[0];
  zip.bytes = patched(zip.bytes, entry + 20, std::string(8, '\xff'));
  zip.bytes = patched(zip.bytes, entry + 42, std::string(4, '\xff'));
  const std::string bare = zip.bytes;
  zip.bytes = patched(zip.bytes, entry + 30, le(static_cast<uint16_t>(extra.size())));
  zip.bytes.insert(zip.end, extra);
  const size_t end = zip.end + extra.size();
  zip.bytes = patched(zip.bytes, end + 12, le(static_cast<uint32_t>(end - entry)));
  EXPECT_EQ(open(zip.bytes).entries().at("a"), "first");
  EXPECT_THAT(refusal(bare), HasSubstr("an entry without its zip64 sizes"));
  EXPECT_THAT(refusal(patched(zip.bytes, zip.end + 7, le<uint16_t>(16))),
              HasSubstr("an entry without its zip64 sizes"));
  EXPECT_THAT(refusal(patched(zip.bytes, zip.end + 9, le(INT64_MAX))), HasSubstr("two sizes"));
  EXPECT_THAT(refusal(patched(zip.bytes, zip.end + 25, le(INT64_MAX))), HasSubstr("below"));
}

TEST(ZipArchive, SizesMayFollowTheDataOnlyIfTheHeaderSaysSo) {
  const std::string none = patched(kTwo.bytes, 18, std::string(8, '\0'));
  EXPECT_THAT(refusal(none), HasSubstr("another local header than that of 'a'"));
  EXPECT_EQ(open(patched(none, 6, le<uint16_t>(8))).entries().at("a"), "first");
}

TEST(ZipArchive, RefusesPackedAndEncryptedEntriesByName) {
  const size_t entry = kTwo.directory[1];
  EXPECT_THAT(refusal(damaged(entry, 10, le<uint16_t>(8))),
              HasSubstr("expected stored entries, got 'folder/b', packed with deflate"));
  EXPECT_THAT(refusal(damaged(entry, 10, le<uint16_t>(93))), HasSubstr("zstd"));
  EXPECT_THAT(refusal(damaged(entry, 10, le<uint16_t>(1234))), HasSubstr("method 1234"));
  EXPECT_THAT(refusal(damaged(entry, 8, le<uint16_t>(1))), HasSubstr("encrypted"));
  EXPECT_THAT(refusal(damaged(entry, 34, le<uint16_t>(1))), HasSubstr("several disks"));
}

TEST(ZipArchive, RefusesWhatOverlapsLeavesTheFileOrDisagrees) {
  EXPECT_THAT(refusal(zip_of({{"a", "1"}, {"a", "2"}}).bytes), HasSubstr("two entries named 'a'"));
  const size_t first = kTwo.directory[0], second = kTwo.directory[1];
  EXPECT_THAT(refusal(damaged(second, 42, le<uint32_t>(0))), HasSubstr("another local header"));
  EXPECT_THAT(refusal(damaged(second, 42, le<uint32_t>(1))), HasSubstr("no local header"));
  EXPECT_THAT(refusal(damaged(second, 42, le(UINT32_MAX - 1))), HasSubstr("below"));
  EXPECT_THAT(refusal(damaged(first, 24, le<uint32_t>(6))), HasSubstr("two sizes for 'a'"));
  EXPECT_THAT(refusal(damaged(first, 0, "PK\3\4")), HasSubstr("no directory entry"));
  EXPECT_THAT(refusal(damaged(kTwo.end, 12, le<uint32_t>(999))), HasSubstr("a directory of 999"));
  EXPECT_THAT(refusal(damaged(kTwo.end, 8, le<uint32_t>(0x00010001))),
              HasSubstr("a directory of another size"));
  EXPECT_THAT(refusal(damaged(kTwo.end, 8, le<uint32_t>(0xfffefffe))), HasSubstr("at most"));

  // "a" grows over the local header of the second entry, then over the directory.
  for (const uint32_t size : {20u, 60u, 0x7fffffffu}) {
    std::string bytes = kTwo.bytes;
    for (const size_t at : {size_t{18}, size_t{22}, first + 20, first + 24}) {
      bytes = patched(bytes, at, le(size));
    }
    EXPECT_THAT(refusal(bytes),
                HasSubstr(size == 20 ? "an entry inside another one" : "entries that end before"));
  }
}

TEST(ZipArchive, EveryCutArchiveIsRefused) {
  const std::string torch_file = read_file("tests/golden/files/tiny.pt");
  EXPECT_GT(open(torch_file).entries().size(), 3u);
  for (const std::string& whole : {kTwo.bytes, torch_file}) {
    for (size_t size = 0; size < whole.size(); ++size) {
      EXPECT_THROW(open(std::string_view(whole).substr(0, size)), DataError) << size;
    }
  }
}

// "again and again and again" as a deflated entry of kTwo's form.
std::string deflated_zip(uint32_t size = 25, uint32_t checksum = 3152559414u) {
  const std::string packed("\113\114\117\314\314\123\110\314\113\121\110\104\145\001\000", 15);
  Zip zip = zip_of({{"a", packed}});
  for (const auto& [begin, shift] :
       {std::pair(zip.locals[0], size_t{0}), std::pair(zip.directory[0], size_t{2})}) {
    zip.bytes = patched(zip.bytes, begin + 8 + shift, le<uint16_t>(8));
    zip.bytes = patched(zip.bytes, begin + 14 + shift, le(checksum));
    zip.bytes = patched(zip.bytes, begin + 22 + shift, le(size));
  }
  return zip.bytes;
}

ZipArchive open_deflated(const std::string& bytes) {
  return ZipArchive(FileView(bytes, "some.zip"), ZipPacking::StoredOrDeflated);
}

TEST(ZipArchive, InflatesWhereThatIsAllowed) {
  const std::string bytes = deflated_zip();
  const auto archive = open_deflated(bytes);
  EXPECT_TRUE(archive.has("a"));
  EXPECT_TRUE(archive.entries().empty());
  EXPECT_EQ(archive.contents("a", 25), "again and again and again");
  EXPECT_EQ(open_deflated(kTwo.bytes).contents("folder/b", 99), "second!");
  EXPECT_THAT(refusal(bytes), HasSubstr("packed with deflate"));
}

TEST(ZipArchive, RefusesBombsAndBrokenPackedBytes) {
  const auto complaint = [](const std::string& bytes, uint64_t limit = 1000) {
    return error_text<DataError>([&] { open_deflated(bytes).contents("a", limit); });
  };
  EXPECT_THAT(complaint(deflated_zip(), 24), HasSubstr("at most 24 bytes, got 25"));
  EXPECT_THAT(complaint(deflated_zip(24)), HasSubstr("broken packed data"));
  EXPECT_THAT(complaint(deflated_zip(26)), HasSubstr("broken packed data"));
  EXPECT_THAT(complaint(deflated_zip(0)), HasSubstr("broken packed data"));
  EXPECT_THAT(complaint(deflated_zip(25, 7)), HasSubstr("checksum"));
  EXPECT_THAT(complaint(deflated_zip(2'000'000'000), 4'000'000'000),
              HasSubstr("broken packed data"));
  EXPECT_THAT(error_text<DataError>([&] { open_deflated(kTwo.bytes).contents("b", 9); }),
              HasSubstr("an entry of this name, got none"));
  EXPECT_THAT(error_text<DataError>([&] { open_deflated(kTwo.bytes).contents("a", 4); }),
              HasSubstr("at most 4 bytes"));
}

}  // namespace
}  // namespace plumbline::formats
