/// The client addresses that are allowed to call an account, as registered at the vendor.
struct AllowedAddresses: Sendable {
  /// Empty: all addresses are allowed.
  let addresses: [String]

  func allow(_ address: String) -> Bool {
    guard !addresses.isEmpty else { return true }
    let bare = address.hasPrefix("::ffff:") ? String(address.dropFirst(7)) : address
    return addresses.contains(bare)
  }
}
