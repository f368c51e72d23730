// XML as a sequence of elements and text.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace plumbline::formats {

// What a reader of XML is told. Names come without the prefix of a namespace.
class XmlVisitor {
 public:
  using Attributes = std::map<std::string, std::string, std::less<>>;

  virtual ~XmlVisitor() = default;
  virtual void begin(std::string_view element, const Attributes& attributes) = 0;
  virtual void end(std::string_view element) = 0;
  virtual void text(std::string_view characters) = 0;  // may come in pieces
};

// Throws DataError naming `where` and the line for what is not well-formed, and for document types:
// entities could make much of little. What the visitor throws comes out.
void read_xml(std::string_view text, const std::string& where, XmlVisitor& visitor);

}  // namespace plumbline::formats
