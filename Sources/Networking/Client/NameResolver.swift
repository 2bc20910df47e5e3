internal import Glibc

/// Resolves host names on separate threads, so that a slow DNS server never blocks an event loop. Shared by all loops.
///
/// At most one look-up per host is in flight. Addresses are fresh for `freshness`. After that, up to `staleness`, they
/// are still used while a new look-up runs and while look-ups fail: an outage of the DNS server does not interrupt
/// calls to a vendor that has been resolved before.
public final class NameResolver: Sendable {
  /// Blocks until the name is resolved. Returns numeric addresses in order of preference; empty if the look-up failed.
  public typealias Lookup = @Sendable (_ host: String) -> [String]

  /// Uses `getaddrinfo`.
  public static let system = NameResolver(lookup: lookUpBySystem)

  private struct Entry {
    var addresses: [String] = []
    var resolvedAt: MonotonicTime?
    var isLookingUp = false
    var waiting: [@Sendable ([String]) -> Void] = []
  }

  private let lookup: Lookup
  private let freshness: Duration
  private let staleness: Duration
  private let entries = Locked([String: Entry]())

  public init(
    freshness: Duration = .seconds(60), staleness: Duration = .seconds(600), lookup: @escaping Lookup
  ) {
    self.lookup = lookup
    self.freshness = freshness
    self.staleness = staleness
  }

  /// Returns the cached addresses of a host, or nil if the caller must wait. In that case `completion` is called once,
  /// on any thread, with an empty list if the name cannot be resolved.
  func addresses(
    of host: String, at now: MonotonicTime, completion: @escaping @Sendable ([String]) -> Void
  ) -> [String]? {
    let (cached, mustLookUp) = entries.withLock { entries in
      var entry = entries[host] ?? Entry()
      defer { entries[host] = entry }
      let age = entry.resolvedAt.map { now.nanoseconds(since: $0) }
      if let age, age < freshness.nanoseconds { return (entry.addresses as [String]?, false) }
      let mustLookUp = !entry.isLookingUp
      entry.isLookingUp = true
      if let age, age < staleness.nanoseconds { return (entry.addresses, mustLookUp) }
      entry.waiting.append(completion)
      return (nil, mustLookUp)
    }
    if mustLookUp, !BlockingThread.run({ [self] in finish(host, lookup(host)) }) { finish(host, []) }
    return cached
  }

  private func finish(_ host: String, _ addresses: [String]) {
    let (waiting, usable) = entries.withLock { entries in
      var entry = entries[host] ?? Entry()
      let waiting = entry.waiting
      entry.waiting = []
      entry.isLookingUp = false
      if !addresses.isEmpty {
        entry.addresses = addresses
        entry.resolvedAt = .now
      }
      entries[host] = entry.addresses.isEmpty ? nil : entry
      return (waiting, addresses)
    }
    for completion in waiting { completion(usable) }
  }

  private static let lookUpBySystem: Lookup = { host in
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_ADDRCONFIG
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var next = list
    while let info = next?.pointee, addresses.count < 16 {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      if getnameinfo(info.ai_addr, info.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0 {
        let address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        if !addresses.contains(address) { addresses.append(address) }
      }
      next = info.ai_next
    }
    return addresses
  }
}

extension Duration {
  /// The duration in nanoseconds, clamped to `UInt64`.
  public var nanoseconds: UInt64 {
    MonotonicTime(nanoseconds: 0).advanced(by: self).nanoseconds
  }
}
