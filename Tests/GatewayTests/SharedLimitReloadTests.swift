import Configuration
import Networking
import NumberAuth
import Testing

@testable import Gateway
@testable import Store

@Suite("Reloads of limits that several gateways share") struct SharedLimitReloadTests {
  private let now = WallTime(iso8601: "2026-11-28T04:00:00Z")!

  private func configuration(app: String = "", account: String = "") throws -> Configuration {
    let files = TestFiles { text in
      text.replacing("\napps:\n  shop:\n", with: "\napps:\n  shop:\n    limits: {\(app)}\n", maxReplacements: 1)
        .replacing("  mobile-app:\n", with: "  mobile-app:\n    limits: {\(account)}\n", maxReplacements: 1)
    }
    return try ConfigurationLoader.load(TestFiles.config, files: files.system)
  }

  private func registry() -> LimitRegistry { LimitRegistry(LimitCalendar(), isShared: true) { [] } }

  private func share(_ amount: Int64) -> LimitShare {
    LimitShare(
      amount: amount, validUntil: MonotonicTime(nanoseconds: .max), afterwards: amount, gateways: 2, isDegraded: false)
  }

  @Test("An added limit has its share before it is activated")
  func added() throws {
    let registry = registry()
    registry.announce(try configuration(), now: now)
    #expect(registry.activate(try configuration()).apps["shop"]?.settings.isEmpty == true)
    let limited = try configuration(app: "perDay: 10, perSecond: 5")
    registry.announce(limited, now: now)
    let uses = registry.uses(at: now).sorted { $0.name < $1.name }
    #expect(uses.map(\.name) == ["app/shop/perDay/2026-11-28", "app/shop/perSecond"])
    #expect(uses.map(\.total) == [10, 5000])
    registry.apply(["app/shop/perDay/2026-11-28": share(1), "app/shop/perSecond": share(2500)], at: now)
    let limits = registry.activate(limited)
    let shop = try #require(limits.apps["shop"])
    _ = try shop.consumption.reserve(.zero, shop.settings, LimitCalendar(), at: now)
    #expect(throws: LimitRefusal.self) {
      _ = try shop.consumption.reserve(.zero, shop.settings, LimitCalendar(), at: now)
    }
    // A share of 2.5 per second; nothing is saved up at its beginning.
    let later = MonotonicTime.now.advanced(by: .seconds(60))
    #expect(shop.rate?.admit(at: later) == nil)
  }

  @Test("Requests that started before a limit was removed are still accepted")
  func removed() throws {
    let registry = registry()
    let limited = try configuration(app: "perDay: 10, perSecond: 5")
    registry.announce(limited, now: now)
    registry.apply(["app/shop/perDay/2026-11-28": share(10), "app/shop/perSecond": share(5000)], at: now)
    let old = try #require(registry.activate(limited).apps["shop"])
    registry.announce(try configuration(), now: now)
    #expect(registry.uses(at: now).count == 2)
    #expect(registry.activate(try configuration()).apps["shop"]?.settings.isEmpty == true)
    #expect(registry.uses(at: now).isEmpty)
    registry.apply([:], at: now)
    _ = try old.consumption.reserve(.zero, old.settings, LimitCalendar(), at: now)
    #expect(old.rate?.admit(at: MonotonicTime.now.advanced(by: .seconds(60))) == nil)
  }

  @Test("A limit that is removed and added again counts what the ledger contains")
  func addedAgain() throws {
    let history = Locked<[UsageHistory]>([])
    let registry = LimitRegistry(LimitCalendar()) { history.withLock { $0 } }
    let limited = try configuration(app: "perDay: 10")
    registry.announce(limited, now: now)
    _ = registry.activate(limited)
    registry.announce(try configuration(), now: now)
    _ = registry.activate(try configuration())
    var used = Used()
    used.callsToday = 10
    history.withLock { $0 = [UsageHistory(team: "shop", app: "shop", currency: "CNY", used: used)] }
    registry.announce(limited, now: now)
    let shop = try #require(registry.activate(limited).apps["shop"])
    #expect(throws: LimitRefusal.self) {
      _ = try shop.consumption.reserve(.zero, shop.settings, LimitCalendar(), at: now)
    }
  }

  @Test("An account without a limit continues until its new limit has a share")
  func account() throws {
    let gates = VendorGates(BreakerSettings(), sharesLimits: true)
    let unlimited = try configuration()
    gates.announce(unlimited.accounts.values)
    let gate = try #require(gates.activate(unlimited.accounts.values)["mobile-app"])
    let limited = try configuration(account: "perSecond: 100")
    gates.announce(limited.accounts.values)
    #expect(gate.pace.reserve(at: .now) == .wait(.zero))
    #expect(gates.uses() == [LimitUse(name: "account/mobile-app/perSecond", kind: .rate, total: 100_000, used: 0)])
    gates.apply(["account/mobile-app/perSecond": share(50_000)])
    #expect(gates.activate(limited.accounts.values)["mobile-app"] === gate)
    #expect(gate.pace.reserve(at: MonotonicTime.now.advanced(by: .seconds(60))) == .wait(.zero))
    #expect(gates.uses().map(\.used) == [1000])
  }
}
