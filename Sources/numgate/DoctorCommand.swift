import Configuration
import Glibc
import Networking
import NumberAuth
import ProviderTools

enum DoctorCommand: Command {
  static let name = "doctor"
  static let summary = "check accounts before going live: keys, host, TLS, clock, signature"
  static let help = """
    usage: numgate doctor [--account NAME]... [--offline] [--json] [--config config.yaml] [--providers FOLDER]

    Checks each account: its keys (lengths, fingerprints, mixed-up keys), the vendor's host (name, connection, TLS
    certificate), this machine's clock compared with the vendor's, and one call with an invalid token for each operation
    and channel. A vendor that accepts the account refuses only the token; otherwise its response shows whether it
    refused the signature, the app or the address. No documented vendor charges for an invalid token.

    ok = passed, !! = failed, -- = warning or unknown, -> = suggested fix. --offline sends nothing and checks the keys
    only. --account may be repeated; without it all accounts are checked. Exit code 1 if a check has failed.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let files = try ConfigurationFiles(&arguments)
    let names = try arguments.options("--account")
    let isOffline = arguments.flag("--offline")
    let isJSON = arguments.flag("--json")
    try arguments.finish()
    guard let configuration = files.load() else { return 1 }
    let known = configuration.accounts.keys.sorted()
    if let unknown = names.first(where: { configuration.accounts[$0] == nil }) {
      throw UsageError(
        "there is no account '\(unknown)'; known: " + known.joined(separator: ", "), command: name)
    }
    let accounts = known.filter { names.isEmpty || names.contains($0) }.compactMap { configuration.accounts[$0] }
    let loop: EventLoop
    do throws(SystemError) {
      loop = try EventLoop()
    } catch {
      Terminal.error("numgate: \(error)")
      return 1
    }
    let doctor = Doctor(loop: isOffline ? nil : loop, vendors: configuration.server.vendors) { wallClock() }
    let found = Locked([AccountHealth]())
    Task(executorPreference: loop) {
      for account in accounts {
        let health = await doctor.examine(account)
        if !isJSON { Terminal.print(HealthReport.lines(health).joined(separator: "\n")) }
        found.withLock { $0.append(health) }
      }
      doctor.finish()
      loop.stop()
    }
    loop.run()
    let all = found.withLock { $0 }
    Terminal.print(
      isJSON ? String(decoding: HealthReport.json(all).bytes, as: UTF8.self) : HealthReport.summary(all))
    return all.allSatisfy(\.isOK) ? 0 : 1
  }

  private static func wallClock() -> WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
