import Glibc
import Networking
import NumberAuth

@testable import Store

struct TestFailure: Error, CustomStringConvertible {
  let description: String
}

/// A PostgreSQL cluster that `scripts/postgres` starts. It requires Debian's packages postgresql and postgresql-client.
final class TestCluster: Sendable {
  private static let script: String = {
    let folders = #filePath.split(separator: "/")
    return "/" + folders.dropLast(4).joined(separator: "/") + "/scripts/postgres"
  }()

  /// Folders of the clusters that are removed at the end of the process.
  private static let folders = Locked<[String]>([])

  let folder: String
  let connectionString: Secret

  /// A new cluster, for tests that stop it.
  init() throws {
    var template = Array("/tmp/numgate-postgres.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw TestFailure(description: "mkdtemp failed") }
    let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let isFirst = Self.folders.withLock { folders in
      folders.append(folder)
      return folders.count == 1
    }
    if isFirst {
      atexit {
        for folder in TestCluster.folders.withLock({ $0 }) { _ = try? TestCluster.call("remove", folder) }
      }
    }
    self.folder = folder
    connectionString = Secret(try Self.call("start", folder))
  }

  func start() throws { _ = try Self.call("start", folder) }
  func stop() throws { _ = try Self.call("stop", folder) }
  func kill() throws { _ = try Self.call("kill", folder) }

  private static func call(_ command: String, _ folder: String) throws -> String {
    guard let pipe = popen("'\(script)' \(command) '\(folder)' 2>&1", "r") else {
      throw TestFailure(description: "scripts/postgres cannot be run")
    }
    var output: [UInt8] = []
    while case let byte = fgetc(pipe), byte != EOF { output.append(UInt8(truncatingIfNeeded: byte)) }
    let text = String(decoding: output, as: UTF8.self)
    guard pclose(pipe) == 0 else { throw TestFailure(description: "scripts/postgres \(command): \(text)") }
    return text.split(separator: "\n").last.map(String.init) ?? ""
  }

  // MARK: The shared cluster

  private static let shared = Result { try TestCluster().connectionString }

  /// The connection string of a new, empty database in the cluster of `scripts/postgres run`, or in one that the tests
  /// start themselves.
  static func database() throws -> Secret {
    let server = try getenv("NUMGATE_TEST_POSTGRES").map { Secret(String(cString: $0)) } ?? shared.get()
    let name = "test_\(UInt64.random(in: .min ... .max))"
    try PostgresConnection(server, name: "tests").execute("CREATE DATABASE \(name)")
    return Secret(server.revealed + " dbname=\(name)")
  }

  /// The folder of the cluster, which has its socket.
  static func folder(of connectionString: Secret) -> String {
    let host = connectionString.revealed.split(separator: " ").first { $0.hasPrefix("host=") }
    return String(host?.dropFirst(5) ?? "")
  }

  /// Runs a query in a new session.
  static func query(_ sql: String, _ connectionString: Secret) throws -> [[String?]] {
    try PostgresConnection(connectionString, name: "tests").execute(sql).rows
  }
}
