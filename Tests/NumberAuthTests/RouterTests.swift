import NumberAuth
import ProviderConformance
import Testing

@Suite("Router")
struct RouterTests {
  private static func router(_ candidates: Router.Candidate...) -> Router {
    Router(apps: [
      "shop": [
        .init(channel: .h5, operation: .login): candidates,
        .init(channel: .app, operation: .verify): [.init(account: "z")],
      ],
      "empty": [:],
    ])
  }

  private static func order(_ router: Router, _ draw: UInt64) throws -> [String] {
    try router.candidates(appId: "shop", channel: .h5, operation: .login, draw: draw).map(\.account)
  }

  @Test(
    "A missing route is reported",
    arguments: [
      ("club", Channel.h5, Operation.login, FailureReason.notFound), ("", .h5, .login, .notFound),
      ("Shop", .h5, .login, .notFound), ("empty", .h5, .login, .notFound), ("shop", .quickApp, .verify, .notFound),
      ("shop", .h5, .verify, .operationUnsupported), ("shop", .app, .login, .operationUnsupported),
    ])
  func refusals(_ app: String, _ channel: Channel, _ operation: Operation, _ reason: FailureReason) {
    let router = RouterTests.router(.init(account: "a"))
    let failure = #expect(throws: Failure.self) {
      try router.candidates(appId: app, channel: channel, operation: operation, draw: 0)
    }
    #expect(failure?.reason == reason && failure?.stage == .gateway && failure?.delivery == .notSent)
  }

  @Test("Without weights, the order is that of the configuration", arguments: [0, 1, 2, 3, UInt64.max])
  func plain(_ draw: UInt64) throws {
    let router = RouterTests.router(.init(account: "c"), .init(account: "a"), .init(account: "b"))
    #expect(try RouterTests.order(router, draw) == ["c", "a", "b"])
  }

  @Test(
    "The random number selects the first account; the others follow in order",
    arguments: [
      (0, "a"), (1, "b"), (2, "b"), (3, "b"), (4, "d"), (5, "d"), (6, "a"), (7, "b"), (UInt64.max, "b"),
    ] as [(UInt64, String)])
  func weighted(_ draw: UInt64, _ first: String) throws {
    // Shares 1, 3, 0 and 2 of 6; UInt64.max is 3 more than a multiple of 6.
    let router = RouterTests.router(
      .init(account: "a", weight: 1), .init(account: "b", weight: 3), .init(account: "c", weight: 0),
      .init(account: "d", weight: 2))
    let order = try RouterTests.order(router, draw)
    #expect(order == [first] + ["a", "b", "c", "d"].filter { $0 != first })
  }

  @Test("Every account gets its share; an account with weight 0 is never the first")
  func shares() throws {
    let router = RouterTests.router(
      .init(account: "a", weight: 70), .init(account: "b", weight: 0), .init(account: "c", weight: 30))
    var firsts: [String: Int] = [:]
    for draw in 0..<UInt64(1000) { firsts[try RouterTests.order(router, draw)[0], default: 0] += 1 }
    #expect(firsts == ["a": 700, "c": 300])
  }

  @Test("Every account is returned once, for all weights and random numbers")
  func permutations() throws {
    var random = SeededRandom(seed: 7)
    for _ in 0..<500 {
      let candidates = (0...random.below(5)).map { index in
        Router.Candidate(account: "a\(index)", weight: random.chance(3) ? nil : random.below(4) * 250_000)
      }
      let router = Router(apps: ["shop": [.init(channel: .h5, operation: .login): candidates]])
      let order = try router.candidates(appId: "shop", channel: .h5, operation: .login, draw: random.next())
      #expect(order.sorted { $0.account < $1.account } == candidates)
      let isWeighted = candidates.contains { ($0.weight ?? 0) > 0 }
      #expect(!isWeighted || (order[0].weight ?? 0) > 0)
    }
  }

  @Test("The IDs of the apps are sorted")
  func apps() {
    let router = RouterTests.router(.init(account: "a"))
    #expect(router.appIds == ["empty", "shop"])
    #expect(router.routes(of: "shop")?.count == 2 && router.routes(of: "club") == nil)
  }
}
