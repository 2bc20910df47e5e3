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
    error. SIGTERM or SIGINT: stops accepting, finishes what is in flight, exits 0; a second one ends it at once.
    """

  static func run(_ arguments: inout Arguments) throws(UsageError) -> Int32 {
    let files = try ConfigurationFiles(&arguments)
    try arguments.finish()
    guard let configuration = files.load() else { return 1 }
    return Process.run { () throws(SystemError) in
      let log = try LogWriter(descriptor: STDOUT_FILENO)
      let gateway = Gateway(configuration, log: log)
      let loops = try Process.loops(configuration.server.loops, name: "numgate")
      let server = try gateway.start(on: loops)
      Terminal.error(
        "numgate \(Numgate.version) serves http://\(server.address) (\(loops.count) loop\(loops.count == 1 ? "" : "s"))"
      )
      if configuration.server.sessionKey == nil {
        Terminal.error("server.sessionKey is not set: sessions end with this process and are not shared with others")
      }
      return Process.Service(
        servers: [server], loop: loops[0], limit: configuration.server.drain, willDrain: { gateway.beginDraining() },
        didDrain: { await gateway.flushLog() })
    }
  }
}
