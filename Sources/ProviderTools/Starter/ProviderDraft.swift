public import NumberAuth

/// A provider file that is started from a sample request and a sample response. Each guess has a comment; sample values
/// of tokens, keys and phone numbers are not in the file.
public struct ProviderDraft: Sendable {
  /// The content of the file.
  public let text: String
  /// The operation and the request, for the output of the command.
  public let summary: String
  /// The work that remains, one sentence each.
  public let nextSteps: [String]

  /// - Parameters:
  ///   - curl: the text of a file with one curl command.
  ///   - answer: the response of the vendor, in JSON.
  ///   - operation: nil: verify if the request contains a phone number, otherwise login.
  ///   - name: the name of the provider.
  ///   - schema: the path of the JSON Schema, relative to the new file.
  public init(
    curl: SampleFile, answer: SampleFile?, operation: Operation?, name: String, schema: String
  ) throws(SampleFileError) {
    let request: SampleRequest
    do throws(SampleError) {
      guard let text = String(validating: curl.content, as: UTF8.self) else {
        throw SampleError(.init(line: 1, column: 1), "the file is not UTF-8 text")
      }
      request = try SampleRequest(try CurlCommand.parse(text))
    } catch {
      throw SampleFileError(diagnostic: error.diagnostic(in: curl.path))
    }
    let guesses = RequestGuesses(request, operation: operation)
    let response: AnswerGuesses
    do throws(SampleError) {
      response = try AnswerGuesses(answer?.content, guesses.operation)
    } catch {
      throw SampleFileError(diagnostic: error.diagnostic(in: answer?.path ?? ""))
    }
    let writer = DraftWriter(request: request, guesses: guesses)
    text = writer.text(name: name, schema: schema, answer: response.lines)
    summary =
      "\(guesses.operation.rawValue), \(request.command.method) \(request.command.origin)\(writer.path)"
    nextSteps = Self.nextSteps(guesses, response, path: name)
  }

  private static func nextSteps(_ guesses: RequestGuesses, _ response: AnswerGuesses, path: String) -> [String] {
    var steps = [
      "Set title, documents, serves, timeout and tokenLife as in the vendor's document.",
      "Compare each value that has the comment '# guess' with the document.",
    ]
    let request = guesses.request
    if !request.droppedHeaders.isEmpty {
      steps.append(
        "These headers are not in the file, because Numgate sets them or a server does not need them: "
          + request.droppedHeaders.joined(separator: ", ") + ".")
    }
    if !guesses.hasToken {
      steps.append("No value was recognised as the token of the SDK: write \"${call.token}\" in its place.")
    }
    if request.scalars.contains(where: { guesses.guess($0) == .signature }) {
      steps.append("Write the signature as in the document; `numgate provider try --reveal` prints the signed text.")
    }
    steps += response.notes
    return steps + [
      "Add the result codes of the document under `failures`; they depend on the stage '\(guesses.operation.rawValue)'."
    ]
  }
}

/// The path and the content of a sample.
public struct SampleFile: Sendable {
  let path: String
  let content: [UInt8]

  public init(path: String, content: [UInt8]) {
    self.path = path
    self.content = content
  }
}
