// Small Excel workbooks.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/formats/binary.h"

namespace plumbline::formats {

// Of sheets {name, rows as XML} and shared strings as XML.
inline std::string workbook_of(const std::vector<std::pair<std::string, std::string>>& sheets,
                               const std::string& strings) {
  const std::string head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
  std::string list, relations;
  std::vector<ZipPart> parts;
  for (size_t i = 0; i < sheets.size(); ++i) {
    const std::string n = std::to_string(i + 1);
    std::string name;
    for (const char c : sheets[i].first)
      name += c == '&' ? std::string("&amp;") : std::string(1, c);
    list += "<sheet name=\"" + name + "\" sheetId=\"" + n + "\" r:id=\"rId" + n + "\"/>";
    relations += "<Relationship Id=\"rId" + n + "\" Type=\"http://x/relationships/worksheet\" " +
                 "Target=\"" + (i == 0 ? "" : "/xl/") + "worksheets/sheet" + n + ".xml\"/>";
    parts.push_back(
        {"xl/worksheets/sheet" + n + ".xml",
         head + "<worksheet><sheetData>" + sheets[i].second + "</sheetData></worksheet>"});
  }
  parts.push_back({"xl/workbook.xml", head + "<workbook><sheets>" + list + "</sheets></workbook>"});
  parts.push_back(
      {"xl/_rels/workbook.xml.rels", head + "<Relationships>" + relations + "</Relationships>"});
  if (!strings.empty()) {
    parts.push_back({"xl/sharedStrings.xml", head + "<sst>" + strings + "</sst>"});
  }
  return zip_of(parts).bytes;
}

}  // namespace plumbline::formats
