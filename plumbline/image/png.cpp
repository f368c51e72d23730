#include "plumbline/image/png.h"

#include <png.h>

#include <cstring>

#include "plumbline/base/error.h"
#include "plumbline/image/codecs.h"

namespace plumbline::image {
namespace {

// What libpng's callbacks see. Between setjmp and the calls that can jump no C++ object with a
// destructor is created, so that a jump skips none.
struct Stream {
  std::string_view unread;
  std::string* written = nullptr;
  char error[256] = "unknown error";
};

void on_error(png_structp png, png_const_charp text) {
  auto* stream = static_cast<Stream*>(png_get_error_ptr(png));
  std::strncpy(stream->error, text, sizeof stream->error - 1);
  png_longjmp(png, 1);
}

// Warnings concern metadata (colour profiles and the like), which is not used; damage is an error.
void on_warning(png_structp, png_const_charp) {}

void read_bytes(png_structp png, png_bytep target, size_t size) {
  auto* stream = static_cast<Stream*>(png_get_io_ptr(png));
  if (stream->unread.size() < size) png_error(png, "the file ends too early");
  std::memcpy(target, stream->unread.data(), size);
  stream->unread.remove_prefix(size);
}

void write_bytes(png_structp png, png_bytep bytes, size_t size) {
  static_cast<Stream*>(png_get_io_ptr(png))->written->append(reinterpret_cast<char*>(bytes), size);
}

void flush_nothing(png_structp) {}

struct Reader {
  Stream stream;
  png_structp png;
  png_infop info;
  Reader()
      : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &stream, on_error, on_warning)),
        info(png_create_info_struct(png)) {}
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
};

struct Writer {
  Stream stream;
  png_structp png;
  png_infop info;
  Writer()
      : png(png_create_write_struct(PNG_LIBPNG_VER_STRING, &stream, on_error, on_warning)),
        info(png_create_info_struct(png)) {}
  ~Writer() { png_destroy_write_struct(&png, &info); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
};

bool read_header(Reader& r) {
  if (setjmp(png_jmpbuf(r.png))) return false;
  png_set_user_limits(r.png, static_cast<png_uint_32>(kMaxPixels),
                      static_cast<png_uint_32>(kMaxPixels));
  png_set_read_fn(r.png, &r.stream, read_bytes);
  png_read_info(r.png, r.info);
  return true;
}

bool read_pixels(Reader& r, png_bytepp rows, size_t row_bytes) {
  if (setjmp(png_jmpbuf(r.png))) return false;
  png_set_strip_16(r.png);
  png_set_packing(r.png);
  const auto color = png_get_color_type(r.png, r.info);
  if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(r.png);
  if (color == PNG_COLOR_TYPE_GRAY || color == PNG_COLOR_TYPE_GRAY_ALPHA) {
    png_set_expand_gray_1_2_4_to_8(r.png);
    png_set_gray_to_rgb(r.png);
  }
  png_set_strip_alpha(r.png);
  png_set_interlace_handling(r.png);
  png_read_update_info(r.png, r.info);
  if (png_get_rowbytes(r.png, r.info) != row_bytes) png_error(r.png, "an unexpected row size");
  png_read_image(r.png, rows);
  png_read_end(r.png, r.info);  // EXIF data may stand behind the picture
  return true;
}

std::string exif_chunk(Reader& r) {
  png_uint_32 size = 0;
  png_bytep data = nullptr;
  if (!png_get_eXIf_1(r.png, r.info, &size, &data)) return {};
  return {reinterpret_cast<const char*>(data), size};
}

bool write_pixels(Writer& w, const Image& image) {
  if (setjmp(png_jmpbuf(w.png))) return false;
  png_set_write_fn(w.png, &w.stream, write_bytes, flush_nothing);
  png_set_compression_level(w.png, 1);
  png_set_filter(w.png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
  png_set_IHDR(w.png, w.info, static_cast<png_uint_32>(image.width),
               static_cast<png_uint_32>(image.height), 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(w.png, w.info);
  const size_t row_bytes = 3 * static_cast<size_t>(image.width);
  for (int y = 0; y < image.height; ++y) {
    png_write_row(w.png, image.rgb.data() + row_bytes * static_cast<size_t>(y));
  }
  png_write_end(w.png, nullptr);
  return true;
}

}  // namespace

Decoded decode_png(const Encoded& file) {
  Reader reader;
  reader.stream.unread = file.bytes;
  if (!read_header(reader)) fail_decode(file, reader.stream.error);
  Image image = blank_image(png_get_image_width(reader.png, reader.info),
                            png_get_image_height(reader.png, reader.info), file);
  if (png_get_color_type(reader.png, reader.info) == PNG_COLOR_TYPE_GRAY &&
      png_get_bit_depth(reader.png, reader.info) == 16) {
    fail_decode(file, "16-bit gray, which Pillow would turn almost white; store it with 8 bits");
  }
  const size_t row_bytes = 3 * static_cast<size_t>(image.width);
  std::vector<png_bytep> rows;
  for (int y = 0; y < image.height; ++y) {
    rows.push_back(image.rgb.data() + row_bytes * static_cast<size_t>(y));
  }
  if (!read_pixels(reader, rows.data(), row_bytes)) fail_decode(file, reader.stream.error);
  return {std::move(image), exif_chunk(reader)};
}

std::string png_bytes(const Image& image) {
  PLUMBLINE_CHECK(image.width > 0 && image.height > 0 &&
                      image.rgb.size() == size_t{3} * image.width * image.height,
                  std::to_string(image.rgb.size()) + " bytes");
  std::string bytes;
  Writer writer;
  writer.stream.written = &bytes;
  PLUMBLINE_CHECK(write_pixels(writer, image), writer.stream.error);
  return bytes;
}

void write_png(const fs::path& path, const Image& image) { write_file(path, png_bytes(image)); }

}  // namespace plumbline::image
