/// Selects the accounts for an app's channel and operation. A pure value: it does not depend on circuit breakers and
/// gets its random number as an argument.
public struct Router: Sendable {
  /// The key of an app's routes.
  public struct Route: Sendable, Hashable {
    public let channel: Channel
    public let operation: Operation

    public init(channel: Channel, operation: Operation) {
      self.channel = channel
      self.operation = operation
    }
  }

  /// One account of a route.
  public struct Candidate: Sendable, Hashable {
    public let account: String
    /// Its share of new sessions; nil if the route is in order of preference.
    public let weight: Int?

    public init(account: String, weight: Int? = nil) {
      self.account = account
      self.weight = weight
    }
  }

  /// The routes of one app. Candidates are in the order of the configuration.
  public typealias Routes = [Route: [Candidate]]

  private let apps: [String: Routes]

  public init(apps: [String: Routes]) { self.apps = apps }

  public var appIds: [String] { apps.keys.sorted() }

  public func routes(of appId: String) -> Routes? { apps[appId] }

  /// The candidates in the order of the attempts. With weights, the random number `draw` selects the first one by its
  /// share, and the others follow in the order of the configuration. Without weights, that order is used unchanged.
  /// Throws `notFound` for an unknown app or a channel without a route, and `operationUnsupported` if the channel has
  /// routes, but not for this operation.
  public func candidates(
    appId: String, channel: Channel, operation: Operation, draw: UInt64
  ) throws(Failure) -> [Candidate] {
    guard let routes = apps[appId] else { throw .gateway(.notFound, "There is no such app.") }
    guard let candidates = routes[Route(channel: channel, operation: operation)] else {
      let hasChannel = routes.keys.contains { $0.channel == channel }
      throw hasChannel
        ? .gateway(.operationUnsupported, "The app has no route for \(operation.rawValue) on \(channel.rawValue).")
        : .gateway(.notFound, "The app has no route for the channel \(channel.rawValue).")
    }
    return Router.order(candidates, draw: draw)
  }

  static func order(_ candidates: [Candidate], draw: UInt64) -> [Candidate] {
    let total = candidates.reduce(UInt64(0)) { $0 + UInt64(max($1.weight ?? 0, 0)) }
    guard total > 0 else { return candidates }
    var rest = draw % total
    guard
      let chosen = candidates.firstIndex(where: { candidate in
        let share = UInt64(max(candidate.weight ?? 0, 0))
        if rest < share { return true }
        rest -= share
        return false
      })
    else { return candidates }
    var ordered = candidates
    let first = ordered.remove(at: chosen)
    return [first] + ordered
  }
}
