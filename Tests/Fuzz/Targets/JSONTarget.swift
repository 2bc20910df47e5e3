import JSON

/// JSON: parsing and writing a written value results in the same text.
let json = FuzzTarget(name: "json") { input in
  guard let value = try? JSONValue.parse(Array(input)) else { return }
  let text = write(value)
  guard let again = (try? JSONValue.parse(text))?["value"] else {
    return require(false, "written JSON can be parsed")
  }
  require(write(again) == text, "writing is stable")
}

private func write(_ value: JSONValue) -> [UInt8] {
  var writer = JSONWriter()
  writer.object {
    $0.key("value")
    $0.value(value)
  }
  return writer.bytes
}
