import NumberAuth

/// The pages that are registered with the vendor for an account. An SDK that runs on another page fails only after the
/// user has waited for it.
public struct RegisteredPages: Sendable, Equatable {
  /// Without query and fragment. Empty: all pages are accepted.
  let addresses: [String]

  /// Whether one of the pages is on https.
  var hasSecurePage: Bool { addresses.contains { $0.hasPrefix("https://") } }

  init(_ addresses: [String]) { self.addresses = addresses }

  /// Whether an SDK may run on a page with this URL. Vendors compare the address byte for byte, without query and
  /// fragment (H5 document §2.1).
  public func contains(_ url: String) -> Bool {
    guard !addresses.isEmpty else { return true }
    let address = Self.address(of: url)
    return addresses.contains { $0.hasSameBytes(as: address) }
  }

  /// A URL without query and fragment.
  static func address(of url: String) -> String { String(url.prefix { $0 != "?" && $0 != "#" }) }
}
