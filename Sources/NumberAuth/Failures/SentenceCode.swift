/// A code inside a sentence, such as `fetch loginToken failed:[CT,(80801)]`.
public enum SentenceCode {
  /// The longest sentence that is searched, in bytes.
  static let longestSentence = 4096
  /// The largest distance between a word and the code, in bytes.
  private static let longestGap = 10

  /// The first run of digits of a permitted length, with a minus sign before it. It must begin at most ten bytes after one
  /// of the words, if there are any. nil without such a number, or if the sentence has more than 4,096 bytes.
  public static func find(in sentence: String, digits: ClosedRange<Int>, after words: [String]) -> String? {
    guard sentence.utf8.count <= longestSentence else { return nil }
    let text = Array(sentence.utf8)
    let words = words.map { Array($0.utf8) }
    var start = 0
    while start < text.count {
      guard isDigit(text[start]) else {
        start += 1
        continue
      }
      let end = text[start...].firstIndex { !isDigit($0) } ?? text.count
      if digits.contains(end - start), words.isEmpty || words.contains(where: { follows(start, $0, text) }) {
        let sign = start > 0 && text[start - 1] == UInt8(ascii: "-") ? 1 : 0
        return String(decoding: text[(start - sign)..<end], as: UTF8.self)
      }
      start = end
    }
    return nil
  }

  /// Parses numbers of digits: `6` or `5-6`, from 1 to 20. nil for anything else.
  public static func digits(_ text: String) -> ClosedRange<Int>? {
    let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = bounds.first, let low = first, let last = bounds.last, let high = last, bounds.count <= 2,
      (1...20).contains(low), (low...20).contains(high)
    else { return nil }
    return low...high
  }

  private static func follows(_ start: Int, _ word: [UInt8], _ text: [UInt8]) -> Bool {
    (0...longestGap).contains { gap in
      let first = start - gap - word.count
      return first >= 0 && text[first..<(start - gap)].elementsEqual(word)
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
