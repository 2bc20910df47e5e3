import Configuration
import Glibc
import Networking
import Sandbox

enum SandboxCommand: Command {
  static let name = "sandbox"
  static let summary = "simulate the vendors' servers and SDKs on one port"
  static let help = """
    usage: numgate sandbox [--listen 127.0.0.1:9090] [--accounts FILE]

    Serves the vendors' paths (Aliyun's is /) and validates requests as the vendors do. POST /sandbox/tokens returns the
    data that a phone's SDK would return, POST /sandbox/faults sets a fault, GET /sandbox/requests returns the last
    vendor requests unchanged. Accounts and keys are built in (Sources/Sandbox/accounts.yaml); --accounts FILE replaces
    them.
    """

  static let defaultAddress = SocketAddress(host: "127.0.0.1", port: 9090)

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let text = try arguments.option("--listen")
    let accounts = try arguments.option("--accounts")
    try arguments.finish()
    guard let address = text.map({ SocketAddress($0) }) ?? defaultAddress else {
      throw UsageError("--listen must be an address such as 127.0.0.1:9090", command: name)
    }
    guard let sandbox = make(accounts: accounts) else { return 1 }
    return Process.run {
      let loop = try EventLoop.start(name: "sandbox")
      let server = try start(sandbox, on: address, loop: loop)
      Terminal.error("numgate sandbox serves http://\(server.address)")
      return Process.Service(servers: [server], loop: loop, limit: .seconds(2))
    }
  }

  /// Prints an error and returns nil if the accounts cannot be read.
  static func make(accounts: String?) -> Sandbox? {
    do {
      let known: SandboxAccounts
      if let accounts {
        guard let bytes = FileSystem.machine.read(accounts) else {
          Terminal.error("\(accounts): cannot be read")
          return nil
        }
        known = try SandboxAccounts(yaml: bytes)
      } else {
        known = try SandboxAccounts.builtIn()
      }
      return Sandbox(accounts: known) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
      }
    } catch {
      Terminal.error("\(accounts ?? "the built-in accounts"): \(error)")
      return nil
    }
  }

  static func start(
    _ sandbox: Sandbox, on address: SocketAddress, loop: EventLoop
  ) throws(SystemError) -> HTTPServer {
    try HTTPServer.start(on: address, loops: [loop], options: HTTPServerOptions()) { _ in sandbox }
  }
}
