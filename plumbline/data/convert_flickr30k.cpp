#include "plumbline/data/convert_flickr30k.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <stdexcept>

#include "plumbline/base/error.h"
#include "plumbline/base/files.h"
#include "plumbline/base/random.h"
#include "plumbline/data/coco_images.h"
#include "plumbline/data/dialogue.h"
#include "plumbline/data/flickr30k_entities.h"
#include "plumbline/text/utf8.h"

namespace plumbline::data {
namespace {

using nlohmann::json;

struct Caption {
  std::string text;
  std::vector<Phrase> phrases;  // of Entities only
};

using Captions = std::map<int64_t, Caption>;     // by number within the image
using Images = std::map<std::string, Captions>;  // by id: the file's name without .jpg

struct Reading {
  const Flickr30kOptions& options;
  Problems problems{"", "converting Flickr30k"};
  LeftOut left_out = {};

  void leave_out(const std::string& reason, const std::string& example) {
    left_out.add(reason, example, options.tolerance.skip_unmatched);
  }
  void add(Images& images, const std::string& id, int64_t number, Caption caption) {
    if (caption.text.empty()) {
      leave_out("empty captions", fmt::format("caption {} of image {}", number, id));
    } else if (!images[id].emplace(number, std::move(caption)).second) {
      throw std::invalid_argument(
          fmt::format("expected one caption {} of image {}, got another", number, id));
    }
  }
};

ConfigError wrong_use(const std::string& expected, const std::string& got) {
  return ConfigError(Complaint{
      .component = "data", .doing = "converting Flickr30k", .expected = expected, .got = got});
}

void check_use(const Flickr30kFiles& files, const Flickr30kOptions& options) {
  if (files.sentences.empty() == files.captions.empty()) {
    throw wrong_use("--sentences FOLDER or --captions FILE",
                    files.captions.empty() ? "neither" : "both");
  }
  if (!files.annotations.empty() && files.sentences.empty()) {
    throw wrong_use("--sentences with --annotations, as boxes belong to their phrases",
                    "--captions");
  }
  if (options.digits < 1 || options.digits > 6) {
    throw wrong_use("1 to 6 digits", std::to_string(options.digits));
  }
  check_limit("captions of an image", options.captions_per_image);
  check_limit("conversations", options.max_conversations);
}

// Calls `take` with every line that is not blank, and "file:line".
void for_each_line(const std::string& path, Problems& problems,
                   const std::function<void(std::string_view)>& take) {
  const std::string text = text::repaired_utf8(read_file(path));
  size_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = std::string_view(text).substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
    try {
      take(line);
    } catch (const std::invalid_argument& e) {
      problems.add(fmt::format("{}:{}", path, number), e.what());
    }
  }
}

std::string without_jpg(std::string_view file) {
  if (file.ends_with(".jpg")) file.remove_suffix(4);
  return std::string(file);
}

Images read_sentences(const std::string& folder, Reading& reading) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) {
    throw IoError({.component = "data",
                   .doing = "reading Flickr30k's sentences",
                   .expected = "a folder of .txt files",
                   .got = error.message(),
                   .where = folder});
  }
  Images images;
  for (const auto& entry : entries) {
    if (entry.path().extension() != ".txt") continue;
    const std::string id = entry.path().stem().string();
    int64_t number = 0;
    for_each_line(entry.path().string(), reading.problems, [&](std::string_view line) {
      Caption caption{.text = {}, .phrases = entity_phrases(line)};
      for (const Phrase& phrase : caption.phrases) caption.text += phrase.text + " ";
      caption.text = written_text(checked_text(caption.text, "a caption"));
      reading.add(images, id, number++, std::move(caption));
    });
    if (number == 0) images[id];  // noticed below
  }
  return images;
}

// "1000092795.jpg#0", a tab, "Two young guys ..."
Images read_token_file(const std::string& path, Reading& reading) {
  Images images;
  for_each_line(path, reading.problems, [&](std::string_view line) {
    const size_t tab = line.find('\t');
    const std::string_view key = line.substr(0, tab);
    const size_t hash = key.rfind('#');
    int64_t number = -1;
    if (tab != std::string_view::npos && hash != std::string_view::npos && hash > 0) {
      const auto [end, error] =
          std::from_chars(key.data() + hash + 1, key.data() + key.size(), number);
      if (error != std::errc() || end != key.data() + key.size()) number = -1;
    }
    if (number < 0) {
      throw std::invalid_argument("expected IMAGE.jpg#NUMBER, a tab and a caption, got '" +
                                  std::string(line.substr(0, 40)) + "'");
    }
    const std::string text(line.substr(tab + 1));
    reading.add(images, without_jpg(key.substr(0, hash)), number,
                {.text = written_text(checked_text(text, "a caption")), .phrases = {}});
  });
  return images;
}

Images read_split_file(const std::string& path, Reading& reading) {
  const AnnotationFile source = read_source(path, SourceKind::CaptionSplit);
  const std::string dataset = header_text(source, "dataset");
  if (!dataset.empty() && dataset != "flickr30k") {
    throw DataError({.component = "data",
                     .doing = "converting Flickr30k",
                     .expected = "\"dataset\": \"flickr30k\"",
                     .got = "\"" + dataset + "\"",
                     .where = path});
  }
  Images images;
  std::set<std::string> known;
  for_each_entry(
      source.entries, path, "image", reading.problems, [&](const json& entry, const std::string&) {
        const std::string id = without_jpg(full_text_member(entry, "filename"));
        if (!known.insert(id).second) {
          throw std::invalid_argument(fmt::format("expected unique images, got {} again", id));
        }
        const std::string split = text_member(entry, "split");
        if (!reading.options.split.empty() && split != reading.options.split) return;
        images[id];
        for (const json& sentence : entry.at("sentences")) {
          reading.add(images, id, id_member(sentence, "sentid"),
                      {.text = text_member(sentence, "raw"), .phrases = {}});
        }
      });
  if (!images.empty() || reading.options.split.empty()) return images;
  throw DataError({.component = "data",
                   .doing = "converting Flickr30k",
                   .expected = fmt::format("images of the split '{}'", reading.options.split),
                   .got = "none",
                   .where = path});
}

bool is_json(const std::string& path) {
  const std::string text = read_file(path);
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && (text[first] == '{' || text[first] == '[');
}

Images read_images(const Flickr30kFiles& files, Reading& reading) {
  const bool is_split_file = !files.captions.empty() && is_json(files.captions);
  if (!reading.options.split.empty() && !is_split_file) {
    throw wrong_use("--captions dataset_flickr30k.json with --split", "other files");
  }
  if (is_split_file) return read_split_file(files.captions, reading);
  return files.captions.empty() ? read_sentences(files.sentences, reading)
                                : read_token_file(files.captions, reading);
}

Images listed_images(Images images, const std::string& path, Reading& reading) {
  if (path.empty()) return images;
  Images listed;
  for_each_line(path, reading.problems, [&](std::string_view line) {
    const std::string id = without_jpg(checked_text(std::string(line), "an id"));
    const auto found = images.find(id);
    if (found != images.end()) {
      listed[id] = found->second;
    } else {
      reading.leave_out("listed images without captions", id);
    }
  });
  return listed;
}

// The picture's fractions at which a box lies, "0.100, 0.320, 0.405, 0.900".
std::string place(const Box& box, const EntityBoxes& image, const Flickr30kOptions& options) {
  const bool is_padded = options.frame == BoxFrame::PaddedSquare;
  const int64_t side = std::max(image.width, image.height);
  const int64_t width = is_padded ? side : image.width;
  const int64_t height = is_padded ? side : image.height;
  const auto fraction = [&](int64_t at, int64_t of_image, int64_t of_frame) {
    const int64_t margin = (of_frame - of_image) / 2;  // whole pixels, as pad_to_square leaves
    const int64_t inside = std::clamp<int64_t>(at, 0, of_image) + margin;
    const double value = static_cast<double>(inside) / static_cast<double>(of_frame);
    return fmt::format("{:.{}f}", value, options.digits);
  };
  return fmt::format("{}, {}, {}, {}", fraction(box.left, image.width, width),
                     fraction(box.top, image.height, height),
                     fraction(box.right, image.width, width),
                     fraction(box.bottom, image.height, height));
}

// The caption with places behind its phrases; nothing when none of them has a box.
std::optional<std::string> spotted(const Caption& caption, const EntityBoxes& image,
                                   const Flickr30kOptions& options) {
  std::string text;
  bool has_place = false;
  for (const Phrase& phrase : caption.phrases) {
    text += phrase.text + " ";
    const auto boxes = image.boxes.find(phrase.entity);
    if (phrase.entity.empty() || boxes == image.boxes.end()) continue;
    std::vector<std::string> places;
    for (const Box& box : boxes->second) places.push_back(place(box, image, options));
    text += fmt::format("[{}] ", fmt::join(places, "; "));
    has_place = true;
  }
  if (!has_place) return std::nullopt;
  return written_text(text);
}

// What an image's captions give as answers, by number; without boxes the captions themselves.
std::map<int64_t, std::string> answers_of(const std::string& id, const Captions& captions,
                                          const std::string& annotations, Reading& reading) {
  std::map<int64_t, std::string> answers;
  if (annotations.empty()) {
    for (const auto& [number, caption] : captions) answers[number] = caption.text;
    return answers;
  }
  const fs::path path = fs::path(annotations) / (id + ".xml");
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    reading.leave_out("images without a file of boxes", path.string());
    return {};
  }
  try {
    const EntityBoxes boxes = entity_boxes(read_file(path));
    for (const auto& [number, caption] : captions) {
      if (auto text = spotted(caption, boxes, reading.options)) answers[number] = std::move(*text);
    }
  } catch (const std::invalid_argument& e) {
    reading.problems.add(path.string(), e.what());
    return {};
  }
  if (answers.empty()) reading.left_out.add("images without a box in a caption", id, true);
  return answers;
}

std::vector<int64_t> drawn_numbers(const std::map<int64_t, std::string>& answers, int64_t limit,
                                   RandomKey key) {
  std::vector<int64_t> numbers;
  for (const auto& answer : answers) numbers.push_back(answer.first);
  if (limit == 0 || limit >= std::ssize(numbers)) return numbers;
  Random(key).shuffle(numbers);
  numbers.resize(static_cast<size_t>(limit));
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::string usual_question(bool has_boxes) {
  const std::string question = "Describe this picture in one sentence";
  return has_boxes ? question +
                         ", and say behind everything you mention where it is, as [left, top, "
                         "right, bottom]."
                   : question + ".";
}

}  // namespace

Flickr30kRecords convert_flickr30k(const Flickr30kFiles& files, const Flickr30kOptions& options) {
  check_use(files, options);
  Reading reading{.options = options};
  const Images images = listed_images(read_images(files, reading), files.ids, reading);
  const RandomKey key = random_key(options.seed, "convert.flickr30k");
  ImageCheck pictures(options.tolerance, reading.left_out);
  const std::string question = !options.question.empty()
                                   ? options.question
                                   : usual_question(/*has_boxes=*/!files.annotations.empty());

  Flickr30kRecords result;
  for (const auto& [id, captions] : images) {
    const std::string name = in_folder(options.image_folder_prefix, id + ".jpg");
    if (captions.empty()) {
      reading.leave_out("images without captions", id);
      continue;
    }
    if (!pictures.has(name)) continue;
    for (const auto& caption : captions) result.facts[name].push_back(caption.second.text);
    const auto answers = answers_of(id, captions, files.annotations, reading);
    for (const int64_t number :
         drawn_numbers(answers, options.captions_per_image, key.at("caption").at(id))) {
      result.conversations.push_back(dialogue(fmt::format("flickr30k-{}-{}", id, number), name,
                                              {{question, answers.at(number)}}));
    }
  }
  reading.left_out.refuse(reading.problems);
  reading.problems.finish();
  if (result.facts.empty()) {
    throw DataError({.component = "data",
                     .doing = "converting Flickr30k",
                     .expected = "at least one image with captions",
                     .got = "none",
                     .where = files.captions.empty() ? files.sentences : files.captions});
  }
  result.conversations = drawn_records(std::move(result.conversations), options.max_conversations,
                                       key.at("conversations"));
  result.left_out = reading.left_out.counts();
  return result;
}

}  // namespace plumbline::data
