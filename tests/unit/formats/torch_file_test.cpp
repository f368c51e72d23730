#include "plumbline/formats/torch_file.h"

#include <gmock/gmock.h>

#include <optional>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/formats/safetensors.h"
#include "tests/support/scratch.h"
#include "tests/unit/formats/binary.h"

namespace plumbline::formats {
namespace {

using support::error_text;
using testing::HasSubstr;
using namespace std::string_literals;

const std::string kFolder = "tests/golden/files/";

std::string bytes_of(const ArrayView& array) {
  return {reinterpret_cast<const char*>(array.data), array.size};
}

// What torch.load says of the file, by tools/golden/make_files.py.
std::map<std::string, ArrayView> expected(const SafetensorsFile& all, const std::string& file) {
  std::map<std::string, ArrayView> result;
  for (const auto& [name, array] : all.arrays()) {
    if (name.starts_with(file + "/")) result[name.substr(file.size() + 1)] = array;
  }
  return result;
}

class TorchFileGolden : public testing::TestWithParam<std::string> {};

TEST_P(TorchFileGolden, HoldsWhatTorchLoads) {
  const SafetensorsFile all(kFolder + "expected_torch.safetensors");
  const auto wanted = expected(all, GetParam());
  const TorchFile file(kFolder + GetParam() + ".pt");
  EXPECT_FALSE(wanted.empty());
  ASSERT_EQ(file.arrays().size(), wanted.size());
  for (const auto& [name, array] : wanted) {
    ASSERT_TRUE(file.arrays().contains(name)) << name;
    const ArrayView& read = file.arrays().at(name);
    EXPECT_EQ(read.dtype, array.dtype) << name;
    EXPECT_EQ(read.shape, array.shape) << name;
    EXPECT_EQ(bytes_of(read), bytes_of(array)) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(TorchFile, TorchFileGolden,
                         testing::Values("types", "module", "module_protocol4", "parameters",
                                         "shared", "layouts", "tiny"));

TEST(TorchFile, SharedStoragesAreSharedAndCopiesOutliveTheFile) {
  const TorchFile shared(kFolder + "shared.pt");
  EXPECT_EQ(shared.arrays().at("a").data, shared.arrays().at("again").data);
  EXPECT_EQ(shared.arrays().at("a").data + 8, shared.arrays().at("tail").data);

  std::optional<TorchFile> first(kFolder + "layouts.pt");
  const TorchFile copy = *first;
  first.reset();
  EXPECT_EQ(bytes_of(copy.arrays().at("expanded")), "\7\7\7\x08\x08\x08");
}

TEST(TorchFile, RefusesOtherFilesWithAReason) {
  const auto refusal = [](const std::string& name) {
    const std::string text = error_text<DataError>([&] { TorchFile{kFolder + name}; });
    EXPECT_THAT(text, HasSubstr(name));
    return text;
  };
  EXPECT_THAT(refusal("old_layout.pt"), HasSubstr("the layout before PyTorch 1.6"));
  EXPECT_THAT(refusal("training_state.pt"),
              HasSubstr("expected a tensor as 'epoch', got an integer"));
  EXPECT_THAT(refusal("training_state.pt"), HasSubstr("torch.save(model.state_dict(), path)"));
  EXPECT_THAT(refusal("complex.pt"), HasSubstr("'torch.ComplexFloatStorage'"));
  EXPECT_THAT(refusal("float8.pt"), HasSubstr("'torch._utils._rebuild_tensor_v3'"));
  EXPECT_THAT(refusal("sparse.pt"), HasSubstr("'torch._utils._rebuild_sparse_tensor'"));
  EXPECT_THAT(refusal("whole_module.pt"), HasSubstr("'torch.nn.modules.container.Sequential'"));
  EXPECT_THAT(refusal("F32.gguf"), HasSubstr("a zip archive"));
  EXPECT_THROW(TorchFile{kFolder + "absent.pt"}, IoError);
}

// A file of one float storage '0' with 6 elements, and this data.pkl.
std::string torch_file(const std::string& pickle, const std::string& byte_order = "little") {
  return zip_of({{"x/data.pkl", "\x80\x02" + pickle + "."},
                 {"x/byteorder", byte_order},
                 {"x/data/0", std::string(24, '\1')}})
      .bytes;
}

std::string integer(int64_t value) { return "\x8a\x08" + le(value); }
std::string tuple(const std::vector<int64_t>& values) {
  std::string result = "(";
  for (const int64_t value : values) result += integer(value);
  return result + "t";
}
std::string text(const std::string& value) {
  return "\x8c" + std::string(1, static_cast<char>(value.size())) + value;
}
std::string storage(const std::string& type = "FloatStorage", const std::string& key = "0",
                    int64_t count = 6) {
  return "(" + text("storage") + "ctorch\n" + type + "\n" + text(key) + text("cpu") +
         integer(count) + "tQ";
}
std::string tensor(const std::string& of, int64_t offset, const std::vector<int64_t>& shape,
                   const std::vector<int64_t>& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + of + integer(offset) + tuple(shape) +
         tuple(strides) + "\x89}tR";
}
std::string dict(const std::string& name, const std::string& value) {
  return "}" + text(name) + value + "s";
}

Arrays read(const std::string& bytes) { return TorchFile(FileView(bytes, "some.pt")).arrays(); }

std::string refusal(const std::string& pickle) {
  const std::string bytes = torch_file(pickle);
  const std::string message = error_text<DataError>([&] { read(bytes); });
  EXPECT_THAT(message, HasSubstr("some.pt"));
  return message;
}

TEST(TorchFile, ReadsFromMemory) {
  const std::string bytes = torch_file(dict("w", tensor(storage(), 2, {2, 2}, {2, 1})));
  const Arrays arrays = read(bytes);
  EXPECT_EQ(arrays.at("w").shape, (std::vector<int64_t>{2, 2}));
  EXPECT_EQ(bytes_of(arrays.at("w")), std::string(16, '\1'));
}

TEST(TorchFile, TakesAnyDeviceAndTorchSize) {
  std::string pickle = dict("w", tensor(storage(), 0, {6}, {1}));
  pickle.replace(pickle.find(text("cpu")), text("cpu").size(), text("cuda:0"));
  pickle.replace(pickle.find(tuple({6})), tuple({6}).size(),
                 "ctorch\nSize\n" + tuple({6}) + "\x85R");
  const std::string bytes = torch_file(pickle);
  EXPECT_EQ(read(bytes).at("w").shape, (std::vector<int64_t>{6}));
}

TEST(TorchFile, RefusesTensorsOutsideTheirStorage) {
  const auto of = [](int64_t offset, const std::vector<int64_t>& shape,
                     const std::vector<int64_t>& strides) {
    return refusal(dict("w", tensor(storage(), offset, shape, strides)));
  };
  const auto outside = HasSubstr("expected a storage of 6 elements around 'w'");
  EXPECT_THAT(of(0, {7}, {1}), outside);
  EXPECT_THAT(of(1, {6}, {1}), outside);
  EXPECT_THAT(of(0, {2, 3}, {4, 1}), outside);
  EXPECT_THAT(of(-1, {2}, {1}), outside);
  EXPECT_THAT(of(0, {-2}, {1}), outside);
  EXPECT_THAT(of(5, {2}, {-1}), outside);
  EXPECT_THAT(of(0, {2, 3}, {1}), outside);
  EXPECT_THAT(of(INT64_MAX, {1}, {1}), outside);
  EXPECT_THAT(of(0, {2}, {INT64_MAX}), outside);
  EXPECT_THAT(of(0, {INT64_MAX, INT64_MAX}, {0, 0}), outside);
  EXPECT_THAT(of(0, {int64_t{1} << 32, int64_t{1} << 32, 0}, {0, 0, 0}), outside);
  EXPECT_THAT(of(0, {int64_t{1} << 40}, {0}), HasSubstr("more bytes of copies"));
  EXPECT_THAT(of(0, std::vector<int64_t>(65, 1), std::vector<int64_t>(65, 1)),
              HasSubstr("at most 64 dimensions"));
}

TEST(TorchFile, RefusesStoragesThatAreNotThere) {
  const auto of = [](const std::string& from) {
    return refusal(dict("w", tensor(from, 0, {1}, {1})));
  };
  EXPECT_THAT(of(storage("FloatStorage", "1")), HasSubstr("none of '1'"));
  EXPECT_THAT(of(storage("FloatStorage", "../byteorder")), HasSubstr("none of"));
  EXPECT_THAT(of(storage("FloatStorage", "0", 7)), HasSubstr("7 elements of F32"));
  EXPECT_THAT(of(storage("HalfStorage", "0", 6)), HasSubstr("6 elements of F16"));
  EXPECT_THAT(of(storage("FloatStorage", "0", -6)), HasSubstr("got 24 bytes"));
  EXPECT_THAT(of(storage("FloatStorage", "0", INT64_MAX)), HasSubstr("got 24 bytes"));
  EXPECT_THAT(of(storage("Size")), HasSubstr("the type of a storage"));
  EXPECT_THAT(of("N"), HasSubstr("a storage, got None"));
  EXPECT_THAT(of("NQ"), HasSubstr("5 parts of a storage"));
}

TEST(TorchFile, RefusesWhatIsNotAFlatDictOfTensors) {
  const std::string good = tensor(storage(), 0, {1}, {1});
  EXPECT_THAT(refusal(good), HasSubstr("got a torch._utils._rebuild_tensor_v2"));
  EXPECT_THAT(refusal("]"), HasSubstr("a dict of tensors, got a list"));
  EXPECT_THAT(refusal(dict("model", dict("w", good))),
              HasSubstr("a tensor as 'model', got a dict"));
  EXPECT_THAT(refusal("}K\1" + good + "s"), HasSubstr("names as keys, got an integer"));
  EXPECT_THAT(refusal("}(" + text("w") + good + text("w") + good + "u"), HasSubstr("'w' twice"));
  EXPECT_THAT(refusal(dict("w", "ctorch._utils\n_rebuild_tensor_v2\n)R")),
              HasSubstr("6 parts of a tensor"));
  EXPECT_THAT(refusal(dict("w", "ctorch._utils\n_rebuild_parameter\n)R")),
              HasSubstr("3 parts of a parameter"));
  const std::string parameter = "ctorch._utils\n_rebuild_parameter\n";
  EXPECT_THAT(refusal(dict("w", parameter + parameter + good + "\x89}\x87R\x89}\x87R")),
              HasSubstr("a tensor as 'w'"));
  EXPECT_THAT(refusal("cos\nsystem\n" + text("true") + "\x85R"), HasSubstr("'os.system'"));
}

TEST(TorchFile, RefusesArchivesOfOtherThings) {
  const auto of = [](const std::string& bytes) {
    return error_text<DataError>([&] { read(bytes); });
  };
  EXPECT_THAT(of(torch_file("}", "big")), HasSubstr("byteorder 'big'"));
  EXPECT_THAT(of(zip_of({{"a.txt", "x"}, {"data.pkl", "x"}}).bytes),
              HasSubstr("no data.pkl in a folder"));
  EXPECT_THAT(of(zip_of({{"a/data.pkl", "x"}, {"b/data.pkl", "x"}}).bytes), HasSubstr("several"));
}

TEST(TorchFile, EveryCutFileIsRefused) {
  const std::string whole = read_file(kFolder + "parameters.pt");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW(read(whole.substr(0, size)), DataError) << size;
  }
}

}  // namespace
}  // namespace plumbline::formats
