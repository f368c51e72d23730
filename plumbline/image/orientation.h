// The orientation that EXIF data gives a picture.
#pragma once

#include <string_view>

#include "plumbline/image/image.h"

namespace plumbline::image {

// The value of tag 0x0112 in the first directory of EXIF data (a TIFF block, with or without the
// "Exif" header before it); 1, upright, when there is none, when it is not from 1 to 8, or when the
// block is damaged. Source: EXIF 2.3, section 4.6.4; the behaviour of Pillow's getexif.
int exif_orientation(std::string_view exif);

// The picture upright: 2 mirrors left and right, 3 turns by 180 degrees, 4 mirrors top and bottom,
// 5 mirrors along the main diagonal, 6 turns by 90 degrees clockwise, 7 mirrors along the other
// diagonal, 8 turns by 90 degrees anticlockwise. 5 to 8 exchange width and height.
// Source: the behaviour of Pillow's ImageOps.exif_transpose.
Image oriented(Image image, int orientation);

}  // namespace plumbline::image
