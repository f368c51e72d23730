#include "plumbline/formats/pickle.h"

#include <gmock/gmock.h>

#include "plumbline/base/error.h"
#include "tests/support/scratch.h"

namespace plumbline::formats {
namespace {

using support::error_text;
using testing::HasSubstr;
using Kind = PickleValue::Kind;
using namespace std::string_literals;

constexpr std::string_view kKnown[] = {"torch.Size"};

// Operations behind a protocol and before a stop. The text stays alive for the values' sake.
class PickleTest : public testing::Test {
 protected:
  const Pickle& read(const std::string& operations) {
    text_ = "\x80\x02" + operations + ".";
    pickle_ = read_pickle(text_, kKnown, "some.pkl");
    return pickle_;
  }
  const PickleValue& root(const std::string& operations) {
    read(operations);
    return pickle_[pickle_.root];
  }
  std::string refusal(const std::string& operations) {
    const std::string text = error_text<DataError>([&] { read(operations); });
    EXPECT_THAT(text, HasSubstr("some.pkl"));
    return text;
  }
  // Integers that the value holds.
  std::vector<int64_t> items(const PickleValue& value) const {
    std::vector<int64_t> result;
    for (const uint32_t item : value.items) result.push_back(pickle_[item].integer);
    return result;
  }

 private:
  std::string text_;
  Pickle pickle_;
};

TEST_F(PickleTest, ReadsSingleValues) {
  EXPECT_EQ(root("N").kind, Kind::None);
  EXPECT_EQ(root("\x88").kind, Kind::Bool);
  EXPECT_EQ(root("\x88").integer, 1);
  EXPECT_EQ(root("\x89").integer, 0);
  EXPECT_EQ(root("K\xff").integer, 255);
  EXPECT_EQ(root("M\x34\x12").integer, 0x1234);
  EXPECT_EQ(root("J\xfe\xff\xff\xff").integer, -2);
  EXPECT_EQ(root("\x8a\x00"s).integer, 0);
  EXPECT_EQ(root("\x8a\x01\x80").integer, -128);
  EXPECT_EQ(root("\x8a\x02\x80\x00"s).integer, 128);
  EXPECT_EQ(root("\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80"s).integer, INT64_MIN);
  EXPECT_EQ(root("\x8b\x02\x00\x00\x00\xff\x7f"s).integer, 32767);
  EXPECT_EQ(root("G\x3f\xf8\x00\x00\x00\x00\x00\x00"s).real, 1.5);
}

TEST_F(PickleTest, ReadsTextAndBytes) {
  for (const std::string& text :
       {"\x8c\x03"s, "U\x03"s, "X\x03\0\0\0"s, "T\x03\0\0\0"s, "\x8d\x03\0\0\0\0\0\0\0"s}) {
    EXPECT_EQ(root(text + "a.c").kind, Kind::Text);
    EXPECT_EQ(root(text + "a.c").text, "a.c");
  }
  for (const std::string& bytes : {"C\x03"s, "B\x03\0\0\0"s, "\x8e\x03\0\0\0\0\0\0\0"s}) {
    EXPECT_EQ(root(bytes + "a\0c"s).kind, Kind::Bytes);
    EXPECT_EQ(root(bytes + "a\0c"s).text, "a\0c"s);
  }
}

TEST_F(PickleTest, ReadsContainers) {
  EXPECT_EQ(root(")").kind, Kind::Tuple);
  EXPECT_THAT(items(root("K\1\x85")), testing::ElementsAre(1));
  EXPECT_THAT(items(root("K\1K\2\x86")), testing::ElementsAre(1, 2));
  EXPECT_THAT(items(root("K\1K\2K\3\x87")), testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(items(root("(K\1K\2K\3K\4t")), testing::ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(items(root("](K\1K\2eK\3a")), testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(items(root("(K\1K\2l")), testing::ElementsAre(1, 2));
  EXPECT_THAT(items(root("}(K\1K\2K\3K\4uK\5K\6s")), testing::ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(items(root("(K\1K\2d")), testing::ElementsAre(1, 2));
  EXPECT_EQ(root("(d").kind, Kind::Dict);
}

TEST_F(PickleTest, RemembersAndForgets) {
  EXPECT_THAT(items(root("K\7q\5K\1h\5\x86")), testing::ElementsAre(1, 7));
  EXPECT_THAT(items(root("K\7r\1\2\3\4K\1j\1\2\3\4\x86")), testing::ElementsAre(1, 7));
  EXPECT_THAT(items(root("K\7\x94K\1\x94h\0\x86"s)), testing::ElementsAre(1, 7));
  EXPECT_THAT(items(root("K\7p12\nK\1g12\n\x86")), testing::ElementsAre(1, 7));
  EXPECT_THAT(items(root("K\1K\2"
                         "0K\3"
                         "2\x87")),
              testing::ElementsAre(1, 3, 3));
  EXPECT_EQ(root("K\1(K\2K\3"
                 "1")
                .integer,
            1);
  EXPECT_EQ(root("\x95\3\0\0\0\0\0\0\0K\1"s).integer, 1);
}

TEST_F(PickleTest, RecordsCallsInsteadOfMakingThem) {
  const PickleValue call = root("ctorch\nSize\nK\1\x85\x85R");
  EXPECT_EQ(call.kind, Kind::Call);
  const PickleValue stacked = root("\x8c\5torch\x8c\4Size\x93)R");
  EXPECT_EQ(stacked.kind, Kind::Call);
  const PickleValue persistent = root("K\1Q");
  EXPECT_EQ(persistent.kind, Kind::Persistent);
  EXPECT_THAT(items(persistent), testing::ElementsAre(1));
}

TEST_F(PickleTest, AnOrderedDictIsADictWhoseStateIsDropped) {
  const PickleValue dict = root("ccollections\nOrderedDict\n)R(K\1K\2u}\x8c\1m}sb");
  EXPECT_EQ(dict.kind, Kind::Dict);
  EXPECT_TRUE(dict.is_ordered);
  EXPECT_THAT(items(dict), testing::ElementsAre(1, 2));
}

TEST_F(PickleTest, RefusesOtherGlobalsByName) {
  EXPECT_THAT(refusal("cos\nsystem\n\x8c\6whoami\x85R"), HasSubstr("'os.system'"));
  EXPECT_THAT(refusal("cposix\nsystem\n"), HasSubstr("'posix.system'"));
  EXPECT_THAT(refusal("\x8c\x08"
                      "builtins\x8c\4eval\x93"),
              HasSubstr("'builtins.eval'"));
  EXPECT_THAT(refusal("ctorch.Size\n__reduce__\n"), HasSubstr("'torch.Size.__reduce__'"));
  EXPECT_THAT(refusal("ctorch\nsize\n"), HasSubstr("'torch.size'"));
  EXPECT_THAT(refusal("K\1\x8c\4eval\x93"), HasSubstr("a name, got an integer"));
}

TEST_F(PickleTest, RefusesCallsOfAnythingElse) {
  const std::string size = "ctorch\nSize\n";
  EXPECT_THAT(refusal("K\1)R"), HasSubstr("got an integer and a tuple"));
  EXPECT_THAT(refusal("}K\1K\2s)R"), HasSubstr("got a dict and a tuple"));
  EXPECT_THAT(refusal(size + ")R)R"), HasSubstr("got an object and a tuple"));
  EXPECT_THAT(refusal(size + "]R"), HasSubstr("and a list"));
  EXPECT_THAT(refusal("ccollections\nOrderedDict\n]\x85R"), HasSubstr("with arguments"));
  EXPECT_THAT(refusal(size + "}b"), HasSubstr("a state for an OrderedDict"));
  EXPECT_THAT(refusal("}}b"), HasSubstr("got one for a dict"));
  // NEWOBJ, OBJ, INST, EXT1, PERSID, BYTEARRAY8, EMPTY_SET
  for (const std::string& operation :
       {")\x81"s, "(o"s, "(ios\nsystem\n"s, "\x82\1"s, "P0\n"s, "\x96"s, "\x8f"s}) {
    EXPECT_THAT(refusal(size + operation), HasSubstr("got operation 0x"));
  }
}

TEST_F(PickleTest, RefusesBrokenPrograms) {
  EXPECT_THAT(refusal(""), HasSubstr("an empty stack"));
  EXPECT_THAT(refusal("0"), HasSubstr("an empty stack"));
  EXPECT_THAT(refusal("K\1\x86"), HasSubstr("an empty stack"));
  EXPECT_THAT(refusal("K\1(\x85"), HasSubstr("an empty stack"));
  EXPECT_THAT(refusal("]("), HasSubstr("an empty stack"));
  EXPECT_THAT(refusal("t"), HasSubstr("no mark"));
  EXPECT_THAT(refusal("h\1"), HasSubstr("memo 1, which is not set"));
  EXPECT_THAT(refusal("g-1\n"), HasSubstr("expected a number, got '-1'"));
  EXPECT_THAT(refusal("Np99999999999\n"), HasSubstr("expected a number"));
  EXPECT_THAT(refusal("}(K\1u"), HasSubstr("a key without a value"));
  EXPECT_THAT(refusal("}K\1a"), HasSubstr("expected a list, got a dict"));
  EXPECT_THAT(refusal("]K\1K\2s"), HasSubstr("expected a dict, got a list"));
  EXPECT_THAT(refusal("\x8a\x09" + std::string(9, '\0')), HasSubstr("an integer of 9 bytes"));
  EXPECT_THAT(refusal("\x8b\xff\xff\xff\x7f"), HasSubstr("an integer of 2147483647 bytes"));
  EXPECT_THAT(refusal("\x8d" + std::string(8, '\xff')), HasSubstr("more bytes"));
  EXPECT_THAT(refusal("\x95" + std::string(8, '\xff')), HasSubstr("a frame of"));
  EXPECT_THAT(refusal("c" + std::string(1000, 'x')), HasSubstr("a line of at most 256 bytes"));
  EXPECT_THAT(refusal("\x80\x06"), HasSubstr("protocol 2 to 5"));
  for (const std::string& bytes : {""s, "\x80"s, "(I1\n."s, "\x80\x01N."s, "\x80\x02N"s}) {
    EXPECT_THROW(read_pickle(bytes, kKnown, "f"), DataError);
  }
}

TEST_F(PickleTest, BombsStayAsSmallAsTheirFile) {
  // Each list holds the one before ten times: 10^40 elements, were they copied.
  std::string bomb = "]q\0"s;
  for (char level = 1; level <= 40; ++level) {
    bomb += "](";
    for (int i = 0; i < 10; ++i) bomb += "h"s + static_cast<char>(level - 1);
    bomb += "eq"s + level;
  }
  EXPECT_EQ(read(bomb).values.size(), 41u);
  // A list inside itself.
  EXPECT_EQ(read("]q\0h\0a"s).values.size(), 1u);
  EXPECT_THAT(refusal(std::string(65, '(')), HasSubstr("64 marks"));
  EXPECT_THAT(refusal(std::string(2'000'001, 'N')), HasSubstr("at most 2000000 values"));
  // Nesting without marks costs no stack.
  std::string nested = ")";
  for (int i = 0; i < 100'000; ++i) nested += "\x85";
  EXPECT_EQ(read(nested).values.size(), 100'001u);
}

}  // namespace
}  // namespace plumbline::formats
