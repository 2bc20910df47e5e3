import Configuration
import Demo
import Gateway
import Glibc
import Networking
import Store

enum DemoCommand: Command {
  static let name = "demo"
  static let summary = "run sandbox and gateway together and call every vendor"
  static let help = """
    usage: numgate demo [--once] [--config config.yaml] [--providers FOLDER] [--log FILE]

    Starts the sandbox on 127.0.0.1:9090 and the gateway as configured, calls every vendor product and operation through
    the gateway's HTTP API, and prints the results and what they have cost. Then keeps running until SIGTERM or Ctrl-C;
    with --once it exits. Exit code 1 if a step did not have the expected result. The gateway's log lines are written to
    FILE (default: discarded).
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let once = arguments.flag("--once")
    let files = try ConfigurationFiles(&arguments)
    let logPath = try arguments.option("--log") ?? "/dev/null"
    try arguments.finish()
    guard let configuration = files.load(), let sandbox = SandboxCommand.make(accounts: nil) else { return 1 }
    let descriptor = open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      Terminal.error("\(logPath): \(SystemError("cannot be written"))")
      return 1
    }
    let result = Locked<Bool?>(nil)
    let code = Process.run {
      let sandboxLoop = try EventLoop.start(name: "sandbox")
      let sandboxServer = try SandboxCommand.start(sandbox, on: SandboxCommand.defaultAddress, loop: sandboxLoop)
      let log = try LogWriter(descriptor: descriptor)
      let ledger = try Ledger.open(configuration, log: log)
      let gateway = Gateway(configuration, log: log, ledger: ledger)
      let loops = try Process.loops(configuration.server.loops, name: "numgate")
      let servers = try gateway.start(on: loops)
      let demoLoop = try EventLoop.start(name: "scenario")
      let main = pthread_self()
      Task(executorPreference: demoLoop) {
        let isGood = await play(servers[0].address, sandboxServer.address, on: demoLoop)
        result.withLock { $0 = isGood }
        if let ledger { await printUsage(ledger) }
        if once {
          pthread_kill(main, SIGTERM)
        } else {
          Terminal.print(
            "gateway  http://\(servers[0].address)   (try /v1/failures, /v1/providers, /metrics, /openapi.json)")
          Terminal.print("sandbox  http://\(sandboxServer.address)   (try /sandbox, /sandbox/requests)")
          Terminal.print("Both keep running. Press Ctrl-C to stop them.")
        }
      }
      return Process.Service(
        servers: servers + [sandboxServer], loop: demoLoop, limit: .seconds(3), willDrain: { gateway.beginDraining() },
        didDrain: {
          await ledger?.close()
          await gateway.flushLog()
        })
    }
    return result.withLock { $0 } == false ? 1 : code
  }

  private static func play(_ gateway: SocketAddress, _ sandbox: SocketAddress, on loop: EventLoop) async -> Bool {
    let scenario = DemoScenario(gateway: origin(gateway), sandbox: origin(sandbox), loop: loop)
    var table = StepTable()
    Terminal.print(table.head)
    let isGood = await scenario.play { Terminal.print(table.row($0)) }
    Terminal.print("")
    Terminal.print(isGood ? "All steps had the expected result." : "Steps marked '!!' had an unexpected result.")
    Terminal.print("")
    return isGood
  }

  /// Prints what the calls of today have cost.
  private static func printUsage(_ ledger: Ledger) async {
    let today = LimitCalendar().date(ofDay: LimitCalendar().day(of: .systemClock))
    guard let query = try? UsageParameters.query(from: today, to: nil, by: "provider", now: .systemClock),
      case .success(let rows) = await ledger.usage(query)
    else { return }
    Terminal.print("The ledger of today (numgate usage --from \(today) --by provider):")
    Terminal.print("")
    Terminal.print(UsageCommand.table(query, rows))
    Terminal.print("")
  }

  private static func origin(_ address: SocketAddress) -> HTTPOrigin {
    let host = address.host == "0.0.0.0" || address.host == "::" ? "127.0.0.1" : address.host
    return HTTPOrigin(isSecure: false, host: host.contains(":") ? "[\(host)]" : host, port: address.port)
  }
}

/// Formats the steps as a table.
private struct StepTable {
  private static let widths = [32, 24, 52]

  var head: String { line(["call", "vendor", "result"], "ms", mark: "  ") }

  mutating func row(_ step: DemoScenario.Step) -> String {
    let time = step.milliseconds
    let tenths = Int((time * 10).rounded())
    return line(
      [step.call, step.vendor, step.result], "\(tenths / 10).\(tenths % 10)", mark: step.isAsExpected ? "ok" : "!!")
  }

  private func line(_ cells: [String], _ time: String, mark: String) -> String {
    var text = mark + "  "
    for (cell, width) in zip(cells, Self.widths) {
      text += cell + String(repeating: " ", count: max(1, width - cell.count))
    }
    return text + String(repeating: " ", count: max(0, 6 - time.count)) + time
  }
}
