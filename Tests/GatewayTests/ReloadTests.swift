import JSON
import Networking
import Testing

@testable import Gateway

@Suite("A reload") struct ReloadTests {
  private static let match = #"{"header":{"resultCode":"000"},"body":{"taskId":"1"}}"#
  private static let verify = #"{"channel":"app","token":"STsid1","phoneNumber":"13800000000"}"#

  private func gateway(_ files: TestFiles, _ vendor: any VendorTransport = ScriptedVendor(json: match)) throws
    -> TestGateway
  {
    try TestGateway(vendor: vendor, files: files)
  }

  /// The strings of the list at a path such as `apps.added`; empty if there is no list.
  private func list(_ path: String, of line: JSONValue?) -> [String] {
    let value = path.split(separator: ".").reduce(line) { $0?[String($1)] }
    return (value?.elements ?? []).compactMap(\.string)
  }

  // MARK: Detection

  @Test("loads a change at the second poll that finds it, so that a file written in steps is complete")
  func settles() async throws {
    let files = TestFiles()
    let gateway = try gateway(files)
    files.edit("  club:\n    h5:", "  circle:\n    h5:")
    files.edit("apps: [shop, club,", "apps: [shop, circle,")
    gateway.watcher.look()
    #expect(try await gateway.post("/v1/apps/circle/verify", Self.verify).reason == "forbidden")
    gateway.watcher.look()
    #expect(try await gateway.post("/v1/apps/circle/verify", Self.verify).body["verdict"]?.string == "match")
    #expect(try await gateway.post("/v1/apps/club/verify", Self.verify).reason == "forbidden")
  }

  @Test("reads nothing while nothing has changed") func idle() async throws {
    let files = TestFiles()
    let gateway = try gateway(files)
    let reads = files.reads
    for _ in 0..<100 { gateway.watcher.look() }
    #expect(files.reads == reads)
    #expect(try await gateway.configurationLog().isEmpty)
  }

  @Test("logs nothing if files were written with unchanged content") func touched() async throws {
    let files = TestFiles()
    let gateway = try gateway(files)
    files.write(TestFiles.config, files.text(TestFiles.config))
    files.write("providers/.aliyun.yaml.swp", "an editor's")
    for _ in 0..<10 { gateway.watcher.look() }
    #expect(try await gateway.configurationLog().isEmpty)
    #expect(try await gateway.metrics().contains("numgate_configuration_generation 1"))
  }

  @Test("does not wait forever for a file that is written continuously") func restless() async throws {
    let files = TestFiles()
    let gateway = try gateway(files)
    files.edit("apps: [forum]", "apps: [forum, club]")
    for turn in 0...ConfigurationWatcher.settlePolls {
      files.write(TestFiles.config, files.text(TestFiles.config) + "# \(turn)\n")
      gateway.watcher.look()
    }
    #expect(try await gateway.configurationLog().count == 1)
  }

  @Test("postpones files that change during the load") func torn() async throws {
    let files = TestFiles()
    let gateway = try gateway(files)
    let whole = files.text(TestFiles.config).replacing("apps: [forum]", with: "apps: [forum, club]")
    files.write(TestFiles.config, String(whole.prefix(200)))
    gateway.watcher.look()
    files.interrupt(afterReading: TestFiles.config) { $0.write(TestFiles.config, whole) }
    gateway.watcher.look()
    #expect(try await gateway.configurationLog().isEmpty)
    gateway.watcher.look()
    gateway.watcher.look()
    let lines = try await gateway.configurationLog()
    #expect(lines.map { list("teams.changed", of: $0) } == [["forum"]])
  }

  @Test("detects a write during a signal's reload even if the stamp is unchanged")
  func confirms() async throws {
    let files = TestFiles()
    let gateway = try gateway(files)
    gateway.watcher.signalled()
    files.write(
      TestFiles.config, files.text(TestFiles.config).replacing("apps: [forum]", with: "apps: [clubs]"), quietly: true)
    files.write(
      TestFiles.config,
      files.text(TestFiles.config).replacing("  club:", with: "  clubs:")
        .replacing("shop, club", with: "shop, clubs"), quietly: true)
    gateway.watcher.look()
    gateway.watcher.look()
    let lines = try await gateway.configurationLog()
    #expect(lines.map { $0["trigger"]?.string } == ["signal", "files"])
    #expect(list("apps.added", of: lines.last) == ["clubs"])
  }

  @Test("runs at once on a signal and is logged, even without changes") func signal() async throws {
    let gateway = try gateway(TestFiles())
    gateway.watcher.signalled()
    for _ in 0..<5 { gateway.watcher.look() }
    let lines = try await gateway.configurationLog()
    #expect(lines.count == 1)
    #expect(lines.first?["event"]?.string == "configuration-reloaded")
    #expect(lines.first?["trigger"]?.string == "signal")
    #expect(lines.first?["generation"]?.int == 2)
    for section in ["providers", "accounts", "apps", "teams", "needsRestart"] {
      #expect(lines.first?[section] == nil)
    }
  }

  // MARK: Faults

  @Test("keeps the active configuration if a file is invalid, and logs and counts this once")
  func faulty() async throws {
    let files = TestFiles()
    let gateway = try gateway(files)
    let good = files.text(TestFiles.config)
    files.edit("provider: china-mobile-app", "provider: chna-mobile-app")
    for _ in 0..<100 { gateway.watcher.look() }
    let rejected = try await gateway.configurationLog()
    #expect(rejected.count == 1)
    #expect(rejected.first?["event"]?.string == "configuration-rejected")
    #expect(rejected.first?["level"]?.string == "error")
    #expect(rejected.first?["errors"]?.int == 2)
    #expect(list("first", of: rejected.first).allSatisfy { $0.contains("did you mean 'china-mobile-app'") })
    #expect(try await gateway.post("/v1/apps/shop/verify", Self.verify).status == 200)
    var metrics = try await gateway.metrics()
    #expect(metrics.contains(#"numgate_configuration_reloads_total{result="rejected"} 1"#))
    #expect(metrics.contains(#"numgate_configuration_reloads_total{result="ok"} 0"#))

    files.write(TestFiles.config, good)
    for _ in 0..<3 { gateway.watcher.look() }
    #expect(try await gateway.configurationLog().map { $0["event"]?.string } == ["configuration-reloaded"])
    metrics = try await gateway.metrics()
    #expect(metrics.contains(#"numgate_configuration_reloads_total{result="ok"} 1"#))
    #expect(metrics.contains("numgate_configuration_generation 2"))
  }

  @Test(
    "reports a missing file, and loads the next valid state",
    arguments: [TestFiles.config, "providers/aliyun.yaml"])
  func gone(path: String) async throws {
    let files = TestFiles()
    let gateway = try gateway(files)
    let text = files.text(path)
    files.write(path, nil)
    for _ in 0..<5 { gateway.watcher.look() }
    let rejected = try await gateway.configurationLog()
    #expect(rejected.count == 1)
    let first = list("first", of: rejected.first)
    #expect(first.contains { $0.contains("does not exist") || $0.contains("there is no provider 'aliyun'") })
    #expect(try await gateway.post("/v1/apps/shop/verify", Self.verify).status == 200)

    files.write(path, text.replacing("zh: 阿里云号码认证服务", with: "zh: 阿里云"))
    for _ in 0..<5 { gateway.watcher.look() }
    #expect(try await gateway.configurationLog().map { $0["event"]?.string } == ["configuration-reloaded"])
  }

  @Test("ignores a file that is missing only during a load") func replaced() async throws {
    let files = TestFiles()
    let gateway = try gateway(files)
    let text = files.text("providers/aliyun.yaml")
    files.edit("apps: [forum]", "apps: [forum, club]")
    gateway.watcher.look()
    files.interrupt(afterReading: TestFiles.config) { $0.write("providers/aliyun.yaml", nil) }
    gateway.watcher.look()
    files.write("providers/aliyun.yaml", text)
    gateway.watcher.look()
    gateway.watcher.look()
    #expect(try await gateway.configurationLog().map { $0["event"]?.string } == ["configuration-reloaded"])
  }

  @Test("retries an unreadable file although its stamp is unchanged") func unreadable()
    async throws
  {
    let files = TestFiles()
    let gateway = try gateway(files)
    files.setReadable(TestFiles.config, false)
    gateway.watcher.signalled()
    files.setReadable(TestFiles.config, true)
    #expect(try await gateway.configurationLog().map { $0["event"]?.string } == ["configuration-rejected"])
    for _ in 0..<ConfigurationWatcher.pollsToRetry + 2 { gateway.watcher.look() }
    #expect(try await gateway.configurationLog().map { $0["event"]?.string } == ["configuration-reloaded"])
  }
}
