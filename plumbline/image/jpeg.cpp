#include <csetjmp>
#include <cstdio>
// jpeglib.h needs size_t and FILE declared before it.
#include <jpeglib.h>
// jerror.h needs jpeglib.h.
#include <jerror.h>

#include "plumbline/image/codecs.h"

namespace plumbline::image {
namespace {

// A file can name the same few coefficients again and again, which costs time without end.
constexpr int kMaxScans = 500;

// libjpeg reports through callbacks; this one keeps the text and jumps back. No C++ object with a
// destructor may be created between setjmp and the calls that can jump.
struct ErrorState {
  jpeg_error_mgr base;
  std::jmp_buf back;
  char text[JMSG_LENGTH_MAX];
};

[[noreturn]] void on_error(j_common_ptr info) {
  auto* state = reinterpret_cast<ErrorState*>(info->err);
  state->base.format_message(info, state->text);
  std::longjmp(state->back, 1);
}

// Level -1 is a warning. Most mean that pixels are lost ("premature end of file": the picture would
// be partly gray); these mean stray bytes between markers or odd metadata, which photographs have.
void on_message(j_common_ptr info, int level) {
  const int code = info->err->msg_code;
  const bool is_harmless = code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR ||
                           code == JWRN_ADOBE_XFORM || code == JWRN_BOGUS_ICC;
  if (level < 0 && !is_harmless) on_error(info);
}

void on_progress(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMaxScans) return;
  auto* state = reinterpret_cast<ErrorState*>(info->err);
  std::snprintf(state->text, sizeof state->text, "more than %d scans", kMaxScans);
  std::longjmp(state->back, 1);
}

uint8_t multiply_255(int a, int b) {
  const int product = a * b + 128;
  return static_cast<uint8_t>((product + (product >> 8)) >> 8);
}

// Adobe's convention, which Pillow assumes for all four-channel files: the stored inks are
// inverted.
void cmyk_row_to_rgb(const uint8_t* cmyk, int width, uint8_t* rgb) {
  for (int x = 0; x < width; ++x, cmyk += 4, rgb += 3) {
    const int light = cmyk[3];
    for (int c = 0; c < 3; ++c) {
      rgb[c] = static_cast<uint8_t>(light - multiply_255(255 - cmyk[c], light));
    }
  }
}

struct Decoder {
  jpeg_decompress_struct info{};
  ErrorState error{};
  jpeg_progress_mgr progress{};
  ~Decoder() { jpeg_destroy_decompress(&info); }
};

bool start(Decoder& d, std::string_view bytes) {
  d.info.err = jpeg_std_error(&d.error.base);
  d.error.base.error_exit = on_error;
  d.error.base.emit_message = on_message;
  if (setjmp(d.error.back)) return false;
  jpeg_create_decompress(&d.info);
  d.progress.progress_monitor = on_progress;
  d.info.progress = &d.progress;
  jpeg_save_markers(&d.info, JPEG_APP0 + 1, 0xffff);
  jpeg_mem_src(&d.info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&d.info, TRUE);
  const bool has_four = d.info.num_components == 4;
  d.info.out_color_space = has_four ? JCS_CMYK : JCS_RGB;
  d.info.dct_method = JDCT_ISLOW;
  d.info.do_fancy_upsampling = TRUE;
  return true;
}

bool read_rows(Decoder& d, uint8_t* rgb, uint8_t* four) {
  if (setjmp(d.error.back)) return false;
  jpeg_start_decompress(&d.info);
  const size_t width = d.info.output_width;
  while (d.info.output_scanline < d.info.output_height) {
    uint8_t* target = rgb + 3 * width * d.info.output_scanline;
    JSAMPROW row = four != nullptr ? four : target;
    jpeg_read_scanlines(&d.info, &row, 1);
    if (four != nullptr) cmyk_row_to_rgb(four, static_cast<int>(width), target);
  }
  jpeg_finish_decompress(&d.info);
  return true;
}

std::string_view first_exif(const jpeg_decompress_struct& info) {
  for (const auto* marker = info.marker_list; marker != nullptr; marker = marker->next) {
    const std::string_view data(reinterpret_cast<const char*>(marker->data), marker->data_length);
    if (marker->marker == JPEG_APP0 + 1 && data.starts_with("Exif")) return data;
  }
  return {};
}

}  // namespace

Decoded decode_jpeg(const Encoded& file) {
  Decoder decoder;
  if (!start(decoder, file.bytes)) fail_decode(file, decoder.error.text);
  Image image = blank_image(decoder.info.image_width, decoder.info.image_height, file);
  std::string exif(first_exif(decoder.info));
  std::vector<uint8_t> four;
  if (decoder.info.num_components == 4) four.resize(4 * static_cast<size_t>(image.width));
  if (!read_rows(decoder, image.rgb.data(), four.empty() ? nullptr : four.data())) {
    fail_decode(file, decoder.error.text);
  }
  return {std::move(image), std::move(exif)};
}

}  // namespace plumbline::image
