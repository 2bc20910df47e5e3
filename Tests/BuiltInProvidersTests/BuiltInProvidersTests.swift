import Glibc
import Testing

@testable import BuiltInProviders

@Suite("The built-in provider files") struct BuiltInProvidersTests {
  private static let folder = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/providers/"

  @Test("They are identical to the files in providers/") func same() throws {
    var names: Set<String> = []
    for subfolder in ["", "carriers/"] {
      let handle = try #require(opendir(Self.folder + subfolder))
      defer { closedir(handle) }
      while let entry = readdir(handle) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.hasSuffix(".yaml") { names.insert(subfolder + name) }
      }
    }
    #expect(Set(BuiltInProviders.files.keys) == names)
    for name in names { #expect(BuiltInProviders.files[name] == Self.bytes(Self.folder + name), "\(name)") }
  }

  private static func bytes(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }
}
