#include "plumbline/formats/xml_events.h"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <type_traits>

#include "plumbline/base/error.h"

namespace plumbline::formats {
namespace {

std::string_view without_prefix(std::string_view name) {
  return name.substr(name.rfind(':') + 1);  // npos + 1 is 0
}

// One parse: exceptions must not travel through the parser's C frames, so they wait here.
struct Parse {
  XML_Parser parser;
  XmlVisitor& visitor;
  std::exception_ptr failure = {};
  bool has_document_type = false;

  template <class Call>
  void run(const Call& call) {
    if (failure) return;
    try {
      call();
    } catch (...) {
      failure = std::current_exception();
      XML_StopParser(parser, XML_FALSE);
    }
  }
};

void XMLCALL on_begin(void* data, const XML_Char* name, const XML_Char** attributes) {
  auto& parse = *static_cast<Parse*>(data);
  parse.run([&] {
    XmlVisitor::Attributes found;
    for (; *attributes != nullptr; attributes += 2) {
      found.emplace(without_prefix(attributes[0]), attributes[1]);
    }
    parse.visitor.begin(without_prefix(name), found);
  });
}

void XMLCALL on_end(void* data, const XML_Char* name) {
  auto& parse = *static_cast<Parse*>(data);
  parse.run([&] { parse.visitor.end(without_prefix(name)); });
}

void XMLCALL on_text(void* data, const XML_Char* text, int size) {
  auto& parse = *static_cast<Parse*>(data);
  parse.run([&] { parse.visitor.text({text, static_cast<size_t>(size)}); });
}

void XMLCALL on_document_type(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
  auto& parse = *static_cast<Parse*>(data);
  parse.has_document_type = true;
  XML_StopParser(parse.parser, XML_FALSE);
}

}  // namespace

void read_xml(std::string_view text, const std::string& where, XmlVisitor& visitor) {
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(
      XML_ParserCreate(nullptr), XML_ParserFree);
  if (!parser) throw std::bad_alloc();
  Parse parse{.parser = parser.get(), .visitor = visitor};
  XML_SetUserData(parser.get(), &parse);
  XML_SetElementHandler(parser.get(), on_begin, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_document_type);
  constexpr size_t kPiece = size_t{1} << 26;
  XML_Status status = XML_STATUS_OK;
  for (bool is_last = false; status == XML_STATUS_OK && !is_last;) {
    const std::string_view piece = text.substr(0, kPiece);
    text.remove_prefix(piece.size());
    is_last = text.empty();
    status = XML_Parse(parser.get(), piece.data(), static_cast<int>(piece.size()), is_last);
  }
  if (parse.failure) std::rethrow_exception(parse.failure);
  if (status == XML_STATUS_OK) return;
  throw DataError(Complaint{
      .component = "xml",
      .doing = "reading",
      .expected = "well-formed XML without a document type",
      .got = parse.has_document_type ? "a document type"
                                     : XML_ErrorString(XML_GetErrorCode(parser.get())),
      .where = fmt::format("{}, line {}", where, XML_GetCurrentLineNumber(parser.get()))});
}

}  // namespace plumbline::formats
