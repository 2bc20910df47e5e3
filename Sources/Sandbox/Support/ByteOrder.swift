extension String {
  /// Order by bytes: what the vendors' sorting means, whatever Unicode thinks of the letters.
  func precedesInBytes(_ other: String) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}
