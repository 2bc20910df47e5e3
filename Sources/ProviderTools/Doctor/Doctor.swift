public import Configuration
import Cryptography
public import Networking
public import NumberAuth

/// Checks an account before it goes live: its keys, the connection to the vendor, the clock, and the vendor's response
/// to an invalid token.
public struct Doctor: Sendable {
  private let client: HTTPClient?
  private let vendors: HTTPClientOptions
  private let clock: @Sendable () -> WallTime

  /// `loop` sends the calls, with the gateway's options for vendors; nil: nothing is sent. Call before other code uses
  /// the loop, or on its thread.
  public init(loop: EventLoop?, vendors: HTTPClientOptions, clock: @escaping @Sendable () -> WallTime) {
    client = loop.map { HTTPClient(loop: $0, options: vendors) }
    self.vendors = vendors
    self.clock = clock
  }

  /// Checks an account. Call from a task on the doctor's loop, if it has one.
  public func examine(_ account: Account) async -> AccountHealth {
    var results = Self.offlineFindings(account, at: clock())
    if let client { results += await ask(account, client) }
    return AccountHealth(
      account: account.name, provider: account.file.name, origin: account.origin.description, results: results)
  }

  /// Closes open connections. Call on the doctor's loop.
  public func finish() { client?.shutdown() }

  private func ask(_ account: Account, _ client: HTTPClient) async -> [CheckResult] {
    var line = VendorProbe(client: client, account: account, vendors: vendors, clock: clock)
    var results = await line.reach()
    guard line.isReached else {
      return results + (["clock"] + Self.calls(account).map(\.topic)).map { CheckResult(.warning, $0, "not tried") }
    }
    var answers: [CheckResult] = []
    if let user = account.credentialUser {
      for name in Self.credentials(of: user) { answers.append(await line.fetch(name, from: user)) }
    }
    for call in Self.calls(account) {
      guard line.canMake(call) else {
        answers.append(CheckResult(.warning, call.topic, "not tried: it needs the credential"))
        continue
      }
      if let finding = await line.make(call) { answers.append(finding) }
    }
    results.append(
      line.reading?.result
        ?? CheckResult(
          .warning, "clock", "the vendor's responses have no Date header to compare with",
          advice: "Check that NTP runs on this machine."))
    return results + answers
  }

  /// The credentials of all calls, in the order in which they are fetched.
  private static func credentials(of user: any CredentialUsing) -> [String] {
    Stage.allCases.flatMap { user.credentials(at: $0) }
      .reduce(into: []) { names, name in if !names.contains(name) { names.append(name) } }
  }

  private static func calls(_ account: Account) -> [DoctorCall] {
    account.file.serves.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { channel, operations in
      Operation.allCases.filter { operations.contains($0) && account.provider.unsupportedReason(for: $0) == nil }
        .flatMap { operation in
          [DoctorCall.Kind.prepare, .redeem].compactMap { kind in
            if kind == .prepare, !account.file.canPrepare { return nil }
            return DoctorCall(kind: kind, operation: operation, channel: channel)
          }
        }
    }
  }
}

/// One call to a vendor.
struct DoctorCall: Sendable {
  enum Kind: Sendable {
    /// Requests the SDK's parameters, if the vendor issues them.
    case prepare
    /// Sends the invalid token.
    case redeem
  }

  let kind: Kind
  let operation: Operation
  let channel: Channel

  var topic: String { (kind == .prepare ? "prepare " : "") + operation.rawValue + " " + channel.rawValue }
}
