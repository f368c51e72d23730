// The operations of pickles that state dicts consist of.
#pragma once

#include <cstdint>

namespace plumbline::formats {

// Source: Python's Lib/pickletools.py, whose names these are.
enum PickleOpcode : uint8_t {
  kAppend = 'a',
  kAppends = 'e',
  kBinBytes = 'B',
  kBinBytes8 = 0x8e,
  kBinFloat = 'G',
  kBinGet = 'h',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kBinPersId = 'Q',
  kBinPut = 'q',
  kBinString = 'T',
  kBinUnicode = 'X',
  kBinUnicode8 = 0x8d,
  kBuild = 'b',
  kDict = 'd',
  kDup = '2',
  kEmptyDict = '}',
  kEmptyList = ']',
  kEmptyTuple = ')',
  kFrame = 0x95,
  kGet = 'g',
  kGlobal = 'c',
  kList = 'l',
  kLong1 = 0x8a,
  kLong4 = 0x8b,
  kLongBinGet = 'j',
  kLongBinPut = 'r',
  kMark = '(',
  kMemoize = 0x94,
  kNewFalse = 0x89,
  kNewTrue = 0x88,
  kNone = 'N',
  kPop = '0',
  kPopMark = '1',
  kProto = 0x80,
  kPut = 'p',
  kReduce = 'R',
  kSetItem = 's',
  kSetItems = 'u',
  kShortBinBytes = 'C',
  kShortBinString = 'U',
  kShortBinUnicode = 0x8c,
  kStackGlobal = 0x93,
  kStop = '.',
  kTuple = 't',
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
};

}  // namespace plumbline::formats
