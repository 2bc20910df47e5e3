import Networking
import NumberAuth
import Testing

@testable import Store

/// Gateways that share limits in one database, with a simulated clock. A request is processed by the database in one
/// step of 50 ms, its response arrives in the next one.
private final class LeaseSimulation {
  final class Gateway {
    let table: LeaseTable
    var holder: LeaseHolder
    var uses: [LimitUse]
    var shares: [String: LimitShare] = [:]
    /// Only this gateway cannot reach the database.
    var isCutOff = false
    var response: (requests: [LeaseHolder.Request], grants: [LeaseHolder.Grant]?, sent: MonotonicTime)?

    init(_ name: String, _ uses: [LimitUse], gateways: Int = 1) {
      table = LeaseTable(gateway: name)
      holder = LeaseHolder(gateways: gateways, at: MonotonicTime(nanoseconds: 0))
      self.uses = uses
    }
  }

  static let step = 50
  private let connection: PostgresConnection
  private(set) var milliseconds = 1_000_000
  var gateways: [Gateway] = []
  var isAway = false
  var losesResponses = false
  private var random: UInt64 = 13

  init() throws {
    connection = try PostgresConnection(try TestCluster.database(), name: "tests")
    try PostgresSchema.migrate(connection)
  }

  var now: MonotonicTime { MonotonicTime(nanoseconds: UInt64(milliseconds) * 1_000_000) }
  private var wallTime: WallTime { WallTime(milliseconds: Sample.now.milliseconds + Int64(milliseconds)) }

  /// A number from 0 to `limit` - 1: the same in each run.
  func next(_ limit: Int) -> Int {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(random >> 33) % limit
  }

  /// One step. The gateways renew each second, at different times.
  func advance() throws {
    milliseconds += Self.step
    for (index, gateway) in gateways.enumerated() {
      if let response = gateway.response {
        gateway.response = nil
        if let grants = response.grants {
          gateway.holder.succeed(response.requests, grants, sent: response.sent, at: now)
        } else {
          gateway.holder.fail(at: now)
        }
        gateway.shares = gateway.holder.shares(at: now)
      }
      guard (milliseconds / Self.step + index * 7) % 20 == 0 else { continue }
      let requests = gateway.holder.requests(gateway.uses, at: now)
      let grants = isAway || gateway.isCutOff ? nil : try gateway.table.renew(requests, connection, now: wallTime)
      gateway.response = (requests, losesResponses && next(3) == 0 ? nil : grants, now)
    }
  }

  func release(_ gateway: Gateway) throws {
    try gateway.table.release(gateway.uses, connection)
    gateways.removeAll { $0 === gateway }
  }

  func amount(_ gateway: Gateway, _ name: String) -> Int64 { gateway.shares[name]?.amount(at: now) ?? 0 }

  func sum(_ name: String) -> Int64 { gateways.reduce(0) { $0 + amount($1, name) } }
}

@Suite("Limits shared through PostgreSQL", .onThreads) struct LeaseTests {
  private let rate = "app/shop/perSecond"
  private let quota = "app/shop/perDay/2026-11-28"

  private func rate(_ used: Int64 = 0) -> LimitUse { LimitUse(name: rate, kind: .rate, total: 100_000, used: used) }
  private func quota(_ used: Int64 = 0, total: Int64 = 100_000) -> LimitUse {
    LimitUse(name: quota, kind: .quota, total: total, used: used)
  }

  @Test("never exceed a rate, with changing use, lost responses and a database that is away")
  func rateIsNeverExceeded() throws {
    let simulation = try LeaseSimulation()
    simulation.gateways = [.init("a", [rate()]), .init("b", [rate()])]
    var calls: [Int64] = [0, 0]
    var rates: [Int64] = [0, 0]
    let seconds = 600
    for step in 0..<(seconds * 20) {
      if step % 200 == 0 { rates = [Int64(simulation.next(150_000)), Int64(simulation.next(150_000))] }
      // Away from 200 s to 300 s; responses are lost from 400 s to 500 s.
      simulation.isAway = (4000..<6000).contains(step)
      simulation.losesResponses = (8000..<10_000).contains(step)
      try simulation.advance()
      #expect(simulation.sum(rate) <= 100_000)
      for index in 0...1 {
        let gateway = simulation.gateways[index]
        gateway.uses[0].used += rates[index] / 20
        calls[index] += min(rates[index], simulation.amount(gateway, rate)) / 20
      }
    }
    #expect(calls[0] + calls[1] <= 100_000 * Int64(seconds))
    #expect(calls[0] + calls[1] >= 60_000 * Int64(seconds))
  }

  @Test("follow the use of the gateways")
  func followsUse() throws {
    let simulation = try LeaseSimulation()
    let (busy, idle) = (LeaseSimulation.Gateway("a", [rate()]), LeaseSimulation.Gateway("b", [rate()]))
    simulation.gateways = [busy, idle]
    for _ in 0..<200 {
      busy.uses[0].used += 5000
      try simulation.advance()
    }
    // Of the weights 110 % and 10 %.
    #expect((90_000...92_000).contains(simulation.amount(busy, rate)))
    #expect((8000...8400).contains(simulation.amount(idle, rate)))
    #expect(busy.shares[rate]?.gateways == 2)
    for _ in 0..<400 {
      idle.uses[0].used += 5000
      try simulation.advance()
    }
    #expect(simulation.amount(idle, rate) >= 90_000)
    #expect(simulation.amount(busy, rate) <= 9000)
  }

  @Test("are returned by a gateway that stops, and expire if it crashes")
  func leaving() throws {
    let simulation = try LeaseSimulation()
    let gateways = ["a", "b", "c"].map { LeaseSimulation.Gateway($0, [rate()]) }
    simulation.gateways = gateways
    for _ in 0..<100 { try simulation.advance() }
    #expect((33_000...33_400).contains(simulation.amount(gateways[0], rate)))
    try simulation.release(gateways[2])
    for _ in 0..<60 { try simulation.advance() }
    #expect((49_900...50_000).contains(simulation.amount(gateways[0], rate)))
    simulation.gateways = [gateways[0]]
    for _ in 0..<60 { try simulation.advance() }
    #expect(simulation.amount(gateways[0], rate) <= 50_000)
    for _ in 0..<100 { try simulation.advance() }
    #expect(simulation.amount(gateways[0], rate) == 100_000)
  }

  @Test("are equal parts of the last known number of gateways while the database is away")
  func equalParts() throws {
    let simulation = try LeaseSimulation()
    simulation.gateways = ["a", "b", "c", "d"].map { .init($0, [rate()]) }
    for _ in 0..<200 {
      simulation.gateways[0].uses[0].used += 5000
      try simulation.advance()
    }
    simulation.isAway = true
    for _ in 0..<400 { try simulation.advance() }
    for gateway in simulation.gateways {
      #expect(simulation.amount(gateway, rate) == 25_000)
      #expect(gateway.shares[rate]?.isDegraded == true)
    }
    simulation.isAway = false
    for _ in 0..<1000 {
      simulation.gateways[0].uses[0].used += 5000
      try simulation.advance()
      #expect(simulation.sum(rate) <= 100_000)
    }
    #expect(simulation.amount(simulation.gateways[0], rate) >= 75_000)
    #expect(simulation.gateways[0].shares[rate]?.isDegraded == false)
  }

  @Test("stay equal parts after a long outage until the other gateways have reported")
  func returnsLater() throws {
    let simulation = try LeaseSimulation()
    simulation.gateways = [.init("a", [rate(), quota()]), .init("b", [rate(), quota()])]
    for _ in 0..<200 { try simulation.advance() }
    func use() {
      for gateway in simulation.gateways {
        gateway.uses[1].used += min(20, max(0, simulation.amount(gateway, quota) - gateway.uses[1].used))
      }
    }
    simulation.isAway = true
    // Longer than the leases of a day are valid.
    for _ in 0..<(700 * 20) {
      try simulation.advance()
      use()
    }
    simulation.isAway = false
    simulation.gateways[1].isCutOff = true
    for step in 0..<2000 {
      if step == 100 { simulation.gateways[1].isCutOff = false }
      try simulation.advance()
      use()
      #expect(simulation.sum(rate) <= 100_000)
      #expect(simulation.gateways.reduce(0) { $0 + $1.uses[1].used } <= 100_000)
    }
  }

  @Test("start with the equal part of a known number of gateways if the database is away")
  func startsAway() throws {
    let simulation = try LeaseSimulation()
    simulation.gateways = [.init("a", [rate(), quota(40_000)], gateways: 4)]
    simulation.isAway = true
    for _ in 0..<40 { try simulation.advance() }
    #expect(simulation.amount(simulation.gateways[0], rate) == 25_000)
    #expect(simulation.amount(simulation.gateways[0], quota) == 55_000)
  }

  @Test("never exceed the quota of a day, and use it up")
  func quotaIsNeverExceeded() throws {
    let simulation = try LeaseSimulation()
    simulation.gateways = [.init("a", [quota()]), .init("b", [quota()]), .init("c", [quota()])]
    for step in 0..<(600 * 20) {
      simulation.isAway = (2000..<4000).contains(step)
      simulation.losesResponses = (6000..<8000).contains(step)
      try simulation.advance()
      for (index, gateway) in simulation.gateways.enumerated() {
        // The second gateway is 20 times as busy as the first one; the third is idle until the last fifth.
        let wanted = [1, 20, step > 9600 ? 30 : 0][index]
        gateway.uses[0].used += min(
          Int64(wanted), max(0, simulation.amount(gateway, quota) - gateway.uses[0].used))
      }
      #expect(simulation.gateways.reduce(0) { $0 + $1.uses[0].used } <= 100_000)
    }
    #expect(simulation.gateways.reduce(0) { $0 + $1.uses[0].used } == 100_000)
  }

  @Test("count the use of a gateway that stopped")
  func quotaOfStoppedGateway() throws {
    let simulation = try LeaseSimulation()
    let gateways = ["a", "b"].map { LeaseSimulation.Gateway($0, [quota()]) }
    simulation.gateways = gateways
    for _ in 0..<40 { try simulation.advance() }
    gateways[1].uses[0].used = 30_000
    try simulation.release(gateways[1])
    for _ in 0..<60 { try simulation.advance() }
    #expect(simulation.amount(gateways[0], quota) == 70_000)
  }

  @Test("are renewed by a thread of its own and returned at its end")
  func thread() throws {
    final class User: SharedLimitUser {
      let shares = Locked<[String: LimitShare]>([:])
      let limit: LimitUse
      init(_ limit: LimitUse) { self.limit = limit }
      func uses() -> [LimitUse] { [limit] }
      func apply(_ shares: [String: LimitShare]) { self.shares.withLock { $0 = shares } }
      func changed(gateways: Int) {}
      func changed(error: PostgresError?) {}
    }
    let database = try TestCluster.database()
    let user = User(rate())
    let limits = SharedLimits()
    try limits.start(user, from: database, gateway: "a")
    wait { limits.readings.renewals > 0 }
    #expect(user.shares.withLock { $0[rate]?.amount(at: .now) } == 100_000)
    #expect(try TestCluster.query("SELECT gateway, share FROM leases", database) == [["a", "100000"]])
    #expect(limits.stop())
    #expect(try TestCluster.query("SELECT gateway, share FROM leases", database).isEmpty)
  }
}
