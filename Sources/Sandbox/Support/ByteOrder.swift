extension String {
  /// Order by UTF-8 bytes, as the vendors sort. (Swift compares by Unicode order.)
  func precedesInBytes(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}
