import Configuration
import Gateway
import Glibc
import Networking

enum ServeCommand: Command {
  static let name = "serve"
  static let summary = "run the gateway"
  static let help = """
    usage: numgate serve [--config config.yaml] [--providers FOLDER]

    Serves the API of /openapi.json. Logs one JSON line for each request on standard output, everything else on standard
    error. Changed files and SIGHUP put a new configuration in force while it runs. Settings under 'server' need a
    restart, except certificates. A faulty one is refused with a log line, and the running one stays. SIGTERM or SIGINT: stops accepting, finishes
    what is in flight, exits 0; a second one ends it at once.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let files = try ConfigurationFiles(&arguments)
    try arguments.finish()
    // One that comes while the files are first read finds them watched later.
    Process.ignoreHangUp()
    guard let configuration = files.load() else { return 1 }
    return Process.run { () throws(SystemError) in
      let log = try LogWriter(descriptor: STDOUT_FILENO)
      let gateway = Gateway(configuration, log: log)
      let loops = try Process.loops(configuration.server.loops, name: "numgate")
      let server = try gateway.start(on: loops)
      let isSecure = configuration.server.http.tls != nil
      Terminal.error(
        "numgate \(Numgate.version) serves \(isSecure ? "https" : "http")://\(server.address) (\(loops.count) loop\(loops.count == 1 ? "" : "s"))"
      )
      if configuration.server.sessionKey == nil {
        Terminal.error("server.sessionKey is not set: sessions end with this process and are not shared with others")
      }
      if !isSecure, !server.address.isLoopback {
        Terminal.error(
          "warning: \(server.address) accepts plain HTTP from the network; keys and phone numbers are not encrypted (see server.tls)"
        )
      }
      let watcher = files.watcher(of: gateway, configuration)
      try watcher.start()
      return Process.Service(
        servers: [server], loop: loops[0], limit: configuration.server.drain, reload: { watcher.reload() },
        willDrain: { gateway.beginDraining() },
        didDrain: {
          await watcher.stop()
          await gateway.flushLog()
        })
    }
  }
}
