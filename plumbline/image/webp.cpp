#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>

#include "plumbline/image/codecs.h"

namespace plumbline::image {
namespace {

struct Free {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};

// The first frame on its canvas; what the frame leaves uncovered is black, as Pillow gives it.
bool read_first_frame(const WebPData& data, Image& image) {
  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options)) return false;
  options.color_mode = MODE_RGBA;
  const std::unique_ptr<WebPAnimDecoder, Free> decoder(WebPAnimDecoderNew(&data, &options));
  uint8_t* rgba = nullptr;
  int timestamp = 0;
  if (!decoder || !WebPAnimDecoderGetNext(decoder.get(), &rgba, &timestamp)) return false;
  for (size_t i = 0; i < image.rgb.size(); i += 3, rgba += 4) {
    image.rgb[i] = rgba[0];
    image.rgb[i + 1] = rgba[1];
    image.rgb[i + 2] = rgba[2];
  }
  return true;
}

std::string exif_chunk(const WebPDemuxer* demuxer) {
  WebPChunkIterator chunk{};
  std::string exif;
  if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk)) {
    exif.assign(reinterpret_cast<const char*>(chunk.chunk.bytes), chunk.chunk.size);
  }
  WebPDemuxReleaseChunkIterator(&chunk);
  return exif;
}

}  // namespace

Decoded decode_webp(const Encoded& file) {
  const WebPData data{reinterpret_cast<const uint8_t*>(file.bytes.data()), file.bytes.size()};
  const std::unique_ptr<WebPDemuxer, Free> demuxer(WebPDemux(&data));
  if (!demuxer) fail_decode(file, "a broken or truncated WebP file");
  Decoded result{.image = blank_image(WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH),
                                      WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT), file)};
  Image& image = result.image;
  const bool is_animated = WebPDemuxGetI(demuxer.get(), WEBP_FF_FORMAT_FLAGS) & ANIMATION_FLAG;
  const bool is_read = is_animated
                           ? read_first_frame(data, image)
                           : WebPDecodeRGBInto(data.bytes, data.size, image.rgb.data(),
                                               image.rgb.size(), 3 * image.width) != nullptr;
  if (!is_read) fail_decode(file, "broken WebP data");
  result.exif = exif_chunk(demuxer.get());
  return result;
}

}  // namespace plumbline::image
