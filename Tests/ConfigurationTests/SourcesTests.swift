import Glibc
import JSON
import Networking
import Testing

@testable import Configuration

/// The files that a configuration was read from, and the detection of changes to them.
@Suite("The sources of a configuration")
struct SourcesTests {
  private static func files(_ name: String) throws -> (files: [String: String], environment: [String: String]) {
    let fixture = try #require(CheckTests.cases.first { $0.description == name }).value
    return (Files.texts(fixture["files"]), Files.texts(fixture["environment"]))
  }

  @Test("The folder, its files, config.yaml and the files of secrets are listed once")
  func all() throws {
    var (files, environment) = try Self.files("secrets from the environment and from a file")
    files["config.yaml"] = files["config.yaml"]?.replacing(
      "  listen:", with: "  vendors: {authorities: ca.pem}\n  listen:")
    files["ca.pem"] = "a certificate"
    let loaded = try ConfigurationLoader.load(
      "config.yaml", files: Files.memory(files, environment: environment))
    #expect(loaded.sources.paths == ["providers/", "providers/vendor.yaml", "config.yaml", "ca.pem", "secrets/key"])
  }

  @Test("The sources of an invalid configuration are reported too, including missing files")
  func faulty() throws {
    var (files, environment) = try Self.files("secrets from the environment and from a file")
    files["secrets/key"] = nil
    do throws(ConfigurationError) {
      _ = try ConfigurationLoader.load("config.yaml", files: Files.memory(files, environment: environment))
      Issue.record("the secret's file is missing")
    } catch {
      #expect(error.sources.paths == ["providers/", "providers/vendor.yaml", "config.yaml", "secrets/key"])
    }
  }

  @Test("The stamps are from before the files were read")
  func stamps() throws {
    let (texts, _) = try Self.files("the smallest configuration")
    var files = Files.memory(texts)
    let version = Locked(Int64(0))
    let read = files.read
    files.read = { path in
      version.withLock { $0 += 1 }
      return read(path)
    }
    files.stamp = { _ in
      let now = version.withLock { $0 }
      return FileStamp(device: 0, inode: 0, size: 0, modified: now, changed: now)
    }
    let sources = try ConfigurationLoader.load("config.yaml", files: files).sources
    #expect(sources.stamps.map { $0?.modified } == [0, 0, 1])
    #expect(sources.currentStamps(in: files).map { $0?.modified } == [2, 2, 2])
  }

  @Test("The hash of the contents changes if and only if a byte of a file changes")
  func contents() throws {
    var (files, _) = try Self.files("the smallest configuration")
    let old = try ConfigurationLoader.load("config.yaml", files: Files.memory(files)).sources.contents
    #expect(try ConfigurationLoader.load("config.yaml", files: Files.memory(files)).sources.contents == old)
    files["config.yaml"]? += "#"
    #expect(try ConfigurationLoader.load("config.yaml", files: Files.memory(files)).sources.contents != old)
  }

  @Test("The stamp of a real file changes when it is written, replaced, linked elsewhere or removed")
  func machine() throws {
    var template = Array("/tmp/numgate-stamps-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) }) + "/"
    defer { for name in ["file", "other", "link", ""] { remove(folder + name) } }
    func write(_ name: String, _ text: String) throws {
      let file = try #require(fopen(folder + name, "w"))
      fputs(text, file)
      fclose(file)
    }
    let stamp = { FileSystem.machine.stamp(folder + $0) }
    #expect(stamp("file") == nil)
    let empty = stamp("")
    try write("file", "one")
    #expect(stamp("") != empty && empty != nil)
    let first = stamp("file")
    #expect(first != nil && stamp("file") == first && first?.size == 3)
    try write("file", "longer")
    let second = stamp("file")
    #expect(second != first)
    try write("other", "longer")
    symlink("file", folder + "link")
    #expect(stamp("link") == second)
    rename(folder + "other", folder + "file")
    #expect(stamp("file") != second && stamp("link") == stamp("file"))
    #expect(mkfifo(folder + "other", 0o600) == 0 && stamp("other") == nil)
  }
}
