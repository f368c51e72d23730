#include "plumbline/remote/excerpt.h"

#include <gtest/gtest.h>

namespace plumbline::remote {
namespace {

TEST(Excerpt, IsOneLineBetweenQuotes) {
  EXPECT_EQ(excerpt(" a\nb \n"), "'a b'");
  EXPECT_EQ(excerpt(" \n"), "''");
}

TEST(Excerpt, SaysThatThereIsMore) {
  EXPECT_EQ(excerpt("abc", 3), "'abc'");
  EXPECT_EQ(excerpt("abcd", 3), "'abc...'");
}

TEST(Excerpt, CutsNoCharacter) {
  EXPECT_EQ(excerpt("a\u00fcb", 2), "'a...'");
  EXPECT_EQ(excerpt("a\u00fcb", 3), "'a\u00fc...'");
}

TEST(Tail, IsTheEnd) {
  EXPECT_EQ(tail("abcd\n", 3), "bcd");
  EXPECT_EQ(tail("abcd\n", 4), "abcd");
  EXPECT_EQ(tail("", 4), "");
}

TEST(Tail, CutsNoCharacter) {
  EXPECT_EQ(tail("\u00fcb", 2), "b");
  EXPECT_EQ(tail("\u00fcb", 3), "\u00fcb");
}

}  // namespace
}  // namespace plumbline::remote
