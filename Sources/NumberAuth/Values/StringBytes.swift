private import Glibc

extension String {
  /// Compares byte for byte. Swift's `==` treats canonically equivalent characters as equal, such as K and the Kelvin
  /// sign.
  public func hasSameBytes(as other: String) -> Bool {
    let isEqual: Bool?? = utf8.withContiguousStorageIfAvailable { left in
      other.utf8.withContiguousStorageIfAvailable { right in
        left.count == right.count && (left.isEmpty || memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0)
      }
    }
    return (isEqual ?? nil) ?? utf8.elementsEqual(other.utf8)
  }
}
