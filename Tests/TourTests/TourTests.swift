import Configuration
import Gateway
import Glibc
import Networking
import Sandbox
import Testing
import Tour

/// Everything together over real sockets: the gateway with the shipped configuration, the sandbox as its vendors.
@Suite("The tour") struct TourTests {
  @Test("comes out as expected, every vendor and operation over HTTP") func everyStep() async throws {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/"
    let loop = try EventLoop.start(name: "test")
    let sandbox = Sandbox(accounts: try SandboxAccounts.builtIn()) {
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
    let free = SocketAddress(host: "127.0.0.1", port: 0)
    let vendors = try HTTPServer.start(on: free, loops: [loop], options: HTTPServerOptions()) { _ in sandbox }

    // The shipped files, on ports that are free here.
    var files = FileSystem.machine
    let text = String(decoding: files.read(root + "config.yaml") ?? [], as: UTF8.self)
      .replacing("127.0.0.1:9090", with: vendors.address.description)
      .replacing("listen: 127.0.0.1:8080", with: "listen: 127.0.0.1:0")
    let read = files.read
    files.read = { path in path == "config.yaml" ? Array(text.utf8) : read(path) }
    let configuration = try ConfigurationLoader.load("config.yaml", providers: root + "providers", files: files)
    let null = open("/dev/null", O_WRONLY)
    let gateway = Gateway(configuration, log: try LogWriter(descriptor: null))
    let gatewayLoop = try EventLoop.start(name: "gateway")
    let server = try gateway.start(on: [gatewayLoop])

    let tour = Tour(
      gateway: try #require(HTTPOrigin("http://\(server.address)")),
      sandbox: try #require(HTTPOrigin("http://\(vendors.address)")), loop: loop)
    let steps = Locked([Tour.Step]())
    let isGood = await Task(executorPreference: loop) {
      await tour.play { step in steps.withLock { $0.append(step) } }
    }.value
    let played = steps.withLock { $0 }
    for step in played { #expect(step.isAsExpected, "\(step.call), \(step.vendor): \(step.result)") }
    #expect(isGood)
    #expect(Set(played.map(\.vendor)).isSuperset(of: configuration.providers.keys))
  }
}
