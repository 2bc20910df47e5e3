public import Schema
import YAML

/// An error in a sample, which is a curl command or a response of the vendor, with its position.
struct SampleError: Error, Equatable {
  let mark: YAMLMark
  let message: String

  init(_ mark: YAMLMark, _ message: String) {
    self.mark = mark
    self.message = message
  }

  func diagnostic(in file: String) -> Diagnostic { Diagnostic(file: file, mark: mark, message: message) }
}

/// An error in a file with a sample.
public struct SampleFileError: Error, Sendable {
  public let diagnostic: Diagnostic
}
