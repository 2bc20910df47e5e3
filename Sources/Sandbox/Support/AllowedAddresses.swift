/// Where an account may be called from, as reported to its vendor.
struct AllowedAddresses: Sendable {
  /// Empty where every address may call.
  let addresses: [String]

  func allow(_ address: String) -> Bool {
    guard !addresses.isEmpty else { return true }
    let bare = address.hasPrefix("::ffff:") ? String(address.dropFirst(7)) : address
    return addresses.contains(bare)
  }
}
